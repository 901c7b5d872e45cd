"""`doghouse backtest --datadog`: an account's history, read from a doghouse that plays the account."""

import json
import sys

import pytest
from memory_points import minutely, source

from doghouse import cli, running
from doghouse import monitors as mon
from doghouse.backtest.run import backtest, replay
from doghouse.importing import account_points
from doghouse.importing.access import AccountError, Keys
from doghouse.importing.account import Account
from doghouse.storage.config import Settings
from doghouse.time.clock import Clock

START = 1_772_445_600  # 2026-03-02T10:00:00Z
MINUTES = 60
VALUES = {"a": [50] * 20 + [95] * 20 + [40] * 20, "b": [10 + 2 * number for number in range(MINUTES)]}


@pytest.fixture
def account(doghouse):
    """A doghouse with an hour of two hosts' gauge `m` and their counts `errors` and `hits`."""
    doghouse.advance(minutes=MINUTES)
    for host, values in VALUES.items():
        doghouse.submit("m", values[1:], host=host, tags=["env:prod"])
        doghouse.submit("hits", [10] * (MINUTES - 1), host=host, type="count", interval=60)
        doghouse.submit("errors", [value // 20 for value in values[1:]], host=host, type="count", interval=60)
    return doghouse


def reached(doghouse, api_key=None):
    return doghouse.url, Keys(api_key or doghouse.api_key, doghouse.app_key)


def reader(doghouse, cache=None, sleep=lambda _: None, pages=None):
    return Account(*reached(doghouse), cache, lambda *said: pages.append(said) if pages is not None else None, sleep)


def monitor(query, **options):
    body = {"type": "metric alert", "query": query, "name": "n", "message": "@a@example.com", "options": options}
    return mon.parse(body)


def raw():
    """The same points as they were sent."""
    given = []
    for host, numbers in VALUES.items():
        common = {"host": host, "tags": ("env:prod",), "first": 120}
        count = {"type": "count", "interval": 60, **common}
        given += [
            minutely(numbers[1:], **common),
            minutely([10] * (MINUTES - 1), metric="hits", **count),
            minutely([value // 20 for value in numbers[1:]], metric="errors", **count),
        ]
    return source(*given, start=START)


@pytest.mark.parametrize(
    "query",
    [
        "avg(last_5m):avg:m{*} by {host} > 60",
        "max(last_10m):max:m{env:prod,!host:x} by {host} >= 95",
        "min(last_5m):avg:m{*} > 50",
        "sum(last_5m):sum:errors{*} by {host}.as_count() / sum:hits{*} by {host}.as_count() > 0.3",
        "sum(last_5m):sum:errors{*}.as_count() > 10",
        "avg(last_5m):avg:m{host:a} - avg:m{host:b} > 0",
        "change(avg(last_5m),last_10m):avg:m{*} by {host} > 20",
        "avg(last_5m):(avg:m{*} by {host}).rollup(max, 120) > 60",
    ],
)
def test_what_the_account_answers_gives_the_transitions_that_the_points_give(account, query):
    one = monitor(query, new_host_delay=0)
    found = reader(account).read(one, START, START + 3600, 20, {})
    got = replay(one, mon.Sources(lambda _: (found.source, found.monitor)), START, START + 3600)
    wanted = backtest(one, raw(), START, START + 3600)

    changes = [(group, change.at, change.after) for group, change in wanted.transitions()]
    assert changes
    assert [(group, change.at, change.after) for group, change in got.transitions()] == changes


def test_a_downtime_still_sees_the_tags_that_the_monitor_filters_by(account):
    one = monitor("avg(last_5m):avg:m{env:prod} > 60")
    found = reader(account).read(one, START, START + 3600, 20, {})
    got = replay(one, mon.Sources(lambda _: (found.source, found.monitor)), START, START + 3600)

    assert "answer" in found.monitor.query
    assert got.monitor.query == one.query


def test_pages_keep_the_resolution_and_are_aligned():
    asked = account_points.Asked(None, "avg:m{*}", "answer.0", "gauge", START, START + 30 * 86400)
    pages = account_points.pages(asked, 20)

    assert all(end - start == 1500 * 20 and start % (1500 * 20) == 0 for start, end in pages)
    assert pages[0][0] <= START < pages[0][1]
    assert pages[-1][0] < START + 30 * 86400 <= pages[-1][1]
    assert [one[1] for one in pages[:-1]] == [one[0] for one in pages[1:]]


def test_what_was_read_once_is_read_from_the_cache(account, tmp_path):
    one, said = monitor("avg(last_5m):avg:m{*} by {host} > 60"), []
    first = reader(account, tmp_path / "cache", pages=said)
    first.read(one, START, START + 3600, 20, {})
    second = reader(account, tmp_path / "cache")
    second.read(one, START, START + 3600, 20, {})

    assert (first.asked, first.cached, second.asked, second.cached) == (1, 0, 0, 1)
    assert said == [("avg:m{*} by {host}.rollup(avg,20)", 1, 1)]
    kept = "".join(path.name + path.read_text() for path in (tmp_path / "cache").iterdir())
    assert account.api_key not in kept
    assert account.app_key not in kept


def test_a_page_in_the_cache_that_is_broken_is_read_again(account, tmp_path):
    one = monitor("avg(last_5m):avg:m{*} by {host} > 60")
    reader(account, tmp_path / "cache").read(one, START, START + 3600, 20, {})
    for path in (tmp_path / "cache").iterdir():
        path.write_text("{")
    again = reader(account, tmp_path / "cache")
    again.read(one, START, START + 3600, 20, {})

    assert (again.asked, again.cached) == (1, 0)


def test_a_rate_limit_is_waited_out(tmp_path):
    clock, waits = Clock(float(START)), []

    def sleep(seconds):
        waits.append(seconds)
        clock.set(clock.now() + seconds)

    with running.serve(tmp_path / "d", clock=clock, settings=Settings(rate_limit=2)) as house:
        account = Account(*reached(house), None, lambda *_: None, sleep)
        account.read(monitor("avg(last_5m):avg:m{*} > 60"), START - 86400 * 3, START, 20, {})

    assert account.asked == 10  # pages of 30,000 s
    assert len(waits) >= 4
    assert all(0 < wait <= 3600 for wait in waits)


def test_an_account_that_does_not_answer_is_one_sentence():
    waits = []
    account = Account("http://127.0.0.1:9", Keys("k" * 32, "a" * 40), None, lambda *_: None, waits.append)
    with pytest.raises(AccountError) as caught:
        account.read(monitor("avg(last_5m):avg:m{*} > 60"), START, START + 3600, 20, {})

    assert str(caught.value) == "http://127.0.0.1:9 does not answer (MaxRetryError), 6 times"
    assert waits == [2, 4, 8, 16, 32]


def test_a_key_that_is_refused_is_one_sentence(doghouse):
    account = Account(*reached(doghouse, "0" * 32), None, lambda *_: None, lambda _: None)
    with pytest.raises(AccountError, match=r"answers 403: Forbidden$"):
        account.read(monitor("avg(last_5m):avg:m{*} > 60"), START, START + 3600, 20, {})


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["doghouse", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return call


def test_the_command_says_that_the_points_are_rolled_up(account, run, tmp_path, monkeypatch):
    (tmp_path / "m.json").write_text(json.dumps(dict(monitor("avg(last_5m):avg:m{*} by {host} > 60").document)))
    monkeypatch.setenv("DD_API_KEY", account.api_key)
    monkeypatch.setenv("DD_APP_KEY", account.app_key)
    window = ("--from", START, "--to", START + 3600, "--cache", tmp_path / "cache")
    call = ("backtest", tmp_path / "m.json", "--datadog", "--api-url", account.url, *window)
    code, out, err = run(*call, "--json", "--suggest")
    document = json.loads(out)

    assert code == 0
    assert [one["to"] for one in document["transitions"]] == ["Alert", "Alert", "OK"]
    assert document["points"]["resolution_s"] == 20
    assert "page 1 of 1" in err
    assert {one["setting"] for one in document["suggestions"]} >= {"as it is", "last_10m", "critical 66"}
    code, out, _ = run(*call)
    assert code == 0
    assert "rolled up to 20 s" in out.splitlines()[-1]
    assert account.api_key not in out + err


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--datadog",), "no keys: set DD_API_KEY and DD_APP_KEY"),
        (("--datadog", "--series", "s.csv"), "give one of them"),
        (("--datadog", "--resolution", "7"), "--resolution divides 60"),
        (("--datadog", "--keys-file", "nothing.json"), "nothing.json cannot be read"),
    ],
)
def test_wrong_use_exits_64(run, tmp_path, monkeypatch, arguments, text):
    for name in ("DD_API_KEY", "DD_APP_KEY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "m.json").write_text(json.dumps(dict(monitor("avg(last_5m):avg:m{*} > 60").document)))
    code, out, err = run("backtest", tmp_path / "m.json", "--from", START, "--to", START + 60, *arguments)

    assert (code, out, text in err) == (64, "", True)
