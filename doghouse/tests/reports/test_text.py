"""The report that a person reads."""

from __future__ import annotations

import pytest

from doghouse.reports.text.tables import people_days


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1 / 24, "1 h 0 min"),
        (1, "1 day"),
        (2.5, "2.5 days"),
        (365.25, "365.2 days"),
        (999.4, "999.4 days"),
        (20_790.4, "20,790 days"),
    ],
)
def test_a_stretch_of_many_days_is_a_plain_number(days: float, said: str) -> None:
    assert people_days(days) == said
