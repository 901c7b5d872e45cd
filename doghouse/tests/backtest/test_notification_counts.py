"""What is counted in columns is what counting one by one gives."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from doghouse.backtest.notification_counts import Nights

DST_ENDS = int(datetime(2026, 10, 24, tzinfo=UTC).timestamp())
DST_STARTS = int(datetime(2026, 3, 27, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
@pytest.mark.parametrize("start", [DST_STARTS, DST_ENDS, DST_ENDS + 12345])
def test_nights_are_those_of_the_local_clocks_when_they_are_changed_too(zone, start):
    times = start + 60 * np.arange(4 * 1440)
    clocks = [datetime.fromtimestamp(when, ZoneInfo(zone)).hour for when in times.tolist()]
    expected = sum(hour >= 22 or hour < 7 for hour in clocks)
    assert Nights(ZoneInfo(zone), start, int(times[-1])).count(times) == expected
    assert expected in range(2000, 2400)
