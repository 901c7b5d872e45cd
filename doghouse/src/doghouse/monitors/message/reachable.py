"""Which of a monitor's transitions can happen, and which parts of its message each of them may show: what lint needs to know of mentions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations

from msgspec import Struct

from doghouse.monitors.definition import Definition
from doghouse.monitors.message import mentions
from doghouse.monitors.message.context import flags
from doghouse.monitors.message.template import STATES, Block, Call, Condition, Node, Text
from doghouse.monitors.model import MonitorError
from doghouse.monitors.states.machine import Missing, Rules, Status, Transition
from doghouse.monitors.states.rules import notifies_no_data
from doghouse.queries import NotEvaluated, QuerySyntaxError

PLACEHOLDER = "x"  # stands for what a variable will say
HOLE = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")  # an expression of Terraform's that is not known before a plan
# GUESS: such an expression is a handle where it stands by itself and its name says so, `${var.notification_channel}`.
_ALONE = re.compile(r"(?<![\w@.:/#+-])\$\{([^{}]*)\}")
_CALLED = re.compile(
    r"notif|mention|recipient|handle|channel|slack|pagerduty|opsgenie|on_?call|contact|alert_to|mail", re.IGNORECASE
)
Known = Callable[[Condition], bool | None]  # whether a condition holds; None: that is known when the alert is there


def transitions(monitor: Definition) -> list[Transition]:
    """Every transition that the monitor can notify (times and values left out)."""
    rules = _rules(monitor)
    reachable = _statuses(rules)
    changes = [_transition(before, after) for before, after in permutations(reachable, 2) if _notifies(rules, after)]
    return changes + [_transition(status, status, 1) for status in reachable if rules.renotifies(status)]


def statuses(monitor: Definition) -> list[Status]:
    """Every status that a group of the monitor can have."""
    return _statuses(_rules(monitor))


def _rules(monitor: Definition) -> Rules:
    try:
        return monitor.rules if monitor.compares else _presumed(monitor)
    except (NotEvaluated, QuerySyntaxError, MonitorError):
        return _presumed(monitor)


def _statuses(rules: Rules) -> list[Status]:
    warns = [Status.WARN] if rules.warning is not None else []
    return [Status.OK, Status.ALERT, *warns, *([Status.NO_DATA] if rules.missing is Missing.NO_DATA else [])]


def _presumed(monitor: Definition) -> Rules:
    """The rules of a kind of monitor whose status is worked out elsewhere, or not at all, as far as its options say them."""
    options = monitor.options
    thresholds = options.thresholds
    warns = 1.0 if monitor.data_are_statuses else None  # a check that says WARNING warns, with or without a threshold
    notifies = notifies_no_data(options)
    shows = notifies or options.on_missing_data == "show_no_data"
    return Rules(
        ">",
        0.0,
        warning=warns if thresholds is None or thresholds.warning is None else thresholds.warning,
        missing=Missing.NO_DATA if shows else Missing.KEEP,
        notify_no_data=notifies,
        renotify_interval=options.renotify_interval,
        renotify_statuses=frozenset({Status.ALERT, Status.NO_DATA, Status.WARN}),
    )


def _notifies(rules: Rules, after: Status) -> bool:
    return after is not Status.NO_DATA or rules.notify_no_data


def _transition(before: Status, after: Status, renotified: int = 0) -> Transition:
    return Transition(0, before, after, 0.0, True, renotified)


class Mentioned(Struct, frozen=True):
    """A handle in a template (variables in it as PLACEHOLDER) and the place of its `@`. `problem` says why it would be dropped.

    One that is not known before a plan is the expression: `${var.notification_channel}`.
    """

    handle: str
    place: int
    problem: str | None = None

    @property
    def written(self) -> str:
        """As it stands in a message: `@slack-ops`."""
        return self.handle if self.handle.startswith("$") else f"@{self.handle}"


def mentioned(nodes: Sequence[Node], known: Known) -> list[Mentioned]:
    """Every handle that a template may mention, where `known` says what is known of conditions."""
    parts = shown(nodes, known)
    text = "".join(part for part, _ in parts)
    known_handles = _ALONE.sub(
        lambda hole: "@" + PLACEHOLDER * (len(hole[0]) - 1) if _CALLED.search(hole[1]) else hole[0], text
    )
    filled = HOLE.sub(lambda hole: PLACEHOLDER * len(hole[0]), known_handles)
    return [
        Mentioned(
            text[mention.place : mention.place + len(mention.handle) + 1].removeprefix("@"),
            place_in(parts, mention.place),
            mention.problem,
        )
        for mention in mentions.mentions(filled)
    ]


def shown(nodes: Sequence[Node], known: Known) -> list[tuple[str, int]]:
    """The texts that a template may show, with their places in it."""
    return list(_parts(nodes, known))


def place_in(parts: Sequence[tuple[str, int]], offset: int) -> int:
    """The place in the template of an offset in the joined texts."""
    for part, place in parts:
        if offset < len(part):
            return place + offset
        offset -= len(part)
    raise IndexError(offset)


def _parts(nodes: Sequence[Node], known: Known) -> Iterator[tuple[str, int]]:
    for node in nodes:
        if isinstance(node, Text):
            yield node.text, node.place
        elif isinstance(node, Block):
            holds = known(node.condition)
            for part, fails in ((node.body, False), (node.otherwise, True)):
                if holds is not fails:
                    yield from _parts(part, known)
                    if holds is None:
                        yield " ", node.place  # what may be shown here and what follows need not be shown together
        elif not (isinstance(node, Call) and node.function == "override_priority"):
            yield PLACEHOLDER, node.place


def nothing_known(_: Condition) -> None:
    """For `mentioned`: everything that stands in the template."""
    return


def known_in(transition: Transition, monitor: Definition, *, overrides: bool) -> Known:
    """What is known of conditions in a transition: states always, the priority unless the message overrides it, tags never."""
    spoken: Mapping[str, bool] = flags(transition)

    def known(condition: Condition) -> bool | None:
        if condition.helper == "is_unknown" and monitor.data_are_statuses:
            return None  # a check that says UNKNOWN: which of the states that is shown as depends on its thresholds
        if condition.helper in STATES:
            return spoken[condition.helper]
        if condition.helper == "is_priority" and not overrides:
            return condition.arguments[:1] == (f"P{monitor.priority}",)
        return None

    return known
