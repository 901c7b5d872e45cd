"""`doghouse backtest --datadog`: an account's history, read from a doghouse that plays the account."""

import json
import re
import sys
import urllib.request

import pytest
from memory_points import minutely, source

from doghouse import monitors as mon
from doghouse import running
from doghouse.backtest.run import backtest, replay
from doghouse.importing.access import AccountError, Keys
from doghouse.importing.account import Account, Tell
from doghouse.importing.account.pages import Cache, Page, pages
from doghouse.importing.account.requesting import RefusedError
from doghouse.importing.account.resolutions import resolution_of
from doghouse.queries import NotEvaluated
from doghouse.storage.config import Settings
from doghouse.time.clock import Clock

QUIET = Tell(lambda sentence: None, lambda *progress: None)
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


def reader(doghouse, cache=None, sleep=lambda _: None, said=None, **options):
    said = [] if said is None else said
    tell = Tell(said.append, lambda *progress: said.append(progress))
    return Account(*reached(doghouse), cache, tell, sleep=sleep, **options)


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
    agrees(monitor(query, new_host_delay=0), reader(account))


def agrees(one, history):
    """Over what the account answers a monitor does what it does over the points themselves, which is something."""
    found = history.read(one, START, START + 3600, {})
    got = replay(one, mon.Sources(lambda _: (found.source, found.monitor)), START, START + 3600)
    wanted = backtest(one, raw(), START, START + 3600)

    changes = [(group, change.at, change.after) for group, change in wanted.transitions()]
    assert changes
    assert [(group, change.at, change.after) for group, change in got.transitions()] == changes


def test_a_downtime_still_sees_the_tags_that_the_monitor_filters_by(account):
    one = monitor("avg(last_5m):avg:m{env:prod} > 60")
    found = reader(account).read(one, START, START + 3600, {})
    got = replay(one, mon.Sources(lambda _: (found.source, found.monitor)), START, START + 3600)

    assert "answer" in found.monitor.query
    assert got.monitor.query == one.query


def test_what_the_account_answers_is_not_parsed_again(account, monkeypatch):
    one = monitor("avg(last_5m):avg:m{*} by {host} / max:m{*} > 60")
    found = reader(account).read(one, START, START + 3600, {})

    def parse(text, *rest):
        raise AssertionError(f"parsed again: {text}")

    for module in [*sys.modules.values()]:
        if module is not None and module.__name__.startswith("doghouse.") and hasattr(module, "parse_monitor"):
            monkeypatch.setattr(module, "parse_monitor", parse)
    replay(one, mon.Sources(lambda _: (found.source, found.monitor)), START, START + 3600)


def test_pages_keep_the_resolution_and_are_aligned():
    made = pages("avg:m{*}", START, START + 30 * 86400, 20)

    assert all(one.end - one.start == 1500 * 20 and one.start % (1500 * 20) == 0 for one in made)
    assert made[0].start <= START < made[0].end
    assert made[-1].start < START + 30 * 86400 <= made[-1].end
    assert [one.end for one in made[:-1]] == [one.start for one in made[1:]]


@pytest.mark.parametrize(
    ("query", "options", "resolution"),
    [
        ("avg(last_1m):avg:m{*} > 1", {}, 10),
        ("avg(last_5m):avg:m{*} > 1", {}, 20),
        ("avg(last_10m):avg:m{*} > 1", {}, 30),
        ("avg(last_15m):avg:m{*} > 1", {}, 60),
        ("avg(last_4h):avg:m{*} > 1", {}, 60),
        ("avg(last_4h):avg:m{*} > 1", {"evaluation_delay": 50}, 10),
        ("avg(last_4h):avg:m{*}.rollup(max, 30) > 1", {}, 30),
        ("avg(last_1d):avg:m{*} > 1", {}, 600),
        ("avg(last_1w):avg:m{*} > 1", {}, 1800),
        ("avg(last_4h):anomalies(avg:m{*}, 'basic', 2) >= 1", {}, 20),
    ],
)
def test_the_resolution_is_as_coarse_as_the_window_allows(query, options, resolution):
    assert resolution_of(monitor(query, **options)) == resolution


def test_what_was_read_once_is_read_from_the_cache(account, tmp_path):
    one, said = monitor("avg(last_5m):avg:m{*} by {host} > 60"), []
    first = reader(account, tmp_path / "cache", said=said)
    first.read(one, START, START + 3600, {})
    second = reader(account, tmp_path / "cache")
    second.read(one, START, START + 3600, {})

    assert (first.requests, first.cached, second.requests, second.cached) == (1, 0, 0, 1)
    assert said == [("avg:m{*} by {host}.rollup(avg,20)", 1, 1)]
    kept = "".join(path.name + path.read_text() for path in (tmp_path / "cache").iterdir())
    assert account.api_key not in kept
    assert account.app_key not in kept


@pytest.mark.parametrize(
    "wrong",
    [
        lambda text: "{",
        lambda text: "[" * 100_000,
        lambda text: text.replace('"version":1', '"version":0'),
        lambda text: text.replace('"resolution":20', '"resolution":60'),
        lambda text: text.replace('"series"', '"pointlist"'),
        lambda text: json.dumps({**json.loads(text), "series": [{"tags": None}]}),
    ],
)
def test_a_page_in_the_cache_that_is_broken_or_old_is_read_again(account, tmp_path, wrong):
    one = monitor("avg(last_5m):avg:m{*} by {host} > 60")
    reader(account, tmp_path / "cache").read(one, START, START + 3600, {})
    for path in (tmp_path / "cache").iterdir():
        path.write_text(wrong(path.read_text()))
    again = reader(account, tmp_path / "cache")
    again.read(one, START, START + 3600, {})

    assert (again.requests, again.cached) == (1, 0)


def test_accounts_do_not_share_a_cache(tmp_path):
    page = Page("avg:m{*}", 0, 30_000, 20)
    Cache(tmp_path, "https://api.datadoghq.com", "a").put(page, [])

    assert Cache(tmp_path, "https://api.datadoghq.com", "a").get(page) == []
    assert Cache(tmp_path, "https://api.datadoghq.com", "b").get(page) is None
    assert Cache(None, "a").get(page) is None


def served(data):
    """A doghouse that allows 1,000 requests a minute and says how many are left: so it counts them."""
    return running.serve(data, clock=Clock(float(START)), settings=Settings(rate_limit=1000))


def count_of(house):
    """How many requests of the query API the doghouse has had, by its own rate limit."""
    request = urllib.request.Request(f"{house.url}/api/v1/query?from=0&to=60&query=avg:m{{*}}", headers=house.headers)
    with urllib.request.urlopen(request) as answer:
        return 1000 - int(answer.headers["X-RateLimit-Remaining"]) - 1


def test_a_query_that_many_monitors_share_is_asked_once_and_several_in_a_request(tmp_path):
    monitors = [monitor(f"avg(last_5m):avg:m{number % 18}{{*}} by {{host}} > {number}") for number in range(330)]
    said = []
    with served(tmp_path / "d") as house:
        account = reader(house, tmp_path / "cache", said=said, resolution=20)
        account.prepare(monitors, START - 86_400, START)
        for one in monitors:
            account.read(one, START - 86_400, START, {})
        assert account.requests == 8  # 18 queries of 4 stretches of 30,000 s would be 72, ten go into a request
        assert count_of(house) == 8
        again = reader(house, tmp_path / "cache", said=said)
        again.prepare(monitors, START - 86_400, START)

    sentences = [one for one in said if isinstance(one, str)]
    assert sentences == [
        f"330 monitors of {house.url} ask 18 distinct queries: 8 requests, 0 pages of 72 from the cache",
        "the account allows 1,000 requests each 1 min, 999 are left now: no waiting",
        f"330 monitors of {house.url} ask 18 distinct queries: 0 requests, 72 pages of 72 from the cache",
    ]
    assert [one for one in said if not isinstance(one, str)][:2] == [("10 queries", 1, 8), ("8 queries", 2, 8)]
    assert (again.requests, again.cached) == (0, 72)


def test_monitors_of_different_windows_share_a_query_at_a_resolution_that_suits_each(account):
    short, long = (monitor(f"avg(last_{window}):avg:m{{*}} by {{host}} > 60") for window in ("5m", "15m"))
    history = reader(account)
    history.prepare([short, long], START, START + 3600)
    assert (history.requests, history.resolution_of(short), history.resolution_of(long)) == (1, 20, 20)
    for one in (short, long):
        found = history.read(one, START, START + 3600, {})
        got = replay(one, mon.Sources(lambda _, found=found: (found.source, found.monitor)), START, START + 3600)
        changes = [(group, change.at, change.after) for group, change in got.transitions()]
        wanted = backtest(one, raw(), START, START + 3600)
        assert changes == [(group, change.at, change.after) for group, change in wanted.transitions()] != []
    assert history.requests == 1


@pytest.mark.parametrize(
    ("query", "times"),
    [
        ("avg(last_5m):avg:m{*} > 60", 1),
        ("sum(last_5m):sum:errors{*}.as_count() > 10", 2),  # what the type says changes what is asked
    ],
)
def test_what_is_to_be_asked_is_worked_out_again_only_for_types_that_were_asked(account, monkeypatch, query, times):
    history, worked_out = reader(account), []
    needed = history._needed
    monkeypatch.setattr(history, "_needed", lambda *given: worked_out.append(given) or needed(*given))
    history.prepare([monitor(query)], START, START + 3600)
    assert (len(worked_out), history.requests) == (times, times)


def test_it_goes_on_where_it_was_stopped(tmp_path):
    class Stopped(Exception):
        pass

    def stop(sentence):
        if "used up" in sentence:
            raise Stopped

    one = monitor("avg(last_5m):avg:m{*} > 60")
    days = (START - 86_400 * 3, START)
    with running.serve(tmp_path / "d", clock=Clock(float(START)), settings=Settings(rate_limit=4)) as house:
        first = Account(*reached(house), tmp_path / "cache", Tell(stop, lambda *_: None))
        with pytest.raises(Stopped):
            first.prepare([one], *days)
    with served(tmp_path / "d") as house:
        # the same account at another port
        for path in (tmp_path / "cache").iterdir():
            assert json.loads(path.read_text())["query"] == "avg:m{*}.rollup(avg,20)"
        kept = Cache(tmp_path / "cache", first.address, house.api_key)
        assert sum(page in kept for page in pages("avg:m{*}.rollup(avg,20)", *days, 20)) == 3


def test_a_query_that_the_account_refuses_does_not_take_the_others_with_it(account, monkeypatch):
    good, other = monitor("avg(last_5m):avg:m{*} > 60"), monitor("avg(last_5m):max:m{*} > 60")
    history = reader(account)
    asked = history._requester.series

    def refusing(together):
        if len(together) > 1:
            raise RefusedError("too many queries")
        return asked(together)

    monkeypatch.setattr(history._requester, "series", refusing)
    history.prepare([good, other], START, START + 3600)
    assert history.read(good, START, START + 3600, {}).monitor.query != good.query
    assert history.requests == 2


def formula(text, **queries):
    variables = [
        {"data_source": "metrics", "name": name, "query": query, "aggregator": aggregator}
        for name, (aggregator, query) in queries.items()
    ]
    return monitor(f'formula("{text}").last("5m") > 40', variables=variables, new_group_delay=0)


def test_a_formula_over_several_queries_is_asked_of_the_account_too(account):
    share = formula(
        "errors / hits * 100",
        errors=("sum", "sum:errors{*} by {host}.as_count()"),
        hits=("sum", "sum:hits{*} by {host}.as_count()"),
    )
    spread = formula("high - low", high=("max", "max:m{*}"), low=("min", "avg:m{*} by {host}"))
    history = reader(account)
    history.prepare([share, spread], START, START + 3600)
    for one in (share, spread):
        agrees(one, history)


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("avg(last_5m):sum:m{*}.weighted() > 1", "weighted"),
        ("percentile(last_5m):p95:m{*} > 1", "no distributions"),
        ("sum(last_5m):monotonic_diff(sum:m{*}) > 1", "monotonic_diff() of each series"),
        ("max(last_5m):diff(max:m{*}) > 1", "diff() of each series"),
    ],
)
def test_what_aggregated_answers_do_not_tell_is_said(account, query, what):
    with pytest.raises(NotEvaluated, match=re.escape(what)):
        reader(account).read(monitor(query), START, START + 3600, {})


@pytest.mark.parametrize("query", ["forecast(avg:m{*}, 'linear', 1)", "avg:m{*}.weighted()"])
def test_a_monitor_that_is_not_evaluated_does_not_take_the_others_with_it(account, query):
    good, other = monitor("avg(last_5m):avg:m{*} > 60"), monitor(f"avg(last_5m):{query} > 60")
    history = reader(account)
    history.prepare([other, good], START, START + 3600)
    assert len(list(mon.evaluate_range(*_evaluated(history, good)))) == 1
    with pytest.raises(NotEvaluated):
        history.read(other, START, START + 3600, {})


def _evaluated(history, asked):
    read = history.read(asked, START, START + 3600, {})
    return read.monitor, read.source, mon.ticks_of(asked, START, START + 3600)


def test_a_rate_limit_is_said_and_waited_out(tmp_path):
    clock, waits, said = Clock(float(START)), [], []

    def sleep(seconds):
        waits.append(seconds)
        clock.set(clock.now() + seconds)

    with running.serve(tmp_path / "d", clock=clock, settings=Settings(rate_limit=2)) as house:
        account = reader(house, sleep=sleep, said=said, resolution=20)
        account.prepare([monitor("avg(last_5m):avg:m{*} > 60")], START - 86400 * 3, START)

    assert account.requests == 10  # pages of 30,000 s
    assert "the account allows 2 requests each 1 min, 1 are left now: about 4 min of waiting" in said
    assert sum(isinstance(one, str) and "used up: waiting" in one for one in said) == len(waits) >= 4
    assert all(0 < wait <= 60 for wait in waits)


def test_an_account_that_does_not_answer_is_one_sentence():
    waits = []
    account = Account("http://127.0.0.1:9", Keys("k" * 32, "a" * 40), None, QUIET, sleep=waits.append)
    with pytest.raises(AccountError) as caught:
        account.read(monitor("avg(last_5m):avg:m{*} > 60"), START, START + 3600, {})

    assert str(caught.value) == "http://127.0.0.1:9 does not answer (MaxRetryError), 6 times"
    assert waits == [2, 4, 8, 16, 32]


def test_a_key_that_is_refused_is_one_sentence(doghouse):
    account = Account(*reached(doghouse, "0" * 32), None, QUIET, sleep=lambda _: None)
    with pytest.raises(AccountError, match=r"answers 403: Forbidden$"):
        account.read(monitor("avg(last_5m):avg:m{*} > 60"), START, START + 3600, {})


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
    assert "request 1 of 1" in err
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
