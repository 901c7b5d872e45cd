"""Three hundred generated monitors over the points of `series`: every form of query and every option that changes what is evaluated or told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.goldens import options
from scripts.goldens.trial import Trial, body, numbered

SEED = 14


def _forms() -> dict[str, list[str]]:
    """The queries of queries.txt by their headings."""
    forms: dict[str, list[str]] = {}
    for line in (Path(__file__).parent / "queries.txt").read_text().splitlines()[1:]:
        if line.startswith("["):
            current = forms.setdefault(line.strip("[]"), [])
        elif line:
            current.append(line)
    return forms


FORMS = _forms()
METRICS = ("gen.cpu", "gen.mem", "gen.lone", "gen.cold", "gen.queue", "gen.season")
LEVELS = {"gen.cpu": 64, "gen.mem": 502, "gen.lone": 11, "gen.cold": -2, "gen.queue": 4, "gen.season": 6}
WINDOWS = ("last_1m", "last_5m", "last_10m", "last_15m", "last_30m", "last_1h", "last_2h", "last_4h")
CUMULATIVE = ("current_1h", "current_1d", "current_1w", "current_1mo")
SCOPES = ("*", "env:prod", "!env:prod", "env:prod,az:x", "host:a OR host:b", "az IN (x,y)", "NOT az:x")
BY = ("", " by {host}", " by {az}", " by {env,az}", " by {az,host}")
MUTING = (
    {"name": "once", "scope": "*", "schedule": {"start": "2026-03-02T07:00:00+00:00", "end": "2026-03-02T07:40:00+00:00"}},
    {"name": "mornings", "scope": "host:a", "display_timezone": "Europe/Berlin",
     "schedule": {"timezone": "Europe/Berlin", "recurrences": [{"start": "2026-02-27T08:30:00", "duration": "45m", "rrule": "FREQ=DAILY"}]}},
)  # fmt: skip


def trials() -> list[Trial]:
    """All of them, numbered in their groups."""
    return [*_plain(), *_functions(), *_counts(), *_rollups(), *_arithmetic(), *_changes(), *_gauges_as_counts(), *_anomalies(), *_cumulative(),
            *options.with_options(), *options.composites(), *options.checks(), *_others()]  # fmt: skip


def _plain() -> Iterator[Trial]:
    source = random.Random(SEED)

    def bodies() -> Iterator[dict[str, Any]]:
        for number in range(64):
            metric = METRICS[number % len(METRICS)]
            time = ("avg", "max", "min", "sum")[number % 4]
            space = source.choice(("avg", "avg", "max", "min", "sum"))
            window = WINDOWS[number % len(WINDOWS)]
            scope = source.choice(SCOPES) if metric in ("gen.cpu", "gen.mem") else "*"
            by = source.choice(BY) if metric in ("gen.cpu", "gen.mem") else ""
            limit = LEVELS[metric] * (3 if time == "sum" else 1)
            yield body(
                f"{time}({window}):{space}:{metric}{{{scope}}}{by} {source.choice(('>', '>=', '<', '<='))} {limit}"
            )

    return numbered("plain", bodies())


def _functions() -> Iterator[Trial]:
    def bodies() -> Iterator[dict[str, Any]]:
        for number, form in enumerate(FORMS["function"]):
            inner = "avg:gen.cpu{*} by {host,env,az}" if number % 3 else "avg:gen.cpu{env:prod} by {host,env,az}"
            window = ("last_15m", "last_5m", "last_1h")[number % 3]
            yield body(
                f"{('avg', 'max', 'sum')[number % 3]}({window}):{form.replace('Q', inner)} > {(64, 3, 1)[number % 3]}"
            )

    return numbered("function", bodies())


def _counts() -> Iterator[Trial]:
    return numbered("as_count", map(body, FORMS["as_count"]))


def _rollups() -> Iterator[Trial]:
    source = random.Random(SEED + 1)

    def bodies() -> Iterator[dict[str, Any]]:
        for method in ("avg", "max", "min", "sum", "count"):
            for seconds in (60, 120, 300, 900):
                by = source.choice(BY)
                limit = {"sum": 64 * seconds // 60, "count": seconds // 60}.get(method, 66)
                yield body(
                    f"{source.choice(('avg', 'max', 'min'))}(last_1h):avg:gen.cpu{{*}}{by}.rollup({method}, {seconds}) > {limit}"
                )
        yield body("avg(last_30m):avg:gen.cpu{*}.rollup(max) > 70")
        yield body("avg(last_4h):avg:gen.cpu{*}.rollup(sum, daily) > 70")
        yield body("max(last_30m):avg:gen.lone{*}.fill(last, 600) > 12")
        yield body("min(last_30m):avg:gen.lone{*}.fill(zero) < 1")
        yield body("avg(last_30m):avg:gen.queue{*}.fill(null).rollup(avg, 300) > 4")
        yield body("avg(last_30m):avg:gen.queue{*}.fill(linear) > 4")

    return numbered("rollup", bodies())


def _arithmetic() -> Iterator[Trial]:
    return numbered("arithmetic", map(body, FORMS["arithmetic"]))


def _changes() -> Iterator[Trial]:
    source = random.Random(SEED + 2)

    def bodies() -> Iterator[dict[str, Any]]:
        for form in ("change", "pct_change"):
            for time in ("avg", "max", "min", "sum"):
                for window, shift in (("last_5m", "last_5m"), ("last_15m", "last_1h"), ("last_5m", "1h_ago")):
                    metric = source.choice(("gen.cpu", "gen.mem", "gen.jump"))
                    by = " by {host}" if metric != "gen.jump" and source.random() < 0.5 else ""
                    sign, limit = source.choice((("<", -5), (">", 5), ("<=", -2), (">=", 10)))
                    yield body(f"{form}({time}({window}),{shift}):avg:{metric}{{*}}{by} {sign} {limit}")
        yield body("pct_change(sum(last_10m),last_10m):sum:gen.hits{*} by {host}.as_count() < -40")
        yield body("change(sum(last_10m),last_10m):sum:gen.errors{*}.as_count() > 20")
        yield body("pct_change(avg(last_10m),last_1h):sum:gen.errors{*}.as_count() / sum:gen.hits{*}.as_count() > 60")
        yield body("change(avg(last_30m),last_30m):avg:gen.cpu{*}.rollup(max, 300) > 4")
        yield body("pct_change(avg(last_1h),last_1d):avg:gen.cpu{*} > 4")

    return numbered("change", bodies())


def _gauges_as_counts() -> Iterator[Trial]:
    """As counts of what is a gauge: where the fast ways and the plain one differed (a group of its own, so that its mending is visible)."""
    return numbered("gauge as_count", map(body, FORMS["gauge as_count"]))


def _anomalies() -> Iterator[Trial]:
    def bodies() -> Iterator[dict[str, Any]]:
        for algorithm in ("basic", "agile", "robust"):
            for direction, window in (("both", "last_15m"), ("above", "last_30m"), ("below", "last_15m")):
                inner = f"anomalies(avg:gen.season{{*}}, '{algorithm}', 2, direction='{direction}', interval=60, alert_window='{window}'"
                inner += (
                    ", count_default_zero='true', seasonality='hourly')"
                    if algorithm != "basic"
                    else ", count_default_zero='true')"
                )
                yield body(
                    f"avg(last_4h):{inner} >= 0.5",
                    thresholds={"critical": 0.5, "critical_recovery": 0},
                    threshold_windows={"trigger_window": window, "recovery_window": "last_15m"},
                )
        yield body(
            "avg(last_1h):anomalies(avg:gen.cpu{*} by {host}, 'basic', 3, direction='above', interval=20, alert_window='last_15m') > 0.3"
        )

    return numbered("anomalies", bodies())


def _cumulative() -> Iterator[Trial]:
    def bodies() -> Iterator[dict[str, Any]]:
        for number, window in enumerate(CUMULATIVE):
            for query in (
                f"sum({window}):sum:gen.errors{{*}}.as_count() > 500",
                f"max({window}):avg:gen.cpu{{*}} by {{host}} > 90",
            ):
                variables = {"hour_starts": 10} if number == 0 else {"day_starts": "04:00", "month_starts": 1}
                starts = ({"hour_starts": 10}, {"day_starts": "04:00"}, {"day_starts": "04:00"}, {"month_starts": 2})[
                    number
                ]
                yield body(query, scheduling_options={"evaluation_window": starts if "max" in query else variables})
        yield body("sum(current_1d):sum:gen.hits{*} by {az}.as_count() > 9000")
        yield body("avg(current_1h):avg:gen.cpu{*} > 62", scheduling_options={"evaluation_window": {"hour_starts": 0}})

    return numbered("cumulative", bodies())


def _others() -> Iterator[Trial]:
    """What is wrong or not evaluated."""
    for number, line in enumerate(FORMS["other"]):
        kind, _, query = line.partition(" | ")
        yield Trial(f"other {number:02} {kind} {query[:50]}", body(query, kind, thresholds={"critical": 5}))
    twisted = body(
        "avg(last_5m):avg:gen.cpu{*} > 75",
        thresholds={"critical": 70, "warning": 80},
        no_data_timeframe=1,
        notify_no_data=True,
        renotify_interval=5,
    )
    yield Trial(
        "other thresholds",
        twisted | {"tags": ["a b"], "priority": 9, "message": "{{#is_alert}} @nobody {{/is_warning}} {{x.y}}"},
    )
