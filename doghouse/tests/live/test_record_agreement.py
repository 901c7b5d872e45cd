"""Monitors over records: the live loop, a backtest in columns and one that steps each tick make the same of one history."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from live_house import living
from record_lines import T0, Line, alert, changes, lines, replayed, sources

from doghouse.search.records import Lines

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


def history(made: Sequence[tuple[int, int, str, Any]]) -> list[Line]:
    records: list[Line] = []
    for at, many, service, took in made:
        measured = {} if took is None else {"took": took}
        teams = ["team:x", "team:y"] if service == "b" else ["team:x"] if service == "a" else []
        records += lines(
            *[at + step / 7 for step in range(many)], service=service, message=f"{at}", tags=teams, **measured
        )
    return records


@settings(max_examples=60, deadline=None)
# the later record has no measure, so that its window has no value: what is missing counts from the first on
@example(
    made=[(60, 1, "c", 1), (960, 1, "c", None)],
    query='formula("took - n")',
    window="15m",
    condition=("> 2", {}),
    options={"notify_no_data": True, "no_data_timeframe": 6},
)
# the first window that has a value has two records: its group is seen from the first of them on
@example(
    made=[(300, 1, "a", None), (300, 2, "c", None), (360, 1, "b", None), (601, 1, "b", None)],
    query='formula("abs(n - hour_before(n))")',
    window="5m",
    condition=("> 2", {}),
    options={},
)
@given(
    made=bursts,
    query=st.sampled_from(QUERIES),
    window=st.sampled_from(["1m", "5m", "15m"]),
    condition=conditions,
    options=st.sampled_from(OPTIONS),
)
def test_live_backtest_and_stepping_agree(
    made: Sequence[tuple[int, int, str, Any]],
    query: str,
    window: str,
    condition: tuple[str, dict[str, float]],
    options: dict[str, Any],
) -> None:
    text = f'{query}.last("{window}") {condition[0]}'
    chosen = {"variables": VARIABLES if "formula" in query else None, "thresholds": condition[1] or None, **options}
    if "by" not in text and "formula" not in text:
        chosen.pop("notify_by", None)
    monitor = alert(text, message="{{value}} {{log.message}} @ops@example.com", name="high", **chosen)
    records = history(made)
    changes(monitor, sources(records), MINUTES)  # which compares columns with stepping
    wanted = [
        (one.at, one.transition, one.group, one.body)
        for one in replayed(monitor, sources(records), MINUTES).notifications()
    ]
    with TemporaryDirectory() as folder, living(Path(folder), records={"logs": Lines(records)}, now=T0) as house:
        house.monitor(text, **{key: monitor.document[key] for key in ("type", "message", "name", "options")})
        house.advance(MINUTES)
        sent = [(one.at, one.transition, one.group, one.body) for one in house.notifications]
    assert sorted(sent) == sorted(wanted)
