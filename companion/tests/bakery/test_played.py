"""A whole week, played as a person plays it; and docs/exercise/bakery.md, whose figures are those that the timeboard, the SLO and a backtest have of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from companion.settings import EXTRAS
from doghouse.running import House

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[3] / "docs/exercise/bakery.md"
ASSETS = EXTRAS / "bakery"
LENGTH = timedelta(days=7)
Command = Callable[..., Any]  # `my-metric` of ../conftest.py


def rows(first: str, page: str) -> list[list[str]]:
    """The rows of the table of a page whose head begins with `first`."""
    table = re.search(rf"^\| {first} .*\n\|[-| ]+\|\n((\|.*\n)+)", page, re.M)
    assert table, first
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]


def doghouse(*words: str | Path) -> str:
    command = [sys.executable, "-m", "doghouse", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def scalar(house: House, request: Mapping[str, Any], until: datetime) -> list[tuple[str, float]]:
    """What a query value or a top list shows of the week: a value a group."""
    text = json.dumps(request).replace("$shop,$product", "*").replace("$shop,", "")
    asked = {key: value for key, value in json.loads(text).items() if key in ("queries", "formulas")}
    since = until - LENGTH
    asked |= {"from": int(since.timestamp() * 1000), "to": int(until.timestamp() * 1000)}
    body = {"data": {"type": "scalar_request", "attributes": asked}}
    answer = httpx.post(f"{house.url}/api/v2/query/scalar", json=body, headers=house.headers, timeout=60)
    *groups, numbers = answer.raise_for_status().json()["data"]["attributes"]["columns"]
    names = [group[0] for group in groups[0]["values"]] if groups else ["all"]
    return list(zip(names, numbers["values"], strict=True))


def figures(house: House, until: datetime) -> Iterator[list[str]]:
    """Each number that the timeboard shows alone, as the page has it."""
    board = json.loads((ASSETS / "dashboards/bakery.json").read_text())
    for group in board["widgets"]:
        for widget in (each["definition"] for each in group["definition"]["widgets"]):
            if widget["type"] in ("query_value", "toplist"):
                unit = widget.get("custom_unit", "%")
                for name, value in scalar(house, widget["requests"][0], until):
                    yield [widget["title"], name, f"{value:.1f} {unit}"]


def alerts(week: Path, monitor: Path, limit: float, until: datetime) -> str:
    """How often a shop is told of with another threshold."""
    body = json.loads(monitor.read_text())
    body["query"] = f"{body['query'].rpartition('>')[0]}> {limit}"
    body["options"]["thresholds"] = {"critical": limit}
    file = week.with_name("tried.json")
    file.write_text(json.dumps(body))
    since = until - LENGTH
    told = doghouse(
        "backtest", file, "--series", week, "--from", since.isoformat(), "--to", until.isoformat(), "--json"
    )
    triggered = [each for each in json.loads(told)["notifications"] if each["transition"] == "Triggered"]
    shops = sorted(each["group"]["shop"] for each in triggered)
    return ", ".join(f"{shop} {shops.count(shop)}" for shop in dict.fromkeys(shops)) or "nobody"


def test_the_page_says_what_the_week_gives(
    served: str, offline: Command, my_metric: Command, house: House, tmp_path: Path
) -> None:
    until, week, page = midnight(), tmp_path / "week.csv", PAGE.read_text()
    played = offline("load", "--bakery", "--url", served, "--out", str(week), "--json")
    assert played.code == 0, played.err
    doghouse("import", week, "--url", house.url, "--keys-file", house.keys_file)
    assert rows("On the timeboard", page) == list(figures(house, until))

    monitor = ASSETS / "monitors/bakery-waste.json"
    assert [row[1] for row in rows("critical", page)] == [
        alerts(week, monitor, float(row[0].strip("* %")), until) for row in rows("critical", page)
    ]

    assert my_metric("apply", "--with", "bakery", "--yes").code == 0
    assert my_metric("plan", "--with", "bakery").code == 0, "the same again changes nothing"
    [slo] = httpx.get(f"{house.url}/api/v1/slo", headers=house.headers).json()["data"]
    span = {"from_ts": int((until - LENGTH).timestamp()), "to_ts": int(until.timestamp())}
    history = httpx.get(f"{house.url}/api/v1/slo/{slo['id']}/history", params=span, headers=house.headers).json()
    assert f"**{history['data']['overall']['sli_value']:.2f} %**" in page

    assert my_metric("destroy", "--yes").code == 0
    assert httpx.get(f"{house.url}/api/v1/slo", headers=house.headers).json()["data"] == []
