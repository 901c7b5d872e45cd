"""A point is late if its series had one of the same or a later second before it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from doghouse.metrics.model import Columns
from doghouse.metrics.store.lateness import NEVER, late

points = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), max_size=12)


@given(points, st.lists(st.sampled_from([NEVER, 0, 5]), min_size=4, max_size=4))
def test_a_point_is_late_if_its_series_had_one_as_late_before_it(
    sent: list[tuple[int, int]], newest: list[int]
) -> None:
    held, expected = list(newest), []
    for series, ts in sent:
        expected.append(ts <= held[series])
        held[series] = max(ts, held[series])
    ids, seconds = np.array([one for one, _ in sent], np.int64), np.array([ts for _, ts in sent], np.int64)
    columns = Columns(ids, seconds, np.zeros(len(sent)))
    assert late(columns, np.array(newest, np.int64)[ids]).tolist() == expected
