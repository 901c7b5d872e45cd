"""A kind of monitor is written once, in one module, and everything that has to know of it does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pytest
from memory_points import minutely, source
from served import Server

from doghouse import monitors as mon
from doghouse import running
from doghouse.backtest.run import backtest
from doghouse.coverage import listing
from doghouse.importing.things import MonitorInFile
from doghouse.importing.verdicts import lint_all
from doghouse.monitors.kinds import registry
from doghouse.storage.config import Settings
from doghouse.testing.running import run
from doghouse.time.clock import Clock

T0 = int(datetime.fromisoformat("2026-03-02T10:00:00Z").timestamp())
BODY = {"type": "latest alert", "query": 'latest("m") > 90', "name": "high", "message": "{{value}} @ops@example.com"}
VALUES = [80, 95, 95, 80]
TEST = """\
monitor: monitor.json
start: 2026-03-02T10:00:00Z
tests:
  - name: the newest point alone counts
    series: {"m{host:a}": 80 95 95 80}
    transitions: ["+2m Alert host:a", "+4m OK host:a"]
"""


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kind of `recipe_monitor_kind`, registered for as long as a test lasts."""
    monkeypatch.setattr(registry, "KINDS", dict(registry.KINDS))
    monkeypatch.syspath_prepend(Path(__file__).parent)
    import_module("recipe_monitor_kind")
    yield
    del sys.modules["recipe_monitor_kind"]


def test_recipe_monitor_kind(tmp_path: Path) -> None:
    with running.serve(tmp_path / "house", clock=Clock(T0), settings=Settings(time_travel=True)) as house:
        api = Server(house)
        # API: it is checked by what it says, stored and searched
        assert api.refused("POST", "/api/v1/monitor", {**BODY, "query": "oldest"}) == (
            400,
            "The value provided for parameter 'query' is invalid: expected latest(\"metric\") > number",
        )
        made = api.ok("POST", "/api/v1/monitor", BODY)
        assert (made["type"], made["multi"]) == ("latest alert", True)
        [hit] = api.ok("GET", "/api/v1/monitor/search", params={"query": "metric:m type:latest"})["monitors"]
        assert (hit["id"], hit["classification"]) == (made["id"], "latest")
        # live: it is stepped, and somebody hears of it
        for value in VALUES:
            point = {"metric": "m", "points": [[int(api.clock.now()), value]], "host": "a", "type": "gauge"}
            api.ok("POST", "/api/v1/series", {"series": [point]})
            api.ok("POST", "/doghouse/advance", {"minutes": 1})
        sent = api.ok("GET", "/doghouse/notifications")["notifications"]
        assert [(one["transition"], one["group"], one["recipients"]) for one in sent] == [
            ("Triggered", {"host": "a"}, ["ops@example.com"]),
            ("Recovered", {"host": "a"}, ["ops@example.com"]),
        ]
        # its page says what it did
        assert "high" in api("GET", f"/monitors/{made['id']}").text
        page = api.ok(
            "GET", f"/ui/data/monitor/{made['id']}", params={"from_ts": T0 * 1000, "to_ts": (T0 + 240) * 1000}
        )
        assert [row["change"] for row in page["replay"]["changes"]] == ["Alert → OK", "OK → Alert"]

    # backtest: the same
    monitor = mon.parse(BODY)
    test = backtest(monitor, source(minutely(VALUES, metric="m", host="a"), start=T0), T0, T0 + 240)
    assert [(one.transition, dict(one.group)) for one in test.notifications()] == [
        ("Triggered", {"host": "a"}),
        ("Recovered", {"host": "a"}),
    ]
    # unit tests: the same
    (tmp_path / "monitor.json").write_text(json.dumps(BODY))
    (tmp_path / "high.test.yaml").write_text(TEST)
    [result] = run(tmp_path / "high.test.yaml")
    assert result.passed, result.differences
    # lint: what is right is ok, and what is wrong is said
    verdicts = [
        one.verdict for one in lint_all([MonitorInFile("a", BODY), MonitorInFile("b", {**BODY, "query": "oldest"})])
    ]
    assert verdicts == ["ok", "wrong"]
    # coverage: it is listed
    assert next(item for item in listing.monitor_types() if item.name == "latest alert").state == "done"


def test_a_type_that_nobody_registered_is_refused_and_one_that_is_only_stored_is_not_evaluated() -> None:
    with pytest.raises(mon.MonitorError, match="'type' is invalid: 'weather alert'"):
        mon.validate({**BODY, "type": "weather alert"})
    [verdict] = lint_all(
        [MonitorInFile("a", {**BODY, "type": "rum alert", "query": 'rum("*").rollup("count").last("5m") > 1'})]
    )
    assert verdict.verdict == "not evaluated"
