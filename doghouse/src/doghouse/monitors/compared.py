"""Monitors whose query is of a window that is compared with thresholds: what those of points and of records share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial
from typing import Any, ClassVar

import msgspec
import numpy as np

from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Ints, no_columns
from doghouse.monitors import custom_schedule
from doghouse.monitors.comparison_checks import Comparison
from doghouse.monitors.custom_schedule import Recurrence, ScheduleError
from doghouse.monitors.definition import Definition, Sources
from doghouse.monitors.evaluating import Stretch, column_history
from doghouse.monitors.model import MonitorError, Thresholds
from doghouse.monitors.query import frequency
from doghouse.monitors.records.windows import Nothing
from doghouse.monitors.windows.columns import GroupColumn, lines
from doghouse.queries import NotEvaluated, QuerySyntaxError, ResultSeries
from doghouse.time.lengths import DAY

_A_TICK = np.array([DAY], np.int64)


class ThresholdMonitor(Definition, frozen=True, dict=True):
    """Something that is compared with thresholds."""

    @property
    def _comparison(self) -> Comparison | None:
        """What the query asks, if it can be read, whether or not it is evaluated."""
        comparison: Comparison | None = self.asked
        return comparison

    @property
    def thresholds(self) -> Thresholds:
        """Its thresholds; the critical one is the query's where the options have none."""
        thresholds, comparison = self.options.thresholds or Thresholds(), self._comparison
        if comparison is None or thresholds.critical is not None:
            return thresholds
        return msgspec.structs.replace(thresholds, critical=comparison.threshold)

    @property
    def comparator(self) -> str:
        """The query's comparison."""
        return "" if self._comparison is None else self._comparison.comparator


class ComparedMonitor(ThresholdMonitor, frozen=True, dict=True):
    """`avg(last_5m):avg:m{*} > 90`, or `logs("*").rollup("count").last("5m") > 2`: a window, a comparator and a threshold."""

    evaluated: ClassVar[bool] = True
    compares: ClassVar[bool] = True

    @property
    def tree(self) -> Any:
        """What the query asks. Raises QuerySyntaxError, or NotEvaluated for a custom schedule that cannot be read."""
        self._schedule  # noqa: B018  # raises
        return self.parsed()

    @cached_property
    def _schedule(self) -> tuple[Recurrence, ...]:
        try:
            return custom_schedule.read(self.options.scheduling_options)
        except ScheduleError as error:
            raise NotEvaluated(f"monitors with such a custom schedule: {error}") from None

    def ticks(self, start: int, end: int) -> Ints:
        """As for other monitors; with a custom schedule at its moments alone. Raises NotEvaluated."""
        if not self._schedule:
            return super().ticks(start, end)
        try:
            return custom_schedule.ticks(self._schedule, start, end)
        except ScheduleError as error:
            raise NotEvaluated(f"monitors with such a custom schedule: {error}") from None

    def columns(self, sources: Sources, ticks: Ints) -> Iterable[GroupColumn]:
        """Every group's windows at `ticks` (s UTC, ascending), one group at a time; `sources.shared` may keep them. Raises NotEvaluated."""
        raise NotImplementedError

    def over(self, sources: Sources, start: int, end: int) -> Stretch:
        """In columns: all windows of a group at once, then all its states."""
        rules, ticks = self.rules, self.ticks(start, end)
        columns = self.columns(sources, ticks)
        unfinished = (partial(column_history, rules, column, ticks) for column in columns)
        return Stretch(ticks, unfinished, partial(self.record_variables, sources))

    def lines(self, sources: Sources, ticks: Ints, shown: Ints) -> list[ResultSeries] | None:
        """A line a group."""
        return lines(self.query, self.columns(sources, ticks), np.isin(ticks, shown), ticks, self.every)

    def why_unevaluated(self) -> str:
        """A custom schedule that cannot be read, a search with a unit, or a function in its query that is not evaluated."""
        nothing = Sources(lambda _: (MemorySource([], no_columns()), None), records=lambda _: Nothing())
        try:
            list(self.columns(nothing, _A_TICK))
        except NotEvaluated as error:
            return str(error)
        except (QuerySyntaxError, MonitorError):
            pass
        return ""

    @property
    def every(self) -> int:
        """By the window: each minute, or more rarely for a window of a day and more."""
        return frequency(self.tree)

    @property
    def span(self) -> int:
        """The window's length (s)."""
        seconds: int = self.tree.window.seconds
        return seconds
