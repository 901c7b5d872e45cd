"""A latch over many ticks at once is the latch that goes from tick to tick."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from doghouse.monitors.states.changes import last
from doghouse.monitors.states.even_stretch import latch

SETS, RESETS = "set", "reset"


@given(st.lists(st.sampled_from([SETS, RESETS, "neither"]), max_size=40), st.booleans())
def test_a_latch_holds_until_it_is_reset(events: list[str], initially: bool) -> None:
    state, expected = initially, []
    for event in events:
        state = event == SETS or (state and event != RESETS)
        expected.append(state)
    sets, resets = (np.array([event == kind for event in events], np.bool_) for kind in (SETS, RESETS))
    assert latch(sets, resets, initially).tolist() == expected


@given(st.lists(st.booleans(), max_size=20))
def test_the_last_that_is_true(which: list[bool]) -> None:
    found = [index for index, one in enumerate(which) if one]
    assert last(np.array(which, np.bool_)) == (found[-1] if found else None)
