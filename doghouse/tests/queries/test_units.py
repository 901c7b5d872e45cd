"""What the values of an expression are counted in."""

from __future__ import annotations

from typing import Any

import pytest

from doghouse.queries import parse
from doghouse.queries.units import as_described, catalogue, unit_of

DESCRIBED = {
    "idle": {"unit": "percent", "per_unit": None},
    "mem": {"unit": "byte"},
    "swap": {"unit": "byte"},
    "sent": {"unit": "byte", "per_unit": "second"},
    "strange": {"unit": "parsec"},
    "half": {"unit": "byte", "per_unit": "parsec"},
}
PERCENT = {"family": "percentage", "name": "percent", "plural": "percent", "scale_factor": 1, "short_name": "%"}
BYTE = {"family": "bytes", "name": "byte", "plural": "bytes", "scale_factor": 1, "short_name": "B", "id": 2}
MINUTE = {"family": "time", "name": "minute", "plural": "minutes", "scale_factor": 60, "short_name": "min"}


def unit(text: str) -> Any:
    return unit_of(parse(text)[0], as_described(DESCRIBED.get))


def test_a_unit_has_the_fields_that_were_recorded() -> None:
    assert unit("avg:idle{*}") == [PERCENT | {"id": 17}, None]
    assert unit("avg:mem{*}") == [BYTE, None]
    assert catalogue()["minute"] == MINUTE


def test_what_a_unit_is_per_stands_second() -> None:
    assert [one["name"] for one in unit("sum:sent{*}")] == ["byte", "second"]


@pytest.mark.parametrize("text", ["avg:none{*}", "avg:strange{*}", "avg:half{*}"])
def test_a_metric_of_no_unit_or_of_an_unknown_one_has_none(text: str) -> None:
    assert unit(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "avg:mem{*} * 2",
        "1024 * avg:mem{*}",
        "-avg:mem{*}",
        "avg:mem{*} + avg:swap{*}",
        "avg:mem{*} / 8 + 1",
        "ewma_10(avg:mem{*})",
        "top(avg:mem{*} by {host}, 3, 'max', 'desc')",
        "anomalies(avg:mem{*}, 'basic', 2)",
        "(avg:mem{*}).rollup(max, 60)",
    ],
)
def test_what_scales_shifts_or_chooses_keeps_the_unit(text: str) -> None:
    assert unit(text) == [BYTE, None]


@pytest.mark.parametrize(
    "text",
    [
        "avg:mem{*} / avg:swap{*}",
        "avg:mem{*} / avg:mem{*} * 100",
        "1 / avg:mem{*}",
        "avg:mem{*} * avg:swap{*}",
        "avg:mem{*} + avg:idle{*}",
        "per_second(avg:mem{*})",
        "log2(avg:mem{*})",
        "count_nonzero(avg:mem{*} by {host})",
    ],
)
def test_what_makes_another_quantity_has_no_unit(text: str) -> None:
    assert unit(text) is None


def test_every_plural_is_a_word() -> None:
    odd = {name: one["plural"] for name, one in catalogue().items() if one["plural"] != f"{name}s"}
    assert {"query": "queries", "entry": "entries", "process": "processes", "percent": "percent"}.items() <= odd.items()
    assert "day" not in odd
    assert "key" not in odd
