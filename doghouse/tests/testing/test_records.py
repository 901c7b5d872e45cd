"""Logs and events of a unit test: when they arrive, what becomes of them, and what is wrong with an entry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from doghouse.search.matching import tree
from doghouse.search.parser import parse
from doghouse.search.record import Record
from doghouse.search.records import Lines
from doghouse.testing.file import load
from doghouse.testing.places import TestFileError
from doghouse.testing.reading import WatchedRecords
from doghouse.testing.records import arrivals
from doghouse.testing.running import run

START = 1772445600  # 2026-03-02T10:00Z
MONITOR = 'monitor: {type: metric alert, query: "avg(last_5m):avg:m{*} > 90", message: "@ops@example.com"}\n'
Arriving = Callable[[str], dict[str, list[tuple[int, Record]]]]


def file(tmp_path: Path, entries: str) -> Path:
    path = tmp_path / "a.test.yaml"
    path.write_text(f"{MONITOR}start: 2026-03-02T10:00Z\ntests:\n  - name: a\n    transitions: []\n{entries}\n")
    return path


@pytest.fixture
def arriving(tmp_path: Path) -> Arriving:
    def read(entries: str) -> dict[str, list[tuple[int, Record]]]:
        return {
            key: [(at // 1000 - START, record) for at, record in lines]
            for key, lines in arrivals(load(file(tmp_path, entries)), 0, {"web-1": ["role:web"]}).items()
        }

    return read


@pytest.mark.parametrize(
    ("when", "seconds"),
    [
        ("at: +12m", [720]),
        ("at: [+30s, 10:01]", [30, 60]),
        ("every: 30s, for: 2m", [0, 30, 60, 90]),
        ("every: 40s, for: 1m", [0, 40]),
        ("every: 1m, for: 2m, from: +5m", [300, 360]),
    ],
)
def test_an_entry_arrives_at_a_time_or_again_and_again(arriving: Arriving, when: str, seconds: list[int]) -> None:
    assert [at for at, _ in arriving(f"    logs: [{{{when}, message: x}}]")["logs"]] == seconds


def test_a_log_is_read_as_the_intake_reads_it(arriving: Arriving) -> None:
    message = """'{"level": "ERROR", "message": "boom", "service": "pay", "http": {"status_code": 503}}'"""
    [(_, log)] = arriving(f"    logs: [{{at: +1s, host: web-1, tags: ['Env:Prod'], source: app, message: {message}}}]")[
        "logs"
    ]
    assert (log.message, log.values("status"), log.values("service")) == ("boom", ["error"], ["pay"])
    assert (log.values("env"), log.values("source"), log.values("@http.status_code")) == (["prod"], ["app"], [503])
    assert log.values("role") == ["web"]  # its host's


def test_a_log_counts_at_the_time_of_its_entry_however_old_its_own_date(arriving: Arriving) -> None:
    [(at, log)] = arriving("    logs: [{at: +1s, message: x, attributes: {timestamp: 5}}]")["logs"]
    assert (at, log.values("timestamp")) == (1, [(START + 1) * 1000])


def test_an_event_has_what_events_have(arriving: Arriving) -> None:
    entry = "{at: +75s, title: Deploy failed, text: see log, status: error, host: web-1, source: deploy, tags: ['env:prod']}"
    [(at, event)] = arriving(f"    events: [{entry}]")["events"]
    assert (at, event.message, event.values("@title"), event.values("host")) == (
        75,
        "see log",
        ["Deploy failed"],
        ["web-1"],
    )
    assert (event.values("source"), event.values("status")) == (["deploy"], ["error"])
    assert (event.values("env"), event.values("role")) == (["prod"], ["web"])


def test_a_span_counts_when_it_ends_and_its_duration_is_compared_with_units(tmp_path: Path) -> None:
    entry = "{at: +75s, service: web, name: http.request, resource: GET /, env: prod, status: error, duration: 120ms, attributes: {http.method: GET}}"
    lines = arrivals(load(file(tmp_path, f"    spans: [{entry}]")), 0, {})["spans"]
    spans = Lines(lines)
    for search in (
        "service:web @http.method:GET status:error env:prod",
        "@duration:>100ms",
        "@duration:[0.1s TO 0.2s]",
    ):
        assert spans.select(tree(search), 0, 2**50, []).times.tolist() == [(START + 75) * 1000]
    assert spans.select(tree("@duration:>200ms"), 0, 2**50, []).times.tolist() == []


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("{message: x}", "does not say when: give it at (+12m), or every (30s) and for (10m)"),
        ("{at: +1m, every: 1m, message: x}", "has at, and every, for or from"),
        ("{every: 1m, message: x}", "does not say when"),
        ("{every: 1x, for: 1m}", "'1x' is not a duration"),
        ("{every: 1s, for: 900d}", "comes more than 1,000,000 times"),
        ("{at: soon}", "'soon' is not a time"),
        ("{at: 25:00}", "'25:00' is not a time"),
        ("{at: +1m, text: x}", "the key 'text' is not known here"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(tmp_path: Path, entry: str, wrong: str) -> None:
    path = file(tmp_path, f"    logs:\n      - {{at: +1m, message: x}}\n      - {entry}")
    with pytest.raises(TestFileError) as caught:
        run(path)
    assert (caught.value.line, wrong in str(caught.value)) == (8, True)


def test_logs_that_no_search_matches_fail_the_test(tmp_path: Path) -> None:
    (result,) = run(file(tmp_path, "    series: {m: 1x5}\n    logs: [{at: +1m, message: x}]"))
    assert [difference.got[0] for difference in result.differences] == ["none matches any of the logs"]


def test_records_are_searched_as_everywhere(tmp_path: Path) -> None:
    path = file(tmp_path, "    logs: [{every: 1s, for: 10s, status: error, message: x}]")
    lines = WatchedRecords(arrivals(load(path), 0, {})["logs"])
    assert len(lines.select(parse("status:warn"), 0, 2**50, []).times) == 0
    assert not lines.is_read
    assert len(lines.select(parse("status:error"), 0, 2**50, []).times) == 10
    assert lines.is_read


def test_a_wrong_duration_of_a_span_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(TestFileError, match=":6: '5 bananas' is no length of time"):
        run(file(tmp_path, "    spans: [{at: +1m, duration: 5 bananas}]"))
