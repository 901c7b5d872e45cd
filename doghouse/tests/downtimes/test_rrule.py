"""Two ways to write a downtime's rule."""

import pytest

from doghouse.downtimes import same_rule


@pytest.mark.parametrize(
    ("rule", "other", "same"),
    [
        ("RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SU,SA", "freq=weekly;byday=SA,SU", True),
        ("FREQ=DAILY;INTERVAL=1", "INTERVAL=1;FREQ=DAILY", True),
        ("FREQ=DAILY;INTERVAL=2", "FREQ=DAILY", False),
        ("FREQ=WEEKLY;BYDAY=SA", "FREQ=WEEKLY;BYDAY=SA,SU", False),
    ],
)
def test_the_order_of_parts_and_an_interval_of_one_make_no_difference(rule, other, same):
    assert same_rule(rule, other) is same
