"""A monitor is read once: its query is parsed when it arrives, and never again."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from live_house import living

from doghouse import monitors as mon
from doghouse.monitors import composites, service_checks, slo_query
from doghouse.monitors.api.document import merged
from doghouse.monitors.lint import lint
from doghouse.monitors.records import reading
from doghouse.monitors.validation import check
from doghouse.queries.language import parser
from doghouse.search import parser as search_parser

PARSERS = (
    parser.parse,
    parser.parse_formula,
    parser.parse_monitor,
    composites.parse,
    service_checks.parse,
    slo_query.parse,
    reading.split,
)

METRIC = {
    "type": "metric alert",
    "query": "avg(last_5m):avg:m{*} by {host} > 90",
    "message": "{{value}} @a@b.cc",
}
CHECK = {
    "type": "service check",
    "query": '"can_connect".over("*").by("host").last(2).count_by_status()',
    "message": "@a@b.cc",
}


LOGS = 'logs("status:error").index("*").rollup("count").by("@region").last("5m") > 2'
EVENTS = 'events("source:deploy").rollup("count").last("5m") > 0'
SPANS = 'trace-analytics("service:shop").rollup("count").last("5m") > 10'
FORMULA = 'formula("a / b").last("5m") > 5'


def of_points(name: str, query: str) -> dict[str, Any]:
    return {"name": name, "data_source": "metrics", "query": query}


def of_logs(name: str, query: str) -> dict[str, Any]:
    count = {"aggregation": "count"}
    return {"name": name, "data_source": "logs", "search": {"query": query}, "compute": count, "indexes": ["*"]}


def formula(kind: str, query: str, *variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": kind, "query": query, "options": {"variables": variables}}


EACH_ONCE: list[tuple[dict[str, Any], list[str]]] = [
    (METRIC, [METRIC["query"]]),
    (CHECK, [CHECK["query"]]),
    ({"type": "composite", "query": "1 && !2"}, ["1 && !2"]),
    ({"type": "log alert", "query": LOGS}, [LOGS, "status:error"]),
    ({"type": "event-v2 alert", "query": EVENTS}, [EVENTS, "source:deploy"]),
    ({"type": "trace-analytics alert", "query": SPANS}, [SPANS, "service:shop"]),
    (
        formula("log alert", FORMULA, of_logs("a", "status:error"), of_logs("b", "service:shop")),
        [FORMULA, "status:error", "service:shop", "a / b"],
    ),
    (
        formula("metric alert", FORMULA, of_points("a", "sum:errors{*}"), of_points("b", "sum:hits{*}")),
        [FORMULA, "sum:errors{*}", "sum:hits{*}", "a / b"],
    ),
    (
        formula("metric alert", """formula("anomalies(a, 'basic', 2)").last("1h") > 0.5""", of_points("a", "avg:m{*}")),
        ["""formula("anomalies(a, 'basic', 2)").last("1h") > 0.5""", "avg:m{*}", "anomalies(a, 'basic', 2)"],
    ),
    ({"type": "slo alert", "query": 'error_budget("a").over("7d") > 75'}, ['error_budget("a").over("7d") > 75']),
]


class Parsed(list[str]):
    """The texts that were parsed, in order."""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    """Every call of what parses a monitor's query or a part of it, whoever calls it: searches, formulas and queries of variables too."""
    texts = Parsed()

    def watched(real: Any) -> Any:
        return lambda text, *more, **options: (texts.append(text), real(text, *more, **options))[1]

    for real in PARSERS:
        watcher = watched(real)
        for module in [module for name, module in sys.modules.items() if name.startswith("doghouse.")]:
            for name in [name for name, value in vars(module).items() if value is real]:
                monkeypatch.setattr(module, name, watcher)
    monkeypatch.setattr(search_parser, "_Parser", watched(search_parser._Parser))
    return texts


@pytest.mark.parametrize(
    ("body", "texts"), EACH_ONCE, ids=[f"{body['type']} {len(texts)}" for body, texts in EACH_ONCE]
)
def test_reading_and_linting_a_monitor_parses_its_query_once(
    body: dict[str, Any], texts: list[str], parsed: Parsed
) -> None:
    monitor = mon.parse({"message": "@a@b.cc", **body})
    assert monitor.problem is None
    check(monitor)
    lint(monitor)

    assert parsed == texts


def test_storing_and_stepping_monitors_parses_each_query_once(tmp_path: Path, parsed: Parsed) -> None:
    with living(tmp_path) as house:
        house.points.give((95,) * 30, host="a")
        first = house.monitor(str(METRIC["query"]))
        second = house.monitor(str(CHECK["query"]), type="service check")
        both = f"{first} && {second}"
        house.monitor(both, type="composite")
        for _ in range(20):
            house.check(2, host="a")
            house.advance(1)
        states = [stored.overall for stored in house.stores.monitors.page()]

    assert parsed == [METRIC["query"], CHECK["query"], both]
    assert states == ["Alert", "Alert", "Alert"]


def test_a_changed_monitor_is_parsed_once_more(tmp_path: Path, parsed: Parsed) -> None:
    with living(tmp_path) as house:
        monitors = house.stores.monitors
        stored = monitors.get(house.monitor(str(METRIC["query"])))
        assert stored is not None
        changed = merged(stored.document, {"query": "avg(last_5m):avg:m{*} > 5"})
        monitors.replace(mon.parse(changed), house.clock.now())
        house.advance(3)

        assert monitors.get(stored.definition.id) is not None
        assert parsed == [METRIC["query"], "avg(last_5m):avg:m{*} > 5"]


def test_another_threshold_makes_another_monitor_without_parsing(parsed: Parsed) -> None:
    monitor = mon.parse({**METRIC, "options": {"thresholds": {"critical": 90, "warning": 80}}})
    changed = monitor.with_thresholds({"critical": 95, "critical_recovery": 85})

    assert len(parsed) == 1
    assert (changed.rules.critical, changed.rules.warning, changed.rules.critical_recovery) == (95, 80, 85)
    assert changed.query == "avg(last_5m):avg:m{*} by {host} > 95"
    assert changed.document["query"] == changed.query
    assert (monitor.rules.critical, monitor.query) == (90, METRIC["query"])
    check(changed)
