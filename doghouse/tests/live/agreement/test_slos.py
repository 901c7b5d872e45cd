"""Alerts of SLOs: the live loop, the backtest and the unit test make the same of one history, whatever the SLO is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from live_house import T0, Points, living
from memory_points import minutely

from doghouse import monitors as mon
from doghouse.backtest.run import Backtest, replay
from doghouse.backtest.sources import points_of, sources_of
from doghouse.slos.reading import read
from doghouse.testing.running import run as run_unit_tests

MINUTES = 75  # more than the long window
Values = Sequence[float | None]

stays = st.tuples(st.sampled_from([None, 0.0, 1.0, 7.0, 100.0]), st.integers(1, 25))
values = st.lists(stays, min_size=2, max_size=6).map(
    lambda parts: [value for value, many in parts for _ in range(many)]
)
DOWN = {"type": "metric alert", "query": "max(last_2m):avg:bad{*} > 5", "name": "down", "message": ""}
LATE = {**DOWN, "query": "avg(last_5m):avg:good{*} > 50", "options": {"on_missing_data": "show_and_notify_no_data"}}


def sliced(every: int) -> dict[str, Any]:
    query = {
        "formulas": [{"formula": "q"}],
        "queries": [{"name": "q", "data_source": "metrics", "query": "avg:bad{*}"}],
    }
    condition = {"query": query, "comparator": "<", "threshold": 5, "query_interval_seconds": every}
    return {"type": "time_slice", "sli_specification": {"time_slice": condition}}


SLIS: list[dict[str, Any]] = [
    {
        "type": "metric",
        "query": {
            "numerator": "sum:good{*}.as_count()",
            "denominator": "sum:good{*}.as_count() + sum:bad{*}.as_count()",
        },
    },
    {
        "type": "metric",
        "query": {
            "numerator": "sum:good{*}.as_count() - sum:bad{*}.as_count()",
            "denominator": "sum:good{*}.as_count()",
        },
    },
    sliced(60),
    sliced(300),
    {"type": "monitor", "monitors": (DOWN,)},
    {"type": "monitor", "monitors": (DOWN, LATE)},
]
QUERIES = [
    ('burn_rate("{}").over("7d").long_window("1h").short_window("5m") > 14.4', {"critical": 14.4, "warning": 6}),
    ('burn_rate("{}").over("7d").long_window("1h").short_window("2m") >= 20', {"critical": 20}),
    ('error_budget("{}").over("7d") > 75', {"critical": 75, "warning": 50}),
]
OPTIONS: list[dict[str, Any]] = [{}, {"notify_no_data": True, "renotify_interval": 10}, {"evaluation_delay": 120}]
MESSAGE = "{{value}} {{timeframe}} {{short_window_burn_rate}} {{long_window_burn_rate}} @ops@example.com"


def as_unit_test(
    folder: Path,
    body: Mapping[str, Any],
    slo: Mapping[str, Any],
    members: Mapping[int, Any],
    series: Mapping[str, Values],
    test: Backtest,
) -> Path:
    """A test file that expects what a backtest gave."""
    case = {
        "name": "the same",
        "series": {name: {"type": kind_of(slo), "values": list(listed)} for name, listed in series.items()},
        "unread": ["*"],
        "until": f"+{MINUTES}m",
        "transitions": [f"+{one.at - T0}s {one.after.label}" for _, one in test.transitions()],
        "notifications": [
            {"at": f"+{int(one.at - T0)}s", "transition": one.transition, "contains": [one.body]}
            for one in test.notifications()
        ],
        "exact": True,
    }
    path = folder / "same.test.yaml"
    file = {
        "monitor": dict(body),
        "start": "2026-03-02T10:00Z",
        "slos": {slo["id"]: dict(slo)},
        "members": {str(number): one for number, one in members.items()},
        "tests": [case],
    }
    path.write_text(json.dumps(file))
    return path


def kind_of(slo: Mapping[str, Any]) -> str:
    return "count" if slo["type"] == "metric" else "gauge"


@settings(max_examples=30, deadline=None)
@example(SLIS[1], QUERIES[0], OPTIONS[0], 99.0, {"good": [100.0] * 75, "bad": [None] * 40 + [100.0] * 5 + [None] * 30})
@example(SLIS[5], QUERIES[0], OPTIONS[0], 99.0, {"good": [0.0] * 30 + [None] * 20, "bad": [0.0] * 75})
@given(
    st.sampled_from(SLIS),
    st.sampled_from(QUERIES),
    st.sampled_from(OPTIONS),
    st.sampled_from([95.0, 99.0, 99.9]),
    st.fixed_dictionaries({"good": values, "bad": values}),
)
def test_live_loop_backtest_and_unit_test_make_the_same_of_an_slo(
    tmp_path_factory: pytest.TempPathFactory,
    sli: dict[str, Any],
    asked: tuple[str, dict[str, float]],
    options: dict[str, Any],
    target: float,
    series: dict[str, Values],
) -> None:
    folder = tmp_path_factory.mktemp("slo")
    points = Points()
    for name, listed in series.items():
        kind: Any = kind_of(sli)
        points.given.append(minutely(listed, metric=name, type=kind, interval=60 if kind == "count" else 0))
    with living(folder, points=points) as house:
        members = {house.monitor(**one): one for one in sli.get("monitors", ())}
        slo = {
            **{key: value for key, value in sli.items() if key != "monitors"},
            **({"monitor_ids": list(members)} if members else {}),
            "name": "SLO",
            "thresholds": [{"timeframe": "7d", "target": target}],
        }
        slo["id"] = house.stores.slos.add(read(slo), T0)["id"]
        query, thresholds = asked
        body: dict[str, Any] = {
            "type": "slo alert",
            "query": query.format(slo["id"]),
            "name": "budget",
            "message": MESSAGE,
        }
        body["options"] = {**options, "thresholds": thresholds}
        number = house.monitor(**body)
        house.advance(MINUTES)
        live = [one for one in house.notifications if one.monitor_id == number]
        states = house.stores.monitors.states(number)

    known = {id: mon.parse({**one, "id": id}) for id, one in members.items()}
    monitor = mon.parse({**body, "id": number})
    end = T0 + 60 * MINUTES
    sources = sources_of(monitor, points_of(points), known, T0, end, slos={slo["id"]: read(slo)})
    test = replay(monitor, sources, T0, end)

    assert [(one.at, one.transition, one.body) for one in live] == [
        (one.at, one.transition, one.body) for one in test.notifications()
    ]
    [timeline] = test.timelines
    assert (states[()].status if states else mon.Status.NEW) is timeline.status_at(end)
    (result,) = run_unit_tests(as_unit_test(folder, body, slo, members, series, test))
    assert result.passed, result.differences
