"""Log monitors over an account: what its logs come to each minute gives the transitions that the logs themselves give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from doghouse import monitors as mon
from doghouse.backtest.run import replay
from doghouse.importing.access import Keys
from doghouse.importing.account import Account, Tell
from doghouse.importing.account.logs import CountedLogs
from doghouse.importing.account.pages import AnsweredSeries, Page
from doghouse.logs.files.lines import log_of, searched
from doghouse.queries import NotEvaluated
from doghouse.search.records import Lines

START = 1_772_445_600  # 2026-03-02T10:00:00Z
LOGS: list[dict[str, Any]] = [
    {
        "timestamp": (START + second) * 1000,
        "message": f"line {second}",
        "service": ("web", "pay")[second % 3 == 0],
        "status": "error" if second % 7 < 3 or 900 < second < 1500 else "info",
        "duration": second % 11 * 10 + (400 if 600 < second < 1200 else 0),
        "usr": {"id": second % 5},
    }
    for second in range(0, 2400, 13)
]
SPAN = (START, START + 3000)


@pytest.fixture
def account(doghouse: Any) -> Any:
    """A doghouse with forty minutes of logs, an hour after they began."""
    doghouse.advance(minutes=60)
    doghouse.request("POST", "/api/v2/logs", LOGS)
    return doghouse


@pytest.fixture
def spoken() -> list[str]:
    return []


def reader(doghouse: Any, spoken: list[str], cache: Path | None = None) -> Account:
    tell = Tell(spoken.append, lambda *_: None)
    keys = Keys(doghouse.api_key, doghouse.app_key)
    return Account(doghouse.url, keys, cache, tell, sleep=lambda _: None, now=lambda: START + 86_400.0)


def monitor(query: str, **options: Any) -> mon.Definition:
    options = {"thresholds": {"critical": float(query.split()[-1])}, "new_group_delay": 0, **options}
    return mon.parse(
        {"type": "log alert", "query": query, "name": "n", "message": "@a@example.com", "options": options}
    )


def changes(one: mon.Definition, sources: mon.Sources) -> list[tuple[Any, ...]]:
    made = replay(one, sources, *SPAN)
    return [(group, change.at, change.after, round(change.value, 6)) for group, change in made.transitions()]


def no_points(_: mon.Definition) -> Any:
    raise NotEvaluated("points")


def plain() -> mon.Sources:
    lines = Lines(searched((log_of(line, 0, Path("x"), 1) for line in LOGS), {}))
    return mon.Sources(no_points, records=lambda _: lines)


@pytest.mark.parametrize(
    "query",
    [
        'logs("status:error").index("*").rollup("count").last("5m") > 12',
        'logs("status:error").index("*").rollup("count").by("service").last("5m") > 6',
        'logs("*").index("*").rollup("count").by("service,status").last("10m") > 20',
        'logs("*").index("*").rollup("sum", "@duration").last("5m") > 6000',
        'logs("*").index("*").rollup("avg", "@duration").by("service").last("5m") > 300',
        'logs("*").index("*").rollup("max", "@duration").last("5m") > 400',
        'logs("*").index("*").rollup("min", "@duration").last("5m") > 300',
    ],
)
def test_minutes_give_the_transitions_that_the_logs_give(account: Any, spoken: list[str], query: str) -> None:
    one = monitor(query)
    expected = changes(one, plain())
    assert expected
    assert changes(one, mon.Sources(no_points, records=reader(account, spoken).records)) == expected


def test_a_count_takes_a_row_a_minute_however_many_logs_there_were() -> None:
    def answered(wanted: Sequence[Page]) -> Mapping[Page, Sequence[AnsweredSeries]]:
        minutes = range(START, START + 600, 60)
        return {page: [AnsweredSeries(("0",), list(minutes), [1e9] * 10)] for page in wanted}

    one = monitor('logs("*").index("*").rollup("count").last("5m") > 4000000000')
    [query] = one.parsed().record_queries
    counted = CountedLogs(query, answered)
    assert len(counted.select(query.search, START * 1000, (START + 600) * 1000, ()).times) == 10
    found = replay(one, mon.Sources(no_points, records=lambda _: counted), START, START + 600).transitions()
    assert [(at.at - START, at.value) for _, at in found if at.after.label == "Alert"] == [(300, 5e9)]


@pytest.mark.parametrize(
    ("rollup", "why"),
    [('"cardinality", "@usr.id"', "cardinality over an account"), ('"pc95", "@duration"', "pc95 over an account")],
)
def test_what_minutes_do_not_tell_is_not_evaluated(account: Any, spoken: list[str], rollup: str, why: str) -> None:
    one = monitor(f'logs("*").index("*").rollup({rollup}).last("5m") > 3')
    with pytest.raises(NotEvaluated, match=why):
        changes(one, mon.Sources(no_points, records=reader(account, spoken).records))


def test_a_search_is_asked_once_for_all_monitors_and_kept(account: Any, spoken: list[str], tmp_path: Path) -> None:
    monitors = [
        monitor(f'logs("status:error").index("*").rollup("count").last("5m") > {critical}') for critical in (3, 9, 12)
    ]
    cache = tmp_path / "cache"
    first = reader(account, spoken, cache)
    first.prepare(monitors, *SPAN)
    assert first.requests == 1
    assert "3 monitors" in spoken[0]
    assert "1 distinct query: 1 request" in spoken[0]
    again = reader(account, spoken, cache)
    again.prepare(monitors, *SPAN)
    expected = [changes(one, plain()) for one in monitors]
    assert [changes(one, mon.Sources(no_points, records=again.records)) for one in monitors] == expected
    assert (again.requests, again.cached) == (0, 1)
    assert account.api_key not in "".join(path.read_text() for path in cache.iterdir())
