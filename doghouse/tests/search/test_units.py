"""Ends of ranges with units (worked out by hand)."""

import pytest

from doghouse.search.tree import Match, Range
from doghouse.search.units import in_base_units


@pytest.mark.parametrize(
    ("field", "written", "plain"),
    [
        *(("@duration", f"2{unit}", ns) for unit, ns in (("ns", 2), ("us", 2_000), ("µs", 2_000), ("ms", 2_000_000))),
        *(
            ("@duration", text, ns)
            for text, ns in (("1.5s", 1_500_000_000), ("2m", 120 * 10**9), ("2min", 120 * 10**9))
        ),
        *(("@network.bytes_read", text, size) for text, size in (("2B", 2), ("3KB", 3_000), ("2MiB", 2 * 1024**2))),
    ],
)
def test_a_number_with_a_unit_is_what_its_attribute_is_kept_in(field: str, written: str, plain: int) -> None:
    searched = in_base_units(Match(field, Range(written, None, inclusive=False)))
    assert isinstance(searched, Match)
    assert isinstance(searched.value, Range)
    assert float(searched.value.low or "nan") == plain
