"""What two versions of a monitor did over the same history, beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from doghouse.backtest.figures import figures
from doghouse.backtest.run import Backtest, Timeline
from doghouse.backtest.suggesting import first_alert
from doghouse.metrics.model import Ints
from doghouse.monitors import Group, Status
from doghouse.queries.sparkline import BARS
from doghouse.review.model import CELLS, NOTHING, Missed, Past
from doghouse.tags.pairs import group_text

SHORTEST_S = 600  # of a stretch in Alert that is missed where it is gone
NEAR_S = 3600  # an Alert so near a stretch stands for it


def past(test: Backtest, zone: str) -> Past:
    """A backtest in what a reader asks of it."""
    groups = frozenset(group_text(timeline.group) for timeline in test.timelines)
    return Past(figures(test, zone), first_alert(test), course(test), groups)


def course(test: Backtest, cells: int = CELLS) -> str:
    """A block for each part of the range, as high as the share of its groups' time in Alert, and half that of Warn; the lowest is none at all."""
    counts = {status: np.zeros(cells, np.int64) for status in (Status.ALERT, Status.WARN, Status.OK)}
    edges = test.start + (test.end - test.start) * np.arange(1, cells + 1) / cells
    for timeline in test.timelines:
        ends = np.append(0, np.searchsorted(timeline.history.ticks, edges, side="right"))
        for status, count in counts.items():
            so_far = np.append(0, np.cumsum(timeline.history.statuses == int(status)))
            count += np.diff(so_far[ends])
    alert, warn, ok = counts.values()
    bad, known = alert + warn / 2, alert + warn + ok
    return "".join(
        _block(part / all_) if all_ else NOTHING for part, all_ in zip(bad.tolist(), known.tolist(), strict=True)
    )


def _block(share: float) -> str:
    top = len(BARS) - 1
    return BARS[0] if share == 0 else BARS[1 + min(int(share * top), top - 1)]


def missed(before: Backtest, after: Backtest | None) -> list[Missed]:
    """The stretches of ten minutes and more in Alert before, of a group that has none within an hour of it after.

    Where the versions group differently, a group stands for each whose tags do not contradict its own: the alert of a host for those of its disks.
    """
    alerts = {timeline.group: _stretches(timeline) for timeline in after.timelines} if after else {}
    stretches = []
    for timeline in before.timelines:
        starts, ends = _stretches(timeline)
        gone = ends - starts >= SHORTEST_S
        for group in _same(timeline.group, alerts) if gone.any() else ():
            gone &= ~_near(starts, ends, *alerts[group])
        label = group_text(timeline.group)
        stretches += [
            Missed(label, start, end) for start, end in zip(starts[gone].tolist(), ends[gone].tolist(), strict=True)
        ]
    return stretches


def _same(group: Group, groups: Mapping[Group, object]) -> Iterator[Group]:
    if group in groups:
        yield group
        return
    mine = dict(group)
    yield from (other for other in groups if all(mine.get(key, value) == value for key, value in other))


def _near(starts: Ints, ends: Ints, other_starts: Ints, other_ends: Ints) -> NDArray[np.bool_]:
    """Which stretches have one of the others near them: the first that ends late enough begins early enough. Both are by time."""
    if not len(other_starts):
        return np.zeros(len(starts), np.bool_)
    first = np.searchsorted(other_ends, starts - NEAR_S)
    there = first < len(other_starts)
    return there & (other_starts[np.minimum(first, len(other_starts) - 1)] <= ends + NEAR_S)


def _stretches(timeline: Timeline) -> tuple[Ints, Ints]:
    """When the group was in Alert: from the ticks that find it to those that find it no more (s UTC), or the last one."""
    ticks, alert = timeline.history.ticks, timeline.history.statuses == int(Status.ALERT)
    edges = np.flatnonzero(np.diff(alert, prepend=False, append=False))
    return ticks[edges[::2]], ticks[np.minimum(edges[1::2], len(ticks) - 1)]
