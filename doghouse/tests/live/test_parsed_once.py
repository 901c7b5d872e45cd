"""A monitor is read once: its query is parsed when it arrives, and never again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from live_house import living

from doghouse import monitors as mon
from doghouse.monitors import composites, service_checks
from doghouse.monitors.api.document import merged
from doghouse.monitors.kinds import metric
from doghouse.monitors.lint import lint
from doghouse.monitors.validation import check

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


class Parsed(list[str]):
    """The queries that were parsed, in order."""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    """Every call of the three parsers of monitors' queries."""
    texts = Parsed()
    for module, name in ((metric, "parse_monitor"), (composites, "parse"), (service_checks, "parse")):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda text, real=real: (texts.append(text), real(text))[1])
    return texts


@pytest.mark.parametrize("body", [METRIC, CHECK, {"type": "composite", "query": "1 && !2", "message": "@a@b.cc"}])
def test_reading_and_linting_a_monitor_parses_its_query_once(body: dict[str, Any], parsed: Parsed) -> None:
    monitor = mon.parse(body)
    check(monitor)
    lint(monitor)

    assert parsed == [body["query"]]


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
        kept = monitors.get(house.monitor(str(METRIC["query"])))
        assert kept is not None
        changed = merged(kept.document, {"query": "avg(last_5m):avg:m{*} > 5"})
        monitors.replace(mon.parse(changed), house.clock.now())
        house.advance(3)

        assert monitors.get(kept.definition.id) is not None
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
