"""Values with their units, as people read them in what commands print."""

from __future__ import annotations

import json

import pytest

from doghouse import monitors
from doghouse.cli import query
from doghouse.queries.quantities import known_units, quantity, unit_of_window
from doghouse.queries.units import catalogue

NAMES = catalogue()


@pytest.mark.parametrize(
    ("value", "unit", "per", "shown"),
    [
        (0.009403, "second", None, "9.403ms"),
        (0.0000021, "second", None, "2.1μs"),
        (12.0, "second", None, "12s"),
        (0.001, "second", None, "1ms"),
        (0.000001, "second", None, "1μs"),
        (0.0000000005, "second", None, "0.5ns"),
        (1, "second", None, "1s"),
        (59.99, "second", None, "59.99s"),
        (60, "second", None, "1m"),
        (3600, "second", None, "1h"),
        (90061, "second", None, "1d 1h"),
        (86401, "second", None, "1d 1s"),
        (-0.5, "second", None, "-500ms"),
        (200, "second", None, "3m 20s"),
        (-7200, "second", None, "-2h"),
        (0, "second", None, "0s"),
        (9.4, "millisecond", None, "9.4ms"),
        (0, "byte", None, "0 B"),
        (0.25, "byte", None, "0.25 B"),
        (1, "byte", None, "1 B"),
        (1023, "byte", None, "1023 B"),
        (1024, "byte", None, "1 KiB"),
        (-2048, "byte", None, "-2 KiB"),
        (1024, "exbibyte", None, "1024 EiB"),
        (8, "bit", None, "8"),
        (7, "request", "minute", "7 req/min"),
        (7, "request", "day", "7 req/day"),
        (1536, "byte", None, "1.5 KiB"),
        (1047552, "byte", None, "1023 KiB"),
        (2048, "mebibyte", None, "2 GiB"),
        (1024, "byte", "second", "1 KiB/s"),
        (95.5, "percent", None, "95.5%"),
        (0.5, "fraction", None, "50%"),
        (12345, "request", None, "12345 req"),
        (3, "lock", None, "3"),
    ],
)
def test_a_value_has_the_order_of_magnitude_that_suits_its_unit(value, unit, per, shown):
    assert quantity(value, [NAMES[unit], NAMES[per] if per else None]) == shown


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 12345.678])
def test_without_a_unit_it_is_a_number(value):
    assert quantity(value, None) == f"{value:.6g}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("avg(last_5m):avg:trace.flask.request{*} > 1", "second"),
        ("sum(last_5m):sum:trace.flask.request.hits{*} > 1", None),
        ("avg(last_5m):avg:system.cpu.user{*} by {host} > 90", "percent"),
        ("change(avg(last_5m),last_5m):avg:system.cpu.user{*} > 9", "percent"),
        ("pct_change(avg(last_5m),last_5m):avg:system.mem.used{*} > 50", None),
        ("avg(last_4h):anomalies(avg:system.mem.used{*}, 'basic', 2) >= 1", None),
        ("avg(last_5m):avg:my_metric{*} > 90", None),
    ],
)
def test_what_a_monitor_compares_has_the_unit_of_its_metric_but_for_shares(text, name):
    monitor = monitors.parse({"type": "query alert", "query": text, "message": ""})
    pair = unit_of_window(monitor.asked, known_units)
    assert (pair[0]["name"] if pair else None) == name


def test_a_query_of_a_file_shows_latencies_in_milliseconds(tmp_path, capsys):
    (tmp_path / "s.csv").write_text("timestamp,metric,value\n1772445600,trace.flask.request,0.009403\n")
    given = {"since": "1772445600", "until": "1772445660", "series": tmp_path / "s.csv", "as_json": False}
    query.query("avg:trace.flask.request{*}", **given)
    assert "9.403ms" in capsys.readouterr().out
    query.query("avg:trace.flask.request{*}", **given | {"as_json": True})
    assert json.loads(capsys.readouterr().out)["series"][0]["unit"][0]["name"] == "second"
