"""Monitors over logs, events and spans: the live loop, a backtest in columns, one that steps each tick and a unit test make the same of one history."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from live_house import living
from record_lines import T0, Line, alert, changes, lines, replayed, sources

from doghouse.backtest.run import Backtest
from doghouse.monitors import Definition
from doghouse.search.record import Record
from doghouse.search.records import Lines, Selected
from doghouse.search.tree import Node
from doghouse.tags.pairs import group_text
from doghouse.testing.file import load
from doghouse.testing.records import arrivals
from doghouse.testing.running import run
from doghouse.time.clock import Clock

MINUTES = 40
SERVICES = ("a", "b", "c")


def variable(name: str, search: str, *by: str, **compute: str) -> dict[str, Any]:
    grouped = [{"facet": key, "limit": 2} for key in by]
    found = {"search": {"query": search}, "compute": compute or {"aggregation": "count"}, "group_by": grouped}
    return {"data_source": "logs", "name": name, **found}


bursts = st.lists(  # at which second, how many, of which service, with which measure
    st.tuples(
        st.integers(0, MINUTES * 60),
        st.integers(1, 4),
        st.sampled_from(SERVICES),
        st.sampled_from([None, 1, 2.5, "7", 90]),
    ),
    max_size=30,
)
QUERIES = [
    'logs("*").rollup("count")',
    'logs("service:a").rollup("count")',
    'logs("*").rollup("count").by("service")',
    'logs("*").rollup("count").by("service,team")',
    'logs("*").rollup("sum", "@took").by("service")',
    'logs("*").rollup("avg", "@took")',
    'logs("*").rollup("pc90", "@took").by("team")',
    'logs("*").rollup("cardinality", "@took").by("service")',
    'formula("bad / all * 10")',
    'formula("took - n")',
    'formula("abs(n - hour_before(n))")',
    "formula(\"n - calendar_shift(n, '-1d')\")",
    'formula("diff(n)").rollup("max")',
    'formula("cumsum(bad) - all")',
]
VARIABLES = [
    variable("bad", "service:a", "team"),
    variable("all", "*", "team"),
    variable("took", "*", "service", aggregation="max", metric="@took"),
    variable("n", "*", "service"),
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"new_group_delay": 120, "evaluation_delay": 90},
    {"on_missing_data": "show_and_notify_no_data", "renotify_interval": 4},
    {"on_missing_data": "resolve"},
    {"notify_no_data": True, "no_data_timeframe": 6},
    {"group_retention_duration": "10m"},
    {"notify_by": ["*"]},
    {"timeout_h": 1, "enable_logs_sample": True},
]
conditions = st.sampled_from(
    [
        ("> 2", {}),
        ("< 2", {}),
        ("<= 0", {}),
        (">= 4", {"critical": 4, "warning": 2, "critical_recovery": 1}),
        ("< 1", {"critical": 1, "warning": 3, "critical_recovery": 2}),
    ]
)


KINDS = {
    "logs": ("log alert", "logs", "{{log.message}} {{log.link}}"),
    "events": ("event-v2 alert", "events", "{{event.title}} {{event.link}}"),
    "spans": ("trace-analytics alert", "trace-analytics", "{{span.resource_name}} {{span.link}}"),
}


def entries(kind: str, made: Sequence[tuple[int, int, str, Any]]) -> list[dict[str, Any]]:
    """The bursts as a unit test writes them."""
    written = []
    for at, many, service, took in made:
        tags = ["team:x", "team:y"] if service == "b" else ["team:x"] if service == "a" else []
        attributes = {} if took is None else {"took": took}
        own: dict[str, Any] = {"service": service, "message": f"{at}"}
        if kind == "events":  # which have no service but as a tag
            own, tags = {"title": f"{at}"}, [*tags, f"service:{service}"]
        elif kind == "spans":
            own = {"service": service, "name": "work", "resource": f"{at}"}
        written.append(
            {"at": [f"+{at + step}s" for step in range(many)], "tags": tags, "attributes": attributes, **own}
        )
    return written


def as_unit_test(
    folder: Path, monitor: Definition, kind: str, made: Sequence[tuple[int, int, str, Any]], test: Backtest | None
) -> Path:
    """A test file with these records, that expects what a backtest gave."""
    case: dict[str, Any] = {"name": "the same", kind: entries(kind, made), "until": f"+{MINUTES}m", "exact": True}
    if test is not None:
        case["transitions"] = [
            " ".join(filter(None, (f"+{one.at - T0}s", one.after.label, group_text(group))))
            for group, one in test.transitions()
        ]
        case["notifications"] = [
            {
                "at": f"+{int(one.at - T0)}s",
                "transition": one.transition,
                "group": group_text(one.group),
                "subject": one.subject,
                "contains": [one.body],
            }
            for one in test.notifications()
        ]
    path = folder / "same.test.yaml"
    path.write_text(json.dumps({"monitor": monitor.document, "start": "2026-03-02T10:00Z", "tests": [case]}))
    return path


@settings(max_examples=60, deadline=None)
# the later record has no measure, so that its window has no value: what is missing counts from the first on
@example(
    made=[(60, 1, "c", 1), (960, 1, "c", None)],
    query='formula("took - n")',
    window="15m",
    condition=("> 2", {}),
    options={"notify_no_data": True, "no_data_timeframe": 6},
    kind="logs",
)
# the first window that has a value has two records: its group is seen from the first of them on
@example(
    made=[(300, 1, "a", None), (300, 2, "c", None), (360, 1, "b", None), (601, 1, "b", None)],
    query='formula("abs(n - hour_before(n))")',
    window="5m",
    condition=("> 2", {}),
    options={},
    kind="logs",
)
@given(
    made=bursts,
    query=st.sampled_from(QUERIES),
    window=st.sampled_from(["1m", "5m", "15m"]),
    condition=conditions,
    options=st.sampled_from(OPTIONS),
    kind=st.sampled_from(sorted(KINDS)),
)
def test_live_backtest_stepping_and_unit_test_agree(
    made: Sequence[tuple[int, int, str, Any]],
    query: str,
    window: str,
    condition: tuple[str, dict[str, float]],
    options: dict[str, Any],
    kind: str,
) -> None:
    type, head, message = KINDS[kind]
    text = f'{query}.last("{window}") {condition[0]}'.replace("logs(", f"{head}(")
    variables = [{**one, "data_source": kind} for one in VARIABLES] if "formula" in query else None
    chosen = {"variables": variables, "thresholds": condition[1] or None, **options}
    if "by" not in text and "formula" not in text:
        chosen.pop("notify_by", None)
    monitor = alert(text, type, message=f"{{{{value}}}} {message} @ops@example.com", name="high", **chosen)
    with TemporaryDirectory() as name:
        folder = Path(name)
        records = arrivals(load(as_unit_test(folder, monitor, kind, made, None)), 0, {})[kind]
        changes(monitor, sources(records), MINUTES)  # which compares columns with stepping
        test = replayed(monitor, sources(records), MINUTES)
        wanted = [(one.at, one.transition, one.group, one.body) for one in test.notifications()]
        with living(folder, records={kind: Lines(records)}, now=T0) as house:
            house.monitor(text, **{key: monitor.document[key] for key in ("type", "message", "name", "options")})
            house.advance(MINUTES)
            sent = [(one.at, one.transition, one.group, one.body) for one in house.notifications]
        assert sorted(sent) == sorted(wanted)
        # whatever a live server has, Datadog's own refusals (recovery thresholds of events) are not what is compared here
        (result,) = run(as_unit_test(folder, monitor, kind, made, test), force=True)
    missed = [one for one in result.differences if "none matches any of the" not in one.got[0]]
    assert missed == []


class Arriving:
    """Lines that are there from a time on, as those of a source that sends late."""

    def __init__(self, records: Sequence[Line], arrive: Mapping[int, int], now: Callable[[], float]) -> None:
        """`arrive` has when each of the records comes in (s after T0)."""
        self._records, self._arrive, self._now = records, arrive, now

    def _there(self) -> Lines:
        late = self._now() - T0
        return Lines([line for number, line in enumerate(self._records) if self._arrive[number] <= late])

    def select(self, search: Node, start: int, end: int, fields: Sequence[str]) -> Selected:
        return self._there().select(search, start, end, fields)

    def newest(self, search: Node, start: int, end: int, limit: int) -> Sequence[tuple[int, Record]]:
        return self._there().newest(search, start, end, limit)


@pytest.mark.parametrize(
    ("delay", "transitions"),
    [(0, []), (240, [(6 * 60, "Triggered"), (7 * 60, "Recovered")])],
    ids=["E11", "E11 delayed"],
)
def test_e11_a_log_that_comes_in_late_is_missed_live_unless_the_evaluation_waits_for_it(
    tmp_path: Path, delay: int, transitions: list[tuple[int, str]]
) -> None:
    clock: list[Clock] = []
    late = Arriving(lines(70), {0: 250}, lambda: clock[0].now())
    with living(tmp_path, records={"logs": late}, now=T0) as house:
        clock.append(house.clock)
        options = {"evaluation_delay": delay} if delay else {}
        query = 'logs("*").rollup("count").last("1m") > 0'
        house.monitor(query, "m @ops@example.com", "log alert", options=options)
        house.advance(12)
        assert [(int(one.at - T0), one.transition) for one in house.notifications] == transitions
