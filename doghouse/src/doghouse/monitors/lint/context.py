"""What the rules share: the monitor's query and templates, each read once, and whom its message reaches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct, field

from doghouse.downtimes import Downtime
from doghouse.monitors.definition import Definition
from doghouse.monitors.kinds.metric import metric_query
from doghouse.monitors.lint.reached import Reached, heard, overrides, reached
from doghouse.monitors.message.template import Node, TemplateError, parse
from doghouse.monitors.model import MonitorError
from doghouse.monitors.notification_rules import Rules, may_route
from doghouse.monitors.states.machine import Transition
from doghouse.queries import MonitorQuery, NotEvaluated, QuerySyntaxError, metric_queries

_COMPARED = re.compile(r"(<=|>=|==|!=|<|>)\s*[-+]?[0-9.]+(?:e[-+]?[0-9]+)?\s*$", re.IGNORECASE)
ESCALATION = "options.escalation_message"


class Beside(Struct, frozen=True, dict=True):
    """What stands in the folder of a monitor: all its monitors, each with its place for people, and its downtimes with theirs."""

    monitors: Sequence[tuple[str, Definition]] = ()
    downtimes: Sequence[tuple[str, Downtime]] = ()

    @cached_property
    def by_id(self) -> Mapping[int, Definition]:
        """The monitors that have an id."""
        return {monitor.id: monitor for _, monitor in self.monitors if monitor.id}

    @cached_property
    def asking(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the monitors that ask one thing (`looked_at`), by what that is, in order."""
        numbers: dict[str, list[int]] = {}
        for number, (_, monitor) in enumerate(self.monitors):
            numbers.setdefault(looked_at(monitor), []).append(number)
        return numbers

    @cached_property
    def numbers(self) -> Mapping[int, int]:
        """The number of each monitor in the folder, by its identity (`id()`)."""
        return {id(monitor): number for number, (_, monitor) in enumerate(self.monitors)}


def looked_at(monitor: Definition) -> str:
    """What a monitor looks at, without the threshold and the spaces."""
    compared = _COMPARED.search(monitor.query)
    text = monitor.query[: compared.start()] if compared else monitor.query
    # What a formula is over.
    variables = [sorted(variable.items(), key=str) for variable in monitor.options.variables or ()]
    return f"{monitor.type} {''.join(text.split())} {compared[1][:1] if compared else ''} {variables}"


class Context(Struct, frozen=True, dict=True):
    """One monitor, metrics' submission intervals (s), where known, the notification rules (None: nobody said which there are), and what stands beside it."""

    monitor: Definition
    intervals: Mapping[str, int] = field(default_factory=dict)
    rules: Rules | None = None
    beside: Beside = field(default_factory=Beside)

    @cached_property
    def query(self) -> MonitorQuery | None:
        """The query, where it is one of metrics that can be read, and its thresholds too."""
        try:
            return metric_query(self.monitor) if self.monitor.rules else None
        except (QuerySyntaxError, NotEvaluated, MonitorError):
            return None

    @cached_property
    def interval(self) -> int:
        """The largest interval of the query's metrics (s; 0: none is known)."""
        queries = metric_queries(self.query.expression) if self.query else ()
        return max((self.intervals.get(query.metric, 0) for query in queries), default=0)

    @property
    def texts(self) -> dict[str, str]:
        """The templates by field: the name, the message, and the escalation message where there is one."""
        texts = {"name": self.monitor.name, "message": self.monitor.message}
        escalation = self.monitor.options.escalation_message
        return texts | ({ESCALATION: escalation} if escalation else {})

    @cached_property
    def trees(self) -> Mapping[str, tuple[Node, ...] | TemplateError]:
        """Each template's tree, or why it has none."""
        return {name: _tree(text) for name, text in self.texts.items()}

    @cached_property
    def reached(self) -> Reached | None:
        """Whom the monitor's states reach; None where its message cannot be read."""
        if isinstance(self.trees["message"], TemplateError):
            return None
        rules, by_hand = self.rules or (), self.overrides
        routed = {change.after for change in self.heard if may_route(rules, self.monitor, change, any_priority=by_hand)}
        return reached(self._nodes("message"), self._nodes(ESCALATION), self.heard, routed)

    @cached_property
    def overrides(self) -> bool:
        """Whether the message raises its priority itself."""
        return overrides(self._nodes("message"))

    @cached_property
    def heard(self) -> Mapping[Transition, Mapping[int, str]]:
        """The handles that the message shows in each change that the monitor can notify, by their places; none where it cannot be read."""
        return heard(self.monitor, self._nodes("message"), overrides=self.overrides)

    def _nodes(self, name: str) -> Sequence[Node]:
        tree = self.trees.get(name, ())
        return () if isinstance(tree, TemplateError) else tree


def _tree(text: str) -> tuple[Node, ...] | TemplateError:
    try:
        return parse(text)
    except TemplateError as error:
        return error
