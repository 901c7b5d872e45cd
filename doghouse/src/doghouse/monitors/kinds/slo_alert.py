"""SLO alerts: how much of an error budget is used, or how fast (monitors/types/slo, service_level_objectives/error_budget, burn_rate).

GUESS: both are evaluated each minute on what there is up to then, corrections applied. Groups are not evaluated: how a query names them is not documented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import ClassVar

import numpy as np
from msgspec.structs import replace

from doghouse.metrics.model import Floats, Ints
from doghouse.monitors import comparison_checks, slo_query
from doghouse.monitors.compared import ThresholdMonitor
from doghouse.monitors.definition import Definition, Sources
from doghouse.monitors.evaluating import Evaluation, Stretch, column_history, ticks_between, window_steps
from doghouse.monitors.kinds.registry import kind
from doghouse.monitors.message.context import number_text, rounded
from doghouse.monitors.model import INVALID_QUERY, Body, MonitorError
from doghouse.monitors.objectives import minutes
from doghouse.monitors.query import Windows
from doghouse.monitors.slo_query import SloQuery
from doghouse.monitors.states.conditions import Missing, Rules
from doghouse.monitors.states.machine import GroupState
from doghouse.monitors.states.rules import followed_rules
from doghouse.monitors.windows.columns import Group, GroupColumn
from doghouse.queries import NotEvaluated
from doghouse.slos import budget
from doghouse.slos.model import Objective
from doghouse.time.lengths import MINUTE

LONGEST_STEP_S = 5 * MINUTE  # of a slice: windows begin and end where slices do
TOLERANCE = 1e-9  # of a limit: 1 / (1 - 0.999) is no whole number in floating point


@kind("slo alert")
class SloAlert(ThresholdMonitor, frozen=True, dict=True):
    """`burn_rate("<slo id>").over("30d").long_window("1h").short_window("5m") > 14.4`."""

    example: ClassVar[str] = 'error_budget("SLO_ID").over("30d") > 75'
    evaluated: ClassVar[bool] = True
    event_suffix: ClassVar[str] = ""
    variables: ClassVar[tuple[str, ...]] = ("timeframe", "short_window_burn_rate", "long_window_burn_rate")

    @classmethod
    def read(cls, body: Body) -> SloQuery:
        """The query, step by step."""
        return slo_query.parse(body.query)

    @property
    def query_asked(self) -> SloQuery:
        """What it asks of its SLO. Raises QuerySyntaxError."""
        query: SloQuery = self.parsed()
        return query

    @property
    def slo(self) -> str:
        """Its SLO's id."""
        return "" if self.asked is None else str(self.asked.slo)

    @cached_property
    def rules(self) -> Rules:
        """Both windows above a threshold are one value above it. Without data it has none: there is no `on_missing_data` (documentation pull request 39592)."""
        query, thresholds = self.query_asked, self.thresholds
        return replace(
            followed_rules(self.options, multi=False),
            comparator=query.comparator,
            critical=query.threshold,
            warning=thresholds.warning,
            missing=Missing.NO_DATA,
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """None: it is about the whole of an SLO."""
        self.parsed()
        return ()

    @property
    def span(self) -> int:
        """The length of the longest window (s)."""
        return self.query_asked.windows[0]

    @property
    def stored_query(self) -> str:
        """The query without the blanks around it."""
        return self.query.strip()

    @property
    def multi(self) -> bool:
        """Never."""
        return False

    def check_query(self) -> None:
        """The query and its thresholds, as far as they can be told without the SLO."""
        super().check_query()
        query: SloQuery = self.asked
        comparison_checks.check_thresholds(self, query.comparator, query.threshold)
        comparison_checks.check_without_missing_data(self)
        if query.threshold <= 0:
            raise MonitorError("query", f"{INVALID_QUERY}: the threshold must be greater than 0")

    def check_slo(self, objective: Objective, monitors: Iterable[Definition]) -> None:
        """A timeframe that the SLO has, a burn rate that there can be (terraform-provider-datadog issue 1093), monitors that follow from points.

        GUESS: all words but those of the range.
        """
        query: SloQuery = self.parsed()
        threshold = objective.threshold(query.timeframe)
        if threshold is None:
            there = ", ".join(target.timeframe for target in objective.thresholds)
            text = f"{INVALID_QUERY}: SLO {objective.id} has no target for {query.timeframe}, only for {there}"
            raise MonitorError("query", text)
        if other := [monitor for monitor in monitors if not monitor.replayed]:
            text = f"{INVALID_QUERY}: SLO {objective.id} is made of a {other[0].type}, and only SLOs of metric monitors have alerts"
            raise MonitorError("query", text)
        most = budget.longest_burn(threshold.target)
        for word, value in (("Alert", query.threshold), ("Warning", self.thresholds.warning)):
            if query.is_burn_rate and value is not None and not 0 < value <= most * (1 + TOLERANCE):
                text = f"{word} threshold ({float(value)}) must be in range 0 to {number_text(most)} for burn rate alerts (max threshold = 1/1-slo target)."
                raise MonitorError(
                    "options.thresholds.critical" if word == "Alert" else "options.thresholds.warning", text
                )

    # -- what it is worth

    def at(self, sources: Sources, states: Mapping[Group, GroupState], now: int) -> Evaluation:
        """The windows that end at `now`, less the evaluation delay."""
        ticks = np.array([now], np.int64)
        rates = self._values(sources, ticks)
        window = self._column(ticks, rates).window(0)
        return Evaluation(
            window_steps(self.rules, states, {(): window} if window.has_data else {}), {(): self._shown(rates, 0)}
        )

    def over(self, sources: Sources, start: int, end: int) -> Stretch:
        """The same in columns: what is counted is read once."""
        rules, ticks = self.rules, ticks_between(start, end, self.every)
        rates = self._values(sources, ticks)
        column = self._column(ticks, rates)
        finish: list[Callable[[], object]] = [partial(column_history, rules, column, ticks)] if len(ticks) else []

        def variables(_: Group, at: int) -> Mapping[str, str]:
            index = int(np.searchsorted(ticks, at, side="right")) - 1
            return self._shown(rates, index) if index >= 0 else {}

        return Stretch(ticks, iter(finish), variables)  # type: ignore[arg-type]

    def _values(self, sources: Sources, ticks: Ints) -> tuple[Floats, ...]:
        """What each window is worth at each tick: burn rates, or the percentage of the budget that is used. NaN: there is no data.

        GUESS: a window without events has the burn rate 0. Raises NotEvaluated, and MonitorError where the SLO is not as the query wants it.
        """
        objective, query = self._objective(sources), self.query_asked
        threshold = objective.threshold(query.timeframe)
        assert threshold is not None
        if not len(ticks):
            return tuple(np.empty(0) for _ in query.windows)
        ends = ticks - (self.options.evaluation_delay or 0)
        begin = (int(ends[0]) - query.windows[0]) // LONGEST_STEP_S * LONGEST_STEP_S
        assert sources.objectives is not None
        states = minutes(sources.objectives.monitor, sources)
        tally = sources.objectives.measure(objective, sources.points(self)[0], states, begin, int(ends[-1]))
        totals = [tally.between(ends - window, ends) for window in query.windows]
        if not query.is_burn_rate:
            return tuple(budget.consumed(good, total, threshold.target) for good, total in totals)
        return tuple(np.nan_to_num(budget.burn_rate(good, total, threshold.target)) for good, total in totals)

    def _objective(self, sources: Sources) -> Objective:
        if sources.objectives is None:
            raise NotEvaluated("monitors of the type slo alert where no SLOs are given")
        objective = sources.objectives.slo(self.slo)
        if objective is None:
            raise NotEvaluated(f"an alert of SLO {self.slo}, which is not there")
        self.check_slo(objective, sources.objectives.monitors(objective))
        return objective

    def _column(self, ticks: Ints, values: tuple[Floats, ...]) -> GroupColumn:
        """GUESS: the value of a burn rate monitor is the smaller one of its two, which decides."""
        value = np.min(np.stack(values), axis=0)
        points = ticks[~np.isnan(value)] - 1
        return GroupColumn((), value, None, points, Windows(ticks, ticks - MINUTE, ticks))

    def _shown(self, values: tuple[Floats, ...], index: int) -> dict[str, str]:
        """What its messages can say: `{{timeframe}}`, and of a burn rate both windows (GUESS: the timeframe's form)."""
        query = self.query_asked
        shown = {"timeframe": query.timeframe}
        if query.is_burn_rate:
            long, short = (rounded(float(rates[index])) for rates in values)
            shown |= {"long_window_burn_rate": long, "short_window_burn_rate": short}
        return shown
