"""The weeks that a calendar may ask for."""

import pytest

from doghouse.ui.pages.downtimes import FARTHEST_YEARS, check_week
from doghouse.web.errors import ApiError

NOW = 1_772_000_000.0
WEEK = 7 * 86_400


@pytest.mark.parametrize("years", [-6000, -FARTHEST_YEARS - 1, FARTHEST_YEARS + 1, 6000])
def test_weeks_too_far_away_are_refused(years):
    start = NOW + years * 366 * 86_400
    with pytest.raises(ApiError, match="at most 20 years from now"):
        check_week(start, start + WEEK, NOW)


@pytest.mark.parametrize("years", [-FARTHEST_YEARS, 0, FARTHEST_YEARS])
def test_weeks_of_the_years_around_are_shown(years):
    start = NOW + years * 366 * 86_400
    check_week(start, start + WEEK, NOW)
