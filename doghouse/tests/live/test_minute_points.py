"""What the live loop reads of points for several monitors at once is what each would read by itself, and each window is read once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from memory_points import T0, Given, source

from doghouse import monitors
from doghouse.live import points as minute
from doghouse.live.points import PointWindow, together
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Ints, Rollup, Series, Source

NOW = T0 + 3600
HEADS = ("avg(last_5m)", "max(last_1h)", "change(avg(last_5m),last_15m)")
SCOPES = ("*", "env:a", "env:a,host:h1", "env:b OR host:h0", "!env:a", "env:c")
texts = st.builds(
    "{}:avg:{}{{{}}} by {{host}} > 1".format, st.sampled_from(HEADS), st.sampled_from("mn"), st.sampled_from(SCOPES)
)
given_series = st.lists(
    st.builds(
        lambda points, metric, host, env: Given(points, metric, f"h{host}", (f"env:{env}",)),
        st.dictionaries(st.integers(0, 3700), st.integers(-9, 9).map(float), max_size=40),
        st.sampled_from("mn"),
        st.integers(0, 2),
        st.sampled_from("ab"),
    ),
    max_size=6,
)


class Counted:
    """A source that notes what is read of it."""

    def __init__(self, points: MemorySource) -> None:
        self.points, self.reads = points, 0

    def find(self, metric: str) -> Sequence[Series]:
        return self.points.find(metric)

    def read(self, ids: Ints, start: int, end: int, rollup: Rollup | None = None) -> Columns:
        self.reads += 1
        return self.points.read(ids, start, end, rollup)


def monitor(text: str) -> monitors.Definition:
    return monitors.parse({"type": "metric alert", "query": text, "name": "n", "message": ""})


def windows(monitors_: Sequence[monitors.Definition]) -> list[PointWindow]:
    return [window for each in monitors_ for window in each.point_windows(NOW)]


def values(asked: monitors.Definition, points: Source) -> dict[monitors.Group, monitors.WindowValue]:
    return monitors.evaluate(asked, points, NOW)


@given(given_series, st.lists(texts, min_size=1, max_size=6))
def test_each_monitor_sees_what_it_would_see_alone(made: list[Given], queries: list[str]) -> None:
    there, several = source(*made), [monitor(text) for text in queries]
    shared = together(there, windows(several))
    for each in several:
        assert values(each, shared) == values(each, there)


def test_a_window_is_read_once_for_all_monitors() -> None:
    counted = Counted(source(*(Given({3590: 1.0}, "m", f"h{host}", ("env:a",)) for host in range(9))))
    several = [monitor(f"avg(last_5m):avg:m{{host:h{host}}} > {host}") for host in range(9)]
    shared = together(counted, windows(several))
    assert [values(each, shared)[()].value for each in several] == [1.0] * 9
    assert counted.reads == 1


def test_what_nobody_said_before_is_read_when_it_is_asked_for() -> None:
    counted = Counted(source(Given({3590: 1.0})))
    shared = together(counted, windows([monitor("avg(last_5m):avg:m{*} > 1")]))
    assert shared.read(np.array([0]), T0, NOW).ts.tolist() == [T0 + 3590]
    assert shared.read(np.array([7]), NOW - 300, NOW).ts.tolist() == []
    assert counted.reads == 2


def test_what_is_too_much_to_be_kept_is_read_by_each_monitor() -> None:
    counted = Counted(source(Given({3590: 1.0})))
    several = [monitor(f"avg({window}):avg:m{{*}} > 1") for window in ("last_5m", "last_1h", "last_1h")]
    kept, minute.MOST_POINTS = minute.MOST_POINTS, 100
    try:
        shared = together(counted, windows(several))
        assert [values(each, shared)[()].value for each in several] == [1.0] * 3
    finally:
        minute.MOST_POINTS = kept
    assert counted.reads == 3
