"""Datadog's monitors as functions of their arguments: no clock, no disk, no network.

    monitor = parse(document)                                  # an API body or an integration's asset; MonitorError(field, text)
    rules = monitor.rules                                      # thresholds, no data, delays, renotification: defaults applied

One minute, as the live server steps it (`Group` is `(("host", "a"),)`, in the query's order; `()` for a simple alert):

    windows = evaluate(monitor, source, now)                   # {group: WindowValue}, the groups that have points in the window
    state, transition = step(rules, states.get(group, GroupState()), windows.get(group, EMPTY), now)

A stretch of history in columns, the same to the bit (`ticks_of(monitor, start, end)`: when it is evaluated):

    for column in evaluate_range(monitor, source, ticks):      # one group at a time: column.group, .values float64[n] (NaN: nothing), .full, .points
        history = states_range(rules, column, ticks)           # statuses, and transitions as columns

Messages: `render(monitor, group, transition, facts)` gives subject, title, body and recipients. `lint.lint(monitor)` lists problems with line and column.
`validate(document)` refuses what Datadog refuses, in its words. What is not evaluated raises `queries.NotEvaluated`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from doghouse.monitors import kinds as _kinds  # noqa: F401  # each registers itself
from doghouse.monitors.definition import Definition, Sources
from doghouse.monitors.evaluating import Evaluation, GroupHistory, Stretch
from doghouse.monitors.kinds.metric import evaluate, evaluate_range, ticks_of
from doghouse.monitors.kinds.registry import parse
from doghouse.monitors.message.rendering import Host, Hosts, Message, render
from doghouse.monitors.model import MonitorError, Options, Thresholds
from doghouse.monitors.states.changes import History
from doghouse.monitors.states.history import states_range
from doghouse.monitors.states.machine import EMPTY, GroupState, Rules, Status, Transition, WindowValue, step
from doghouse.monitors.windows.columns import Group, GroupColumn

if TYPE_CHECKING:
    from doghouse.monitors.validation import validate


_WHEN_ASKED = {"validate": "validation"}  # a backtest starts faster without

__all__ = [
    "EMPTY",
    "Definition",
    "Evaluation",
    "Group",
    "GroupColumn",
    "GroupHistory",
    "GroupState",
    "History",
    "Host",
    "Hosts",
    "Message",
    "MonitorError",
    "Options",
    "Rules",
    "Sources",
    "Status",
    "Stretch",
    "Thresholds",
    "Transition",
    "WindowValue",
    "evaluate",
    "evaluate_range",
    "parse",
    "render",
    "states_range",
    "step",
    "ticks_of",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name not in _WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHEN_ASKED[name]}"), name)
