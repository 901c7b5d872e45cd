"""Numbers that people write into texts: digits of another script are none, and one that is too long is refused in words, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from doghouse import queries
from doghouse.agent.dogstatsd import messages
from doghouse.agent.errors import AgentError
from doghouse.agent.options import statsd_port
from doghouse.agent.settings import Settings
from doghouse.cli.backtesting.monitors import shard_of
from doghouse.downtimes import rrule
from doghouse.importing.terraform.language.expressions import evaluate
from doghouse.importing.terraform.language.scope import Scope
from doghouse.importing.terraform.language.syntax import SyntaxProblemError, expression
from doghouse.importing.terraform.language.values import WrongError
from doghouse.metrics.files import rows
from doghouse.monitors import MonitorError, composites, custom_schedule
from doghouse.monitors.message import expressions
from doghouse.monitors.query import evaluation_window
from doghouse.numbers import DIGITS, key, whole_number
from doghouse.queries import QuerySyntaxError
from doghouse.queries.language import spans
from doghouse.search import paging
from doghouse.storage import config
from doghouse.testing import notation
from doghouse.time import typed
from doghouse.web import chaos
from doghouse.web.errors import ApiError

NUMERALS = {"superscript": "²", "Arabic": "١", "full width": "７", "too long": "9" * 5000}
NOW = 1_772_445_600.0
Errors = type[Exception] | tuple[type[Exception], ...]


def settings_with(port: str) -> Settings:
    return Settings("k", "", "h", (), "", "info", {}, {"DD_DOGSTATSD_PORT": port})


def terraform(source: str) -> Any:
    return evaluate(expression(source), Scope({"list": ["a"]}, dict, Path()))


def schedule(rule: str) -> Any:
    return custom_schedule.read({"custom_schedule": {"recurrences": [{"rrule": rule}]}})


# A place, and what it raises for what is no number there.
PLACES: list[tuple[str, Callable[[str], Any], Errors]] = [
    ("a length of time", lambda n: config.duration(f"{n}d"), config.OptionError),
    ("a fault's kind", lambda n: chaos.parse(f"{n}=0.1"), config.OptionError),
    ("a fault's share", lambda n: chaos.parse(f"503={n}"), config.OptionError),
    ("a time", lambda n: typed.parse_time(n, NOW), ValueError),
    ("a time from now", lambda n: typed.parse_time(f"now-{n}m", NOW), ValueError),
    ("a shard", lambda n: shard_of(f"{n}/4"), typer.Exit),
    ("shards", lambda n: shard_of(f"1/{n}"), typer.Exit),
    ("a series' interval", lambda n: rows.series_of(1, "m", "gauge", n, ""), ValueError),
    ("a value of DogStatsD", lambda n: messages.parse(f"m:{n}|g".encode()), messages.BadMessage),
    ("a sample rate", lambda n: messages.parse(f"m:1|c|@{n}".encode()), messages.BadMessage),
    ("a point's time", lambda n: messages.parse(f"m:1|c|T{n}".encode()), messages.BadMessage),
    ("a check's time", lambda n: messages.parse(f"_sc|c|0|d:{n}".encode()), messages.BadMessage),
    ("an event's lengths", lambda n: messages.parse(f"_e{{{n},1}}:t|x".encode()), messages.BadMessage),
    ("a port in the environment", lambda n: statsd_port(settings_with(n)), AgentError),
    ("how often a sample comes", lambda n: notation.parse_samples(f"1x{n}"), notation.NotationError),
    ("a sample", lambda n: notation.parse_samples(f"1+{n}x2"), notation.NotationError),
    ("how often samples come", lambda n: notation.parse_duration(f"{n}m"), notation.NotationError),
    ("a rule's interval", lambda n: rrule.parts(f"FREQ=DAILY;INTERVAL={n}"), rrule.RruleError),
    ("a rule's month", lambda n: rrule.parts(f"FREQ=DAILY;BYMONTH={n}"), rrule.RruleError),
    ("a rule's weekday", lambda n: rrule.parts(f"FREQ=MONTHLY;BYDAY={n}MO"), rrule.RruleError),
    ("a rule's end", lambda n: rrule.parts(f"FREQ=DAILY;UNTIL={n}0260101"), rrule.RruleError),
    ("a schedule's minute", lambda n: schedule(f"FREQ=DAILY;BYMINUTE={n}"), custom_schedule.ScheduleError),
    ("a composite's member", lambda n: composites.parse(f"{n} && 1"), QuerySyntaxError),
    ("a window", lambda n: spans.monitor_window(f"last_{n}m"), spans.SpanError),
    ("a shift", lambda n: spans.shift_seconds(f"{n}m_ago"), spans.SpanError),
    ("a length in a query", spans.length_seconds, spans.SpanError),
    ("a day's start", lambda n: evaluation_window({"day_starts": f"0{n}:00"}), MonitorError),
    ("a rollup", lambda n: queries.parse(f"avg:m{{*}}.rollup(sum, {n})"), QuerySyntaxError),
    ("a percentile", lambda n: queries.parse(f"p{n}:m{{*}}"), QuerySyntaxError),
    ("a ranking", lambda n: queries.parse(f"top(avg:m{{*}} by {{a}}, {n}, 'mean', 'desc')"), QuerySyntaxError),
    ("a number of eval", lambda n: expressions.shown(expressions.evaluate(n, lambda _: None, lambda _: "")), expressions.EvalError),
    ("an instant of a search", lambda n: paging.instant(n, NOW), ApiError),
    ("a length of a search", lambda n: paging.instant(f"-{n}m", NOW), ApiError),
    ("Terraform's sums", lambda n: terraform(f'"{n}" + 1'), WrongError),
    ("Terraform's lengths of time", lambda n: terraform(f'timeadd("2026-03-02T10:00:00Z", "{n}h")'), WrongError),
    ("Terraform's widths", lambda n: terraform(f'format("%{n}d", 1)'), WrongError),
    ("Terraform's short indexes", lambda n: terraform(f"list.{n}"), (WrongError, SyntaxProblemError)),
]  # fmt: skip


@pytest.mark.parametrize("numeral", NUMERALS.values(), ids=NUMERALS)
@pytest.mark.parametrize(("read", "errors"), [place[1:] for place in PLACES], ids=[place[0] for place in PLACES])
def test_what_is_no_number_is_refused_in_words(read: Callable[[str], Any], errors: Errors, numeral: str) -> None:
    with pytest.raises(errors):
        read(numeral)


@pytest.mark.parametrize(
    "numeral", [*NUMERALS.values(), "", "-1", "+1", "1.0", "1_0", " 1", "1\n", "0x1", "9" * (DIGITS + 1)]
)
def test_a_whole_number_has_only_digits_and_not_too_many_of_them(numeral: str) -> None:
    assert (whole_number(numeral), key(numeral)) == (None, 0)


def test_a_whole_number_is_what_its_digits_say() -> None:
    assert [whole_number(text) for text in ("0", "007", "9" * DIGITS)] == [0, 7, 10**DIGITS - 1]
    assert [key(text) for text in ("7", str(2**63 - 1), str(2**63))] == [7, 2**63 - 1, 0]


@pytest.mark.parametrize(
    "text",
    ["10^64^64", "(((10^64)^64)^64)^64", "round(1.5, 999999999)", "'a' * 9999999999", "'%999999999d' % 1", "1e999", "-8 ^ 0.5 * '2'", "(-8) ^ 0.5"],
)  # fmt: skip
def test_an_eval_whose_value_would_be_endless_is_refused_at_once(text: str) -> None:
    with pytest.raises(expressions.EvalError, match="eval"):
        expressions.evaluate(text, lambda _: None, lambda _: "")
