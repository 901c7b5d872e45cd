"""A query's values at the same time of the hour, the day or the week before (monitors/types/anomaly, seasonality), beside those of now.

Only what lies around these times is read, not all that lies between: for the last four hours and weeks that is a ninth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from doghouse.queries.functions.anomalies.medians import SAMPLES
from doghouse.queries.functions.later import calendars, np
from doghouse.time.lengths import DAY, HOUR, WEEK

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats, Ints
    from doghouse.queries.evaluation.context import Context
    from doghouse.queries.evaluation.frames import Bools, Frame, Group
    from doghouse.queries.functions.anomalies.settings import Settings
    from doghouse.queries.functions.application import Application

# GUESS, all of them. Of Datadog's algorithms it is known that they look back six weeks at most.
LOOKED_AT = {HOUR: 12, DAY: 6, WEEK: 6}  # seasons before now, by their length (s)
NEAR_S = 900  # values are smoothed with those so far on either side …
NEAR_SHARE = 60  # … or, in a short season, a 60th of it
AROUND_SHARE = 12  # a 12th of a season on either side is looked at for the spread and the trend …
AROUND_S = 7200  # … and not more than this, where it holds enough buckets
RECENT_WINDOWS = 3  # alert windows are the immediate past, so that one of them can lie outside the band as a whole
LEAST_RECENT = 5  # buckets


class Reach(Struct, frozen=True):
    """How far the algorithms look, in buckets: a season back; `near` and `around` a time on either side; `recent`: the immediate past."""

    season: int
    near: int
    around: int
    recent: int

    @classmethod
    def of(cls, settings: Settings, interval: int) -> Reach:
        """In buckets of `interval` seconds. Nothing before a time is read from after it: what is around it ends before the season does."""
        season = max(1, round(settings.season / interval))
        near = max(1, round(min(NEAR_S, settings.season / NEAR_SHARE) / interval))
        enough = max(AROUND_S // interval, SAMPLES // 2)
        around = max(2, min(round(settings.season / AROUND_SHARE / interval), enough))
        recent = max(LEAST_RECENT, min(RECENT_WINDOWS * settings.alert_window // interval, season))
        return cls(season, min(near, (season - 1) // 4), min(around, (season - 1) // 4), recent)

    @property
    def before(self) -> int:
        """How many buckets before a time are looked at in its season, of which twice `around` say whether a count had begun."""
        return 4 * self.around + self.near + self.recent

    @property
    def after(self) -> int:
        """How many buckets after a time are looked at in the seasons before, of which `around` say whether a count had begun."""
        return 3 * self.around + self.near


class Seasons(Struct, frozen=True, eq=False):
    """`values[k, row, column]`: of `frame.groups[row]`, k seasons before the column's time (NaN: no value; of now, k = 0, none after the window's end).

    The columns from `first` on belong to the buckets of `frame`, which is the query's without a band.
    """

    frame: Frame
    values: Floats
    first: int
    reach: Reach


def seasons(applied: Application, context: Context, settings: Settings) -> Seasons:
    """The query's values in the context's buckets and around the same times of the seasons before that are looked at."""
    reach, now = _now(applied, context, settings)
    interval, calendar = now.interval, now.calendar
    wide = context.between(context.start - reach.before * interval, context.end + reach.after * interval)
    columns, buckets = wide.buckets(interval, calendar), context.buckets(interval, calendar)
    zone = settings.zone if settings.season >= DAY else "UTC"
    seen = [(now, columns)]
    for back in range(1, LOOKED_AT[settings.season] + 1):
        then = earlier(columns, back * reach.season * interval, zone)
        then = then // interval * interval if calendar is None else calendar.floor(then)
        seen.append((_between(applied, context, then, interval), then))
    zeros = settings.missing_is_zero and any(frame.counts for frame, _ in seen)
    groups = tuple(dict.fromkeys(group for frame, _ in (seen if zeros else seen[:1]) for group in frame.groups))
    values = np.stack([_placed(frame, frame.values, groups, times) for frame, times in seen])
    first = int(np.searchsorted(columns, context.start))
    if zeros:
        values = _with_zeros(values, reach, first + len(buckets))
    shown = values[0, :, first : first + len(buckets)]
    points = ~np.isnan(shown) | (_placed(now, now.points, groups, buckets) == 1)
    return Seasons(
        replace(now, ts=buckets, values=shown, points=points, groups=groups, bounds=None), values, first, reach
    )


def _now(applied: Application, context: Context, settings: Settings) -> tuple[Reach, Frame]:
    """The query's frame from as long before the context as is looked at. Where the query has a rollup of its own, its buckets count."""
    interval = context.interval
    while True:
        reach = Reach.of(settings, interval)
        now = applied.frame(context.between(context.start - reach.before * interval, context.end))
        if now.interval == interval:
            return reach, now
        interval = now.interval


def _between(applied: Application, context: Context, times: Ints, interval: int) -> Frame:
    """The query's frame from the first of these times to the last."""
    start, end = (int(np.min(times)), int(np.max(times)) + interval) if len(times) else (context.start, context.start)
    return applied.frame(context.between(start, end))


def earlier(ts: Ints, seconds: int, zone: str) -> Ints:
    """The times so many seconds before on the zone's clocks (s UTC). Where the clocks change, a time may come twice, or be left out."""
    then = ts - seconds
    return then if zone == "UTC" else then + calendars.offsets(ts, zone) - calendars.offsets(then, zone)


def _placed(frame: Frame, values: Floats | Bools, groups: Sequence[Group], times: Ints) -> Floats:
    """What the frame has of these groups at these times, of its values or its points; NaN where it has none."""
    placed = np.full((len(groups), len(times)), np.nan)
    if not len(frame.ts) or not len(times):
        return placed
    place = np.minimum(np.searchsorted(frame.ts, times), len(frame.ts) - 1)
    there = frame.ts[place] == times
    rows = {group: row for row, group in enumerate(frame.groups)}
    for row, group in enumerate(groups):
        if group in rows:
            placed[row, there] = values[rows[group], place[there]]
    return placed


def _with_zeros(values: Floats, reach: Reach, end: int) -> Floats:
    """A count's missing buckets as 0 (count_default_zero), from when on it has been seen around this time in an earlier season, or in this one before it."""
    seen = ~np.isnan(values)
    seen[0] = _near(seen[0], 2 * reach.around, 0)
    seen[1:] = _near(seen[1:], reach.around, reach.around)
    began = np.logical_or.accumulate(seen[::-1], axis=0)[::-1]
    filled = np.where(began & np.isnan(values), 0.0, values)
    filled[0, :, end:] = np.nan
    return filled


def _near(seen: Bools, before: int, after: int) -> Bools:
    """Whether anything was seen from so many buckets before each to so many after it."""
    total = np.cumsum(seen, axis=-1)
    last = np.minimum(np.arange(seen.shape[-1]) + after, seen.shape[-1] - 1)
    first = np.arange(seen.shape[-1]) - before - 1
    any_seen: Bools = total[..., last] > np.where(first >= 0, total[..., np.maximum(first, 0)], 0)
    return any_seen
