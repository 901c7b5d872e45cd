"""A monitor as one frozen value, made once at the edge: its body, what its query asks (a tree, by its kind), and all that follows from these; what it may read.

Nothing of it is read from text again. A monitor with another threshold or window is a new value made of this one's values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import msgspec
from msgspec import Struct

from doghouse.metrics.model import Ints, Source
from doghouse.monitors.evaluating import Evaluation, GroupHistory, Stepping, Stretch, ticks_between
from doghouse.monitors.model import INVALID_QUERY, Body, MonitorError, Thresholds, read_body, read_options
from doghouse.monitors.states.conditions import Rules
from doghouse.monitors.states.machine import GroupState
from doghouse.monitors.states.rules import followed_rules
from doghouse.monitors.windows.columns import Group
from doghouse.monitors.windows.sharing import LastColumns
from doghouse.queries import Expression, NotEvaluated, QuerySyntaxError, ResultSeries
from doghouse.slos.remembering import Measure, whole

if TYPE_CHECKING:
    from doghouse.monitors.records.model import RecordQuery
    from doghouse.monitors.service_checks import Runs
    from doghouse.queries import MetricQuery
    from doghouse.search.records import Records
    from doghouse.slos.model import Objective

MINUTE_S = 60
EVERYTHING = ("*",)  # of notify_by: one notification for all groups
# `by {host}`, `.by("host")`, `.by(job_name,workspace)`: recorded 177 of 177; an alert on `.by("*")` counts as grouped.
_GROUPED = re.compile(r"""\bby\s*\{[^}]*\}|\.by\(\s*[^)\s]""")


class Sources(Struct, frozen=True):
    """What monitors may read. What is not given cannot be read, and a monitor that needs it is not evaluated.

    `points` has a monitor's points, and the monitor to evaluate over them where they are answers to its queries and not its metrics.
    `records` has what a query of records reads: the logs, events or spans of its `source`. It raises NotEvaluated for a source that it does not have.
    `runs` has a check's last runs before a time (s UTC), `states` the groups of another monitor as they are, `histories` as they were over the stretch.
    `objectives` has the SLOs, and any monitor by its id. `address` is where doghouse's pages are, which messages link to; empty: nobody knows.
    `shared` keeps windows that other monitors look at too.
    """

    points: Callable[[Definition], tuple[Source, Definition | None]]
    runs: Callable[[Definition], Callable[[int], Sequence[Runs]]] | None = None
    states: Callable[[int], Mapping[Group, GroupState]] | None = None
    histories: Callable[[int], Mapping[Group, GroupHistory]] | None = None
    records: Callable[[RecordQuery], Records] | None = None
    objectives: Objectives | None = None
    address: Callable[[], str] = str
    shared: LastColumns | None = None


class Objectives(Struct, frozen=True):
    """SLOs and monitors, each by its id; None where there is none. `measure` reads an SLO over a stretch."""

    slo: Callable[[str], Objective | None]
    monitor: Callable[[int], Definition | None]
    measure: Measure = whole

    def monitors(self, objective: Objective) -> Iterable[Definition]:
        """The monitors that an SLO is made of, as far as they are there."""
        return (monitor for monitor in map(self.monitor, objective.monitors) if monitor is not None)


class Definition(Body, frozen=True, dict=True):
    """A monitor. `asked` is its query as its kind parsed it, `problem` why it has none: a mistake in it, or that doghouse does not evaluate such monitors.

    Each kind is a subclass in `kinds/`. This class itself is a type that doghouse does not evaluate: stored, checked as far as its text tells, answered.
    """

    asked: Any = None
    problem: QuerySyntaxError | NotEvaluated | None = None

    evaluated: ClassVar[bool] = False
    compares: ClassVar[bool] = False  # whether its status comes of comparing a value with its thresholds
    data_are_statuses: ClassVar[bool] = False  # a check's WARNING and UNKNOWN: they count without a threshold too
    in_slos: ClassVar[bool] = False  # whether SLOs are made of such monitors (service_level_objectives/monitor)
    replayed: ClassVar[bool] = False  # whether what it was at any time follows from the points that are kept
    event_suffix: ClassVar[str] = "_monitor"  # behind the type, in that of its events
    reads_metrics: ClassVar[bool] = False  # whether its query is one of metrics, with a window before it
    example: ClassVar[str] = ""  # a query, for who begins to write one
    variables: ClassVar[tuple[str, ...]] = ()  # what its messages can say beside the usual variables

    @classmethod
    def read(cls, body: Body) -> Any:
        """What the query asks. Raises QuerySyntaxError or NotEvaluated."""
        raise NotEvaluated(f"monitors of the type {body.type}")

    @classmethod
    def fitting(cls, body: Body, asked: Any) -> type[Definition]:
        """The class that a monitor of this kind is made of: another one where its query has another form. `asked` is None where it has a mistake."""
        return cls

    def parsed(self) -> Any:
        """What the query asks. Raises QuerySyntaxError or NotEvaluated, where it is wrong or not evaluated."""
        if self.problem is not None:
            raise self.problem.with_traceback(None)
        return self.asked

    @cached_property
    def rules(self) -> Rules:
        """What a step asks of it. Raises QuerySyntaxError, NotEvaluated, or MonitorError where there is no threshold."""
        self.parsed()
        return followed_rules(self.options, multi=self.multi)

    @property
    def thresholds(self) -> Thresholds:
        """Its thresholds; the critical one is the query's where the options have none."""
        return self.options.thresholds or Thresholds()

    @property
    def comparator(self) -> str:
        """The comparison with the thresholds (`>`); empty where there is none."""
        return ""

    @property
    def graphed(self) -> Expression | None:
        """What a graph of it shows; None where it looks at no points. Raises QuerySyntaxError or NotEvaluated."""
        self.parsed()
        return None

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The tag keys that it groups by, () for a simple alert; None where its query does not say. Raises QuerySyntaxError or NotEvaluated."""
        self.parsed()
        return None

    @cached_property
    def filters(self) -> tuple[str, ...]:
        """The tags that its query filters by: a downtime's scope matches them too (GUESS: SEMANTICS SC2). Raises QuerySyntaxError or NotEvaluated."""
        self.parsed()
        return ()

    @cached_property
    def bundle_keys(self) -> tuple[str, ...] | None:
        """The keys by which its groups are notified together (`notify_by`); None where each is notified by itself."""
        keys, notify_by = self.keys, self.options.notify_by
        if not notify_by or not keys:
            return None
        if notify_by == EVERYTHING:
            return ()
        return None if set(keys) <= set(notify_by) else tuple(key for key in keys if key in notify_by)

    @property
    def every(self) -> int:
        """How often it is evaluated (s)."""
        return MINUTE_S

    @property
    def span(self) -> int:
        """The length of the window that it looks at (s); 0: it has none."""
        return 0

    @property
    def members(self) -> tuple[int, ...]:
        """The ids of the monitors that it is made of, left to right, each once."""
        return ()

    @property
    def record_word(self) -> str:
        """The word that variables of the records it reads begin with (`log`); empty where it reads none."""
        return ""

    @property
    def slo(self) -> str:
        """The id of the SLO that it looks at; empty: none."""
        return ""

    @property
    def multi(self) -> bool:
        """Whether it alerts for each group."""
        return _GROUPED.search(self.query) is not None

    @property
    def stored_type(self) -> str:
        """The type that it is kept under."""
        return self.type

    @property
    def stored_query(self) -> str:
        """The query as it is kept."""
        return self.query.rstrip()

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics or checks that it looks at."""
        return ()

    @property
    def scopes(self) -> tuple[str, ...]:
        """Its filter tags as they are written (`*` where there is no filter)."""
        return ()

    @property
    def classification(self) -> str:
        """The word under which searches know its type (recorded: monitors_search_returns_ok_response)."""
        return self.type.removesuffix(" alert")

    @property
    def event_type(self) -> str:
        """The type of its events: `metric_alert_monitor` (integrations/webhooks, $EVENT_TYPE). GUESS: of those that are not documented."""
        return self.type.replace(" ", "_") + self.event_suffix

    @property
    def default_name(self) -> str:
        """The name that it has if it was sent without one: its query, as code (datadogpy issue 326)."""
        return f"`{self.query.rstrip()}`"

    @property
    def windows_key(self) -> Hashable:
        """What its windows depend on besides its points and ticks: monitors with the same have the same windows. None: nobody shares them."""
        return None

    def check_query(self) -> None:
        """Raise MonitorError where Datadog would refuse its query, or options that depend on it. Of what is not evaluated only the comparison is looked at."""
        if isinstance(self.problem, QuerySyntaxError):
            raise MonitorError("query", f"{INVALID_QUERY}: {self.problem.problem}")
        self.check_comparison()

    def check_slo(self, objective: Objective, monitors: Iterable[Definition]) -> None:
        """Raise MonitorError where Datadog would refuse it because of the SLO that it looks at. `monitors` are those that the SLO is made of."""

    def at(self, sources: Sources, states: Mapping[Group, GroupState], now: int) -> Evaluation:
        """Its evaluation at `now` (s UTC), from its groups' states before. Raises NotEvaluated."""
        raise NotEvaluated(f"monitors of the type {self.type}")

    def ticks(self, start: int, end: int) -> Ints:
        """When it is evaluated in (start, end] (s UTC)."""
        return ticks_between(start, end, self.every)

    def record_windows(self, now: int) -> Iterator[tuple[RecordQuery, int, int]]:
        """The queries of records that its evaluation at `now` (s UTC) will ask, each with its window (ms UTC), so that they can be read together."""
        return iter(())

    def point_windows(self, now: int) -> Iterator[tuple[MetricQuery, int, int]]:
        """The same of queries of points (s UTC)."""
        return iter(())

    def over(self, sources: Sources, start: int, end: int) -> Stretch:
        """Its evaluations in (start, end] (s UTC), tick by tick as `at` has them. Raises what `at` raises."""
        ticks, stepping = self.ticks(start, end), Stepping()
        self.rules  # noqa: B018  # what is wrong with it is said even if there is no tick
        for now in ticks.tolist():
            stepping.step(self.at(sources, stepping.states, now).steps, now)
        states = stepping.states
        return Stretch(
            ticks, stepping.histories(), lambda group, at: self.at(sources, states, at).variables.get(group, {})
        )

    def record_variables(self, sources: Sources, group: Group, now: int) -> Mapping[str, str]:
        """What the message of a group can say of the records in the window that ends at `now` (s UTC); nothing where it reads none."""
        return {}

    def lines(self, sources: Sources, ticks: Ints, shown: Ints) -> list[ResultSeries] | None:
        """What its windows at `ticks` (s UTC) are worth at those `shown` of them, for a graph; None where it has no windows. Raises NotEvaluated."""
        return None

    def nothing_seen(self, sources: Sources) -> str:
        """Why a stretch had no group at all, for people; empty where that is not known."""
        return ""

    def remarks(self, sources: Sources, start: int, end: int) -> Iterator[str]:
        """What a person should know of its evaluations in (start, end] (s UTC): that they are approximations, that there was too little history."""
        return iter(())

    def why_unevaluated(self) -> str:
        """Why doghouse does not evaluate it; empty where it does, or where it is wrong."""
        return str(self.problem) if isinstance(self.problem, NotEvaluated) else ""

    @classmethod
    def lacking(cls) -> str:
        """What doghouse does not evaluate of this kind; empty: nothing."""
        return ""

    def filled(self, document: Mapping[str, Any]) -> Self:
        """With the document in which what was not sent is filled in: it asks the same."""
        return type(self)(**read_body(document).fields(), asked=self.asked, problem=self.problem)

    def with_options(self, **changes: Any) -> Self:
        """With other options, named and written as the API has them. Raises MonitorError where their shape is wrong."""
        options = {**(self.document.get("options") or {}), **changes}
        document = {**self.document, "options": options}
        return msgspec.structs.replace(self, options=read_options(options), document=document)

    def longer(self, factor: int) -> tuple[str, Definition] | None:
        """With a window so many times as long, and what that is called (`last_10m`); None where there is no such window."""
        return None

    def with_thresholds(self, levels: Mapping[str, float]) -> Self:
        """With these thresholds instead of its own of these names."""
        own = (self.document.get("options") or {}).get("thresholds") or {}
        return self.with_options(thresholds={**own, **levels})
