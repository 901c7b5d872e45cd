"""Monitors over records: what all their kinds share, from the query to the windows (monitors/types/log)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, partial
from typing import ClassVar, Protocol, Self

import msgspec
import numpy as np

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Ints, no_columns
from doghouse.monitors import comparison_checks
from doghouse.monitors.compared import ComparedMonitor
from doghouse.monitors.definition import Definition, Sources
from doghouse.monitors.evaluating import Evaluation, window_steps
from doghouse.monitors.message.context import LOGS_SAMPLE, SAMPLES
from doghouse.monitors.model import INVALID_QUERY, NO_OPERATOR, Body, MonitorError, Options, Thresholds
from doghouse.monitors.query import is_count_query, windows
from doghouse.monitors.records import messages, reading, variables
from doghouse.monitors.records.evaluation import ByGroup, Evaluator
from doghouse.monitors.records.model import FormulaQuery, RecordQuery, VariableError
from doghouse.monitors.records.reading import WrongSearch
from doghouse.monitors.records.windows import MS, RecordsOf
from doghouse.monitors.states.conditions import Rules
from doghouse.monitors.states.machine import GroupState
from doghouse.monitors.states.rules import filling, record_rules
from doghouse.monitors.windows.columns import Group, GroupColumn
from doghouse.queries import Expression, NotEvaluated, QuerySyntaxError, group_keys, metric_queries, scope_tags
from doghouse.queries.language.formulas import bound
from doghouse.search.records import Records
from doghouse.search.tree import parts_of, tags_of
from doghouse.tags.pairs import group_text
from doghouse.time import lengths
from doghouse.time.lengths import MINUTE

WRONG_SEARCH = f"{INVALID_QUERY}: Invalid query: Check for invalid tags or facets in your query."  # terraform-provider-datadog issue 2341
SOURCES = ("logs", "events", "spans")  # the data sources that a formula may read


class RulesOf(Protocol):
    """Makes the rules of a monitor: `rules.record_rules` or `rules.point_rules`."""

    def __call__(
        self,
        options: Options,
        thresholds: Thresholds,
        comparator: str,
        /,
        *,
        keys: tuple[str, ...],
        counts: bool,
        window: int,
    ) -> Rules:
        """The rules. Raises MonitorError where there is no critical threshold."""


class RecordAlert(ComparedMonitor, frozen=True, dict=True):
    """`logs("status:error").index("*").rollup("count").by("service").last("5m") > 2`, and formulas over such queries."""

    heads: ClassVar[Mapping[str, str]] = {}  # what its query may begin with, and the data source that this reads
    longest: ClassVar[str] = "2d"  # its window (the API's description of POST /api/v1/monitor)
    rules_of: ClassVar[RulesOf] = staticmethod(record_rules)

    @classmethod
    def read(cls, body: Body) -> FormulaQuery:
        """The query's parts; those of a formula stand in the options."""
        if variables.is_formula(body.query):
            return variables.read(body.query, body.options.variables or (), SOURCES)
        return reading.parse(body.query, cls.heads)

    @property
    def tree(self) -> FormulaQuery:
        """The query's parts. Raises QuerySyntaxError, or NotEvaluated for a custom schedule that cannot be read."""
        tree: FormulaQuery = super().tree
        return tree

    @property
    def _asked(self) -> FormulaQuery | None:
        """The query's parts if it has them, whether or not it is evaluated."""
        return self.asked if isinstance(self.asked, FormulaQuery) else None

    @cached_property
    def rules(self) -> Rules:
        """Thresholds, missing data, delays and renotification, with Datadog's defaults."""
        tree = self.tree
        counts = all(
            query.compute.aggregation.of_nothing == 0.0 if isinstance(query, RecordQuery) else is_count_query(query)
            for query in tree.queries.values()
        )
        kind = type(self).rules_of
        window = tree.window.seconds
        options = filling(self.options) if tree.fills else self.options
        return kind(options, self.thresholds, tree.comparator, keys=self.keys, counts=counts, window=window)

    @property
    def keys(self) -> tuple[str, ...]:
        """The fields that its query groups by."""
        return _keys(self.tree)

    @cached_property
    def bundle_keys(self) -> tuple[str, ...] | None:
        """As for other monitors; `groupby_simple_monitor` is `notify_by: ["*"]` under an older name (the API's schema)."""
        if self.options.groupby_simple_monitor and self.keys:
            return ()
        return super().bundle_keys

    @cached_property
    def filters(self) -> tuple[str, ...]:
        """The tags that its searches ask for."""
        tree = self.tree
        of_records = (tag for query in tree.record_queries for tag in tags_of(query.search))
        of_points = (tag for query in tree.point_queries for tag in scope_tags(query.expression))
        return tuple(sorted({*of_records, *of_points}))

    @property
    def record_word(self) -> str:
        """`log` where its message can say `{{log.message}}`: by its first query of records."""
        queries = () if self._asked is None else self._asked.record_queries
        return messages.WORDS[queries[0].source] if queries else ""

    @property
    def multi(self) -> bool:
        """Whether it groups; one that is notified as a whole does so too (recorded: TestAccDatadogMonitor_Log of terraform-provider-datadog, 2025)."""
        return super().multi if self._asked is None else bool(_keys(self._asked))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The parts of its searches, left to right, each once (GUESS: that searches of monitors know these as scopes)."""
        queries = () if self._asked is None else self._asked.record_queries
        return tuple(dict.fromkeys(part for query in queries for part in parts_of(query.search)))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics of a formula's queries of points, left to right, each once."""
        queries = () if self._asked is None else self._asked.point_queries
        return tuple(dict.fromkeys(leaf.metric for query in queries for leaf in metric_queries(query.expression)))

    def check_query(self) -> None:
        """The query, its window, its thresholds and the keys that it is notified by. GUESS: the words for a long window."""
        if isinstance(self.problem, VariableError):
            raise MonitorError(self.problem.field, f"{INVALID_QUERY}: {self.problem.problem}")
        if isinstance(self.problem, QuerySyntaxError):
            words, gap = (WRONG_SEARCH, " ") if isinstance(self.problem, WrongSearch) else (NO_OPERATOR, "")
            raise MonitorError("query", words, gap + self.problem.problem)
        super().check_query()
        if self._asked is None:
            return
        if self._asked.window.seconds > (lengths.seconds(self.longest, reading.UNITS) or 0):
            text = f"{INVALID_QUERY}: a window of {self._asked.window.text} is longer than {self.longest}"
            raise MonitorError("query", text)
        comparison_checks.check(self, self._asked, _keys(self._asked))
        comparison_checks.check_missing_data(self, self._asked.fills)

    def at(self, sources: Sources, states: Mapping[Group, GroupState], now: int) -> Evaluation:
        """The windows that end at `now`, less the evaluation delay."""
        windows = {column.group: column.window(0) for column in self.columns(sources, np.array([now], np.int64))}
        some = {group: window for group, window in windows.items() if window.has_data}
        steps = window_steps(self.rules, states, some)
        return Evaluation(steps, ByGroup(steps, lambda group: self.record_variables(sources, group, now)))

    def record_windows(self, now: int) -> Iterator[tuple[RecordQuery, int, int]]:
        """Those of its own time; a formula may ask for earlier ones too."""
        over = windows(self.options, self.tree, np.array([now], np.int64))
        start, end = int(over.starts[0]) * MS, int(over.ends[0]) * MS
        return ((query, start, end) for query in self.tree.record_queries)

    @classmethod
    def lacking(cls) -> str:
        """What searches and formulas may have and doghouse does not evaluate."""
        return "without calculated fields (#name), units of most attributes, and anomalies() in a formula"

    def columns(self, sources: Sources, ticks: Ints) -> Iterable[GroupColumn]:
        """See ComparedMonitor."""
        points, evaluated = sources.points(self) if self.tree.point_queries else (MemorySource([], no_columns()), None)
        tree = evaluated.tree if isinstance(evaluated, RecordAlert) else self.tree
        make = partial(Evaluator(tree, self.options, self.rules, self._records(sources), points).columns, ticks)
        return sources.shared(self.windows_key, sources.records, ticks, make) if sources.shared else make()

    def _records(self, sources: Sources) -> RecordsOf:
        """Where a query's records are. What it gives raises NotEvaluated where there are none of its source."""

        def records(query: RecordQuery) -> Records:
            if sources.records is None:
                raise NotEvaluated(f"monitors of the type {self.type} where there are no {query.source}")
            return sources.records(query)

        return records

    def record_variables(self, sources: Sources, group: Group, now: int) -> Mapping[str, str]:
        """Of those of its first query of records."""
        queries = self.tree.record_queries
        if not queries:
            return {}
        over = windows(self.options, self.tree, np.array([now]))
        sampling = messages.Samples(queries[0], self._records(sources), group, over, sources.address())

        valued = self.keys and (self.bundle_keys == () or any(query.compute.name != "count" for query in queries))
        newest = cache(lambda: sampling.newest(messages.MOST_SAMPLES))
        samples = {SAMPLES: lambda: self._breaching(sources, group, now) if valued else messages.sampled(newest())}
        if queries[0].source == "logs" and not valued:
            samples[LOGS_SAMPLE] = lambda: messages.logs_sample(newest())
        return messages.RecordVariables(
            self.record_word, lambda: next(iter(sampling.newest(1)), None), samples, sampling.link
        )

    def _breaching(self, sources: Sources, group: Group, now: int) -> str:
        """The values of a group, or of those that are notified together, that breach a threshold, the worst first."""
        levels = [level for level in (self.rules.critical, self.rules.warning) if level is not None]
        values = {
            group_text(column.group): float(column.values[0])
            for column in self.columns(sources, np.array([now], np.int64))
            if set(group) <= set(column.group) and any(self.rules.breaches(column.values[0], level) for level in levels)
        }
        ordered = sorted(values.items(), key=lambda item: item[1], reverse=self.comparator.startswith(">"))
        return messages.breaching(dict(ordered[: messages.MOST_SAMPLES]))

    @property
    def graphed(self) -> Expression | None:
        """A formula of points alone with its queries in the place of their names; None where it looks at records (see `lines`)."""
        tree = self.tree
        if tree.record_queries:
            return None
        return bound(tree.formula, {name: query.expression for name, query in tree.queries.items()})  # type: ignore[union-attr]

    def nothing_seen(self, sources: Sources) -> str:
        """No record matches."""
        queries = self.tree.record_queries
        searches = " or ".join(f"'{query.text}'" for query in queries)
        if not queries:
            return f"there are no points of {', '.join(self.metrics)} in that time and scope"
        return f"there are no {queries[0].source} that match {searches} in that time"

    def with_thresholds(self, levels: Mapping[str, float]) -> Self:
        """With these thresholds instead of its own; a critical one stands in the query too."""
        monitor, tree = super().with_thresholds(levels), self._asked
        if tree is None or "critical" not in levels:
            return monitor
        return monitor._asking(reading.with_threshold(self.query, levels["critical"]))

    def longer(self, factor: int) -> tuple[str, Definition] | None:
        """With a longer window, where it is one that ends now."""
        window = self.tree.window
        if window.cumulative:
            return None
        text = f"{factor * window.seconds // MINUTE}m"
        return f"last {text}", self._asking(reading.with_window(self.query, text))

    def _asking(self, text: str) -> Self:
        """With another query."""
        monitor = msgspec.structs.replace(self, query=text, document={**self.document, "query": text})
        return msgspec.structs.replace(monitor, asked=type(self).read(monitor))


def _keys(tree: FormulaQuery) -> tuple[str, ...]:
    """The fields of the first query that groups."""
    keys = (
        query.keys if isinstance(query, RecordQuery) else group_keys(query.expression)
        for query in tree.queries.values()
    )
    return next((some for some in keys if some), ())
