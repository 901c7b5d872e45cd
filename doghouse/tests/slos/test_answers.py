"""What the endpoints of SLOs answer, field by field: history, status, search, lists, pages, corrections."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from memory_points import T0, Given, source
from starlette.requests import Request

from doghouse.metrics.model import Source
from doghouse.queries import NotEvaluated
from doghouse.slos.api import correction_routes, history, routes, search_routes
from doghouse.slos.api.access import Slos
from doghouse.slos.measuring import UNKNOWN
from doghouse.slos.store import SloStore
from doghouse.storage.sqlite import Database
from doghouse.time.lengths import DAY
from doghouse.web.errors import ApiError
from doghouse.web.http import Call

NOW = T0 + 600
QUERY = {"numerator": "sum:good{env:a}.as_count()", "denominator": "sum:all{env:a}.as_count()"}
BODY: dict[str, Any] = {
    "type": "metric",
    "name": "s",
    "query": QUERY,
    "thresholds": [{"timeframe": "7d", "target": 90, "warning": 95}, {"timeframe": "30d", "target": 99.5}],
}
MONITORS = {1: [0, 0, 1, 1, 2, 0, 0, 0, 0, 0], 2: [0, 0, 0, 1, 2, 2, 0, 0, 0, 1]}  # what they were in each minute

UNUSUAL = 99  # a monitor whose states cannot be worked out


class House:
    """A store with what its SLOs are measured with, asked as the server asks."""

    def __init__(self, folder: Path, points: Source) -> None:
        self.store = SloStore(Database(folder / "slos.sqlite"))
        self.alerts_of: dict[str, list[int]] = {}
        self.boards: dict[str, list[str]] = {}
        self.slos = Slos(self.store, self, points, self.states, lambda slo: self.boards.get(slo, []))

    def unusable(self, ids: Any) -> list[int]:
        return [each for each in ids if each not in (*MONITORS, UNUSUAL)]

    def alerts(self) -> Mapping[str, list[int]]:
        return self.alerts_of

    @staticmethod
    def states(monitor: int, start: int, end: int) -> tuple[str, Mapping[str, Any]]:
        if monitor == UNUSUAL:
            raise NotEvaluated("an SLO of such a monitor")
        minutes = [(at - T0) // 60 for at in range(start, end, 60)]
        codes = np.array([MONITORS[monitor][minute] if 0 <= minute < 10 else UNKNOWN for minute in minutes], np.int8)
        return f"M{monitor}", {"": codes}

    def make(self, **more: Any) -> str:
        answer = routes.create(self.slos, call(body={**BODY, **more}))
        return str(answer.body["data"][0]["id"])


def call(slo_id: str = "", body: Any = None, now: float = NOW, path: str = "/x", **query: Any) -> Call:
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "server": ("example.com", 80),
        "path": path,
        "query_string": urlencode(query).encode(),
        "headers": [],
        "path_params": {"id": slo_id},
    }
    return Call(Request(scope), json.dumps(body).encode() if body is not None else b"", now)


def refused(work: Any, *given: Any) -> tuple[int, str]:
    with pytest.raises(ApiError) as error:
        work(*given)
    return error.value.status, str(error.value.errors[0])


def counted(metric: str, minutes: Mapping[int, float]) -> Given:
    points = {60 * at: value for at, value in minutes.items()}
    return Given(points, metric, tags=("env:a",), type="count", interval=60)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A hundred events in each of ten minutes, of which in the second five are bad."""
    good = {minute: 95.0 if minute == 1 else 100.0 for minute in range(10)}
    return House(tmp_path, source(counted("good", good), counted("all", dict.fromkeys(good, 100.0))))


SPAN = {"from_ts": T0, "to_ts": NOW}


def test_the_history_of_events(house: House) -> None:
    slo = house.make()
    data = history.history(house.slos, call(slo, **SPAN)).body["data"]
    assert data["overall"] == {
        "sli_value": 99.5,
        "uptime": 99.5,
        "span_precision": 1,
        "precision": {"7d": 1, "30d": 2},
        "corrections": [],
        "state": "ok",
        "error_budget_remaining": {"7d": 95.0, "30d": 0.0},
    }
    series = data.pop("series")
    assert float(series.pop("timing")) >= 0
    good, every = "sum:good{env:a}.as_count()", "sum:all{env:a}.as_count()"
    metadata = {"unit": None, "aggr": "sum", "tag_set": [], "scope": "env:a"}
    times = [T0, *range(T0 + 60, NOW, 60)]
    assert series == {
        "res_type": "time_series",
        "resp_version": 2,
        "query": f"default_zero({good}), default_zero({every})",
        "from_date": T0 * 1000,
        "to_date": NOW * 1000,
        "message": "",
        "interval": 60,
        "times": [time * 1000.0 for time in times],
        "numerator": {
            "values": [100.0, 95.0, *[100.0] * 8],
            "sum": 995.0,
            "count": 10,
            "metadata": {**metadata, "query_index": 0, "metric": "default_zero(good)", "expression": f"default_zero({good})"},
        },
        "denominator": {
            "values": [100.0] * 10,
            "sum": 1000.0,
            "count": 10,
            "metadata": {**metadata, "query_index": 1, "metric": "default_zero(all)", "expression": f"default_zero({every})"},
        },
        "numerator_query": f"default_zero({good})",
        "denominator_query": f"default_zero({every})",
        "bad_series_query": f"default_zero({every}) - default_zero({good})",
        "graph_query": f"default_zero({good}), default_zero({every}) - default_zero({good})",
    }  # fmt: skip
    assert set(data) == {"thresholds", "from_ts", "to_ts", "type", "type_id", "slo", "overall", "group_by"}
    assert (data["from_ts"], data["to_ts"], data["type"], data["type_id"], data["group_by"]) == (T0, NOW, "metric", 1, [])  # fmt: skip
    assert data["slo"] == house.store.get(slo)
    assert data["thresholds"] == {each["timeframe"]: each for each in data["slo"]["thresholds"]}


def test_a_target_that_is_asked_for_is_one_more(house: House) -> None:
    data = history.history(house.slos, call(house.make(), **SPAN, target=99.9)).body["data"]
    assert data["thresholds"]["custom"] == {"timeframe": "custom", "target": 99.9, "target_display": "99.9"}
    assert (data["overall"]["state"], data["overall"]["error_budget_remaining"]["custom"]) == ("breached", -400.0)
    assert (data["overall"]["span_precision"], set(data["overall"]["precision"])) == (2, {"7d", "30d"})


@pytest.mark.parametrize("target", ["0", "100", "-1", "high", "nan"])
def test_a_target_is_inside_0_to_100(house: House, target: str) -> None:
    text = f"target must be greater than 0 and less than 100, not {target}"
    assert refused(history.history, house.slos, call(house.make(), **SPAN, target=target)) == (400, text)


@pytest.mark.parametrize("work", [history.history, history.v2_status])
def test_a_stretch_has_a_length_and_is_not_longer_than_points_are_kept(house: House, work: Any) -> None:
    slo, longest = house.make(), 465 * DAY
    assert refused(work, house.slos, call(slo, from_ts=T0, to_ts=T0)) == (400, "from_ts must be before to_ts")
    text = "from_ts and to_ts are more than 465 days apart"
    assert refused(work, house.slos, call(slo, from_ts=T0 - longest - 1, to_ts=T0)) == (400, text)
    work(house.slos, call(slo, from_ts=T0 - longest, to_ts=T0))
    work(house.slos, call(slo, from_ts=T0, to_ts=T0 + 1))


@pytest.mark.parametrize(("apply", "sli"), [({}, 100), ({"apply_correction": "FALSE"}, 99.5), ({"apply_correction": 0}, 99.5)])  # fmt: skip
def test_corrections_are_left_out_where_that_is_asked_for(house: House, apply: dict[str, Any], sli: float) -> None:
    slo = house.make()
    correct(house, slo_id=slo, start=T0 + 60, end=T0 + 120)
    overall = history.history(house.slos, call(slo, **SPAN, **apply)).body["data"]["overall"]
    assert (overall["sli_value"], len(overall["corrections"])) == (sli, int(sli == 100))
    disabled = {"disable_corrections": "true"} if sli == 99.5 else {}
    assert history.v2_status(house.slos, call(slo, **SPAN, **disabled)).body["data"]["attributes"]["sli"] == sli


def test_the_history_of_monitors(house: House) -> None:
    both = house.make(type="monitor", monitor_ids=[1, 2], query=None)
    data = history.history(house.slos, call(both, **SPAN)).body["data"]
    assert "series" not in data
    assert "groups" not in data
    [one, two] = data["monitors"]
    assert (one["name"], one["group"], two["name"]) == ("1 M1", "1 M1", "2 M2")
    assert one["history"] == [[T0, 0], [T0 + 120, 1], [T0 + 240, 2], [T0 + 300, 0]]
    assert two["history"] == [[T0, 0], [T0 + 180, 1], [T0 + 240, 2], [T0 + 360, 0], [T0 + 540, 1]]
    assert data["overall"]["history"] == [[T0, 0], [T0 + 120, 1], [T0 + 240, 2], [T0 + 300, 0], [T0 + 540, 1]]
    assert [each["preview"] for each in (one, two, data["overall"])] == [False] * 3
    assert [each["sli_value"] for each in (one, two, data["overall"])] == [pytest.approx(700 / 9), 75, pytest.approx(600 / 9)]  # fmt: skip
    alone = history.history(house.slos, call(house.make(type="monitor", monitor_ids=[1], query=None), **SPAN)).body
    assert not {"monitors", "groups"} & set(alone["data"])


def test_the_status_has_the_budget_of_the_primary_target(house: House) -> None:
    slo = house.make(timeframe="30d")
    assert history.v2_status(house.slos, call(slo, **SPAN)).body == {
        "data": {
            "id": slo,
            "type": "slo_status",
            "attributes": {
                "sli": 99.5,
                "error_budget_remaining": 0.0,
                "raw_error_budget_remaining": {"unit": "events", "value": 0.0},
                "state": "ok",
                "span_precision": 2,
            },
        }
    }
    monitor = house.make(type="monitor", monitor_ids=[1], query=None)
    attributes = history.v2_status(house.slos, call(monitor, **SPAN)).body["data"]["attributes"]
    assert attributes["raw_error_budget_remaining"] == {"unit": "seconds", "value": 0.0}
    assert (attributes["error_budget_remaining"], attributes["state"]) == (0, "breached")


@pytest.mark.parametrize(
    ("span", "interval"),
    [(1, 1), (12, 1), (13, 2), (720, 60), (721, 120), (DAY, 7200), (12 * DAY, DAY), (12 * DAY + 1, 2 * DAY), (24 * DAY, 2 * DAY), (24 * DAY + 1, 3 * DAY)],
)  # fmt: skip
def test_a_bucket_is_the_shortest_usual_interval_that_gives_twelve_at_most(span: int, interval: int) -> None:
    assert history.interval(span) == interval


def test_labels_begin_at_five_full_minutes_and_go_on_at_full_intervals() -> None:
    assert history.labels(1000, 1000 + 720).tolist() == [900, 1020, 1080, 1140, 1200, 1260, 1320, 1380, 1440, 1500, 1560, 1620, 1680]  # fmt: skip
    assert history.labels(1200, 1200 + 720).tolist() == [1200, *range(1260, 1920, 60)]


# -- lists and searches


def test_a_search_finds_by_words_of_the_name_and_by_tags(house: House) -> None:
    tags = {"Answers well": ["env:prod", "service:web"], "answers late": ["env:dev", "team:a"], "else": []}
    for name, each in tags.items():
        house.make(name=name, tags=each)
    for text, names in (
        ("", ["Answers well", "answers late", "else"]),
        ("answers", ["Answers well", "answers late"]),
        ("WELL", ["Answers well"]),
        ("swer", ["Answers well", "answers late"]),
        ('"ers LATE"', ["answers late"]),
        ("env:PROD", ["Answers well"]),
        ("env:pro", []),
        ("env:pro*", ["Answers well"]),
        ('env:"Prod"', ["Answers well"]),
        ('env:"pro"', []),
        ("ENV:dev", ["answers late"]),
        ("_exists_:team", ["answers late"]),
        ("-env:prod", ["answers late", "else"]),
        ("env:prod OR else", ["Answers well", "else"]),
    ):
        data = search_routes.search(house.slos, call(query=text)).body["data"]["attributes"]["slos"]
        assert [each["data"]["attributes"]["name"] for each in data] == names, text
    assert refused(search_routes.search, house.slos, call(query="env:[1 TO 2]")) == (
        501,
        "doghouse does not evaluate ranges and networks in a search of SLOs",
    )


def test_a_hit_says_what_an_slo_is_and_how_it_stands(house: House) -> None:
    slo = house.make(tags=["service:web", "env:prod", "x"], description="d")
    [found] = search_routes.search(house.slos, call(now=NOW + 0.5)).body["data"]["attributes"]["slos"]
    assert (found["data"]["type"], found["data"]["id"]) == ("slo", slo)
    shown = dict(found["data"]["attributes"])
    assert sorted(shown.pop("creator")) == ["email", "id", "name"]
    numbers = {"state": "ok", "indexed_at": NOW}
    seven = {"error_budget_remaining": 95.0, "raw_error_budget_remaining": {"unit": "events", "value": 95.0}, "span_precision": 1, **numbers}  # fmt: skip
    thirty = {"error_budget_remaining": 0.0, "raw_error_budget_remaining": {"unit": "events", "value": 0.0}, "span_precision": 2, **numbers}  # fmt: skip
    assert shown == {
        "name": "s",
        "description": "d",
        "slo_type": "metric",
        "all_tags": ["service:web", "env:prod", "x"],
        "env_tags": ["env:prod"],
        "service_tags": ["service:web"],
        "team_tags": [],
        "monitor_ids": None,
        "groups": None,
        "query": {"metrics": None, **QUERY},
        "thresholds": [
            {"timeframe": "7d", "target": 90.0, "target_display": "90", "warning": 95.0, "warning_display": "90"},
            {"timeframe": "30d", "target": 99.5, "target_display": "99.5"},
        ],
        "timeframe": "7d",
        "target_threshold": 90.0,
        "warning_threshold": 95.0,
        "overall_status": [
            {"status": 99.5, "error": None, "target": 90.0, "timeframe": "7d", **seven},
            {"status": 99.5, "error": None, "target": 99.5, "timeframe": "30d", **thirty},
        ],
        "status": {"sli": 99.5, "calculation_error": None, **seven},
        "created_at": NOW,
        "modified_at": NOW,
    }
    house.make(type="monitor", monitor_ids=[1], groups=["env:a"], query=None, timeframe="30d", name="m")
    [other] = search_routes.search(house.slos, call(query="m")).body["data"]["attributes"]["slos"]
    shown = other["data"]["attributes"]
    assert (shown["query"], shown["description"], shown["monitor_ids"], shown["groups"]) == (None, None, [1], ["env:a"])
    assert shown["status"]["span_precision"] is None
    assert (shown["status"]["calculation_error"], shown["status"]["state"]) == ("The denominator is zero valued", "no_data")  # fmt: skip


def test_an_slo_that_is_not_evaluated_is_found_without_numbers_and_says_why(house: House) -> None:
    slo = house.make(type="monitor", monitor_ids=[UNUSUAL], query=None)
    why = "doghouse does not evaluate an SLO of such a monitor"
    [found] = search_routes.search(house.slos, call()).body["data"]["attributes"]["slos"]
    shown = found["data"]["attributes"]
    nothing = {
        "error_budget_remaining": None,
        "raw_error_budget_remaining": None,
        "span_precision": None,
        "state": "no_data",
        "indexed_at": NOW,
    }
    assert shown["status"] == {"sli": None, "calculation_error": why, **nothing}
    assert [(each["status"], each["error"]) for each in shown["overall_status"]] == [(None, why)] * 2
    assert refused(history.history, house.slos, call(slo, **SPAN)) == (501, why)


def test_facets_count_the_slos_of_each_value(house: House) -> None:
    house.make(tags=["env:a", "team:x"])
    house.make(tags=["env:a"], timeframe="30d")
    house.make(type="monitor", monitor_ids=[1], query=None, thresholds=[{"timeframe": "7d", "target": 90}])
    facets = search_routes.search(house.slos, call(include_facets="true")).body["data"]["attributes"]["facets"]
    [creator] = facets.pop("creator_name")
    assert creator["count"] == 3
    assert {key: [(each["name"], each["count"]) for each in values] for key, values in facets.items()} == {
        "all_tags": [("env:a", 2), ("team:x", 1)],
        "env_tags": [("env:a", 2)],
        "service_tags": [],
        "team_tags": [("team:x", 1)],
        "slo_type": [(0, 1), (1, 2)],
        "target": [(90.0, 2), (99.5, 1)],
        "timeframe": [("30d", 1), ("7d", 2)],
    }
    assert "facets" not in search_routes.search(house.slos, call()).body["data"]["attributes"]


def test_a_search_has_pages(house: House) -> None:
    names = [f"n{number:02}" for number in range(12)]
    for name in names:
        house.make(name=name)

    def page(**asked: Any) -> tuple[list[str], Any, Any]:
        body = search_routes.search(house.slos, call(path="/api/v1/slo/search", **asked)).body
        hits = [each["data"]["attributes"]["name"] for each in body["data"]["attributes"]["slos"]]
        assert body["data"]["type"] == "service_level_objective_search_results"
        return hits, body["meta"]["pagination"], body["links"]

    first, pages, links = page()
    usual = {"first_number": 0, "type": "number_size", "total": 12}
    assert first == names[:10]
    assert pages == {**usual, "number": 0, "prev_number": 0, "next_number": 1, "last_number": 1, "size": 10}
    own = "http://example.com/api/v1/slo/search?query="
    assert links == {
        "self": f"{own}&page%5Bsize%5D=10&page%5Bnumber%5D=0",
        "last": None,
        "next": f"{own}&page[number]=1&page[size]=10",
        "prev": None,
        "first": f"{own}&page[number]=0&page[size]=10",
    }
    second, pages, links = page(**{"page[size]": 4, "page[number]": 2, "query": "n"})
    assert second == names[8:]
    assert pages == {**usual, "number": 2, "prev_number": 1, "next_number": 3, "last_number": 2, "size": 4}
    own += "n"
    assert links == {
        "self": f"{own}&page%5Bsize%5D=4&page%5Bnumber%5D=2",
        "last": None,
        "next": f"{own}&page[number]=3&page[size]=4",
        "prev": f"{own}&page[number]=1&page[size]=4",
        "first": f"{own}&page[number]=0&page[size]=4",
    }
    assert page(query="nobody")[1]["last_number"] == 0
    assert page(**{"page[size]": 1000})[0] == names
    assert len(page(**{"page[size]": 1, "page[number]": 11})[0]) == 1
    for size in (0, 1001):
        assert refused(search_routes.search, house.slos, call(**{"page[size]": size}))[0] == 400


def test_a_list_is_filtered_and_cut(house: House) -> None:
    ids = [house.make(name=name, tags=[f"T:{name}"]) for name in ("a1", "a2", "b1")]

    def listed(**asked: Any) -> list[str]:
        return [each["id"] for each in routes.list_all(house.slos, call(**asked)).body["data"]]

    assert listed(ids=f"{ids[2]},x,{ids[0]}") == [ids[2], ids[0]]
    assert listed(query="A") == ids[:2]
    assert [listed(tags_query="t:A1"), listed(tags_query="t"), listed(metrics_query="SUM:good")] == [[ids[0]], [], ids]
    assert [listed(offset=1, limit=1), listed(offset=3), listed(limit=0)] == [[ids[1]], [], []]
    made = routes.list_all(house.slos, call(query="a", limit=1)).body["metadata"]
    assert made == {"page": {"total_count": 3, "total_filtered_count": 1}}
    routes.delete(house.slos, call(ids[0]))
    assert [listed(), listed(is_deleted="true")] == [ids[1:], ids[:1]]


def test_an_slo_is_made_changed_and_deleted(house: House) -> None:
    slo = house.make(tags=["a"])
    routes.update(house.slos, call(slo, {**BODY, "name": "new", "type": "monitor"}, now=NOW + 60))
    changed = routes.get(house.slos, call(slo)).body["data"]
    assert (changed["name"], changed["type"], changed["tags"]) == ("new", "metric", [])
    assert (changed["created_at"], changed["modified_at"]) == (NOW, NOW + 60)
    house.alerts_of = {slo: [3]}
    for flag, alerts in (("true", [3]), ("false", None)):
        got = routes.get(house.slos, call(slo, with_configured_alert_ids=flag)).body["data"]
        assert got.get("configured_alert_ids") == alerts
    other = house.make()
    assert routes.get(house.slos, call(other, with_configured_alert_ids="1")).body["data"]["configured_alert_ids"] == []
    house.boards = {slo: ["b1,first", "b2,second"]}
    text = f"slo [{slo},new] is referenced in dashboards: [b1,first, b2,second]"
    assert refused(routes.delete, house.slos, call(slo)) == (409, text)
    asked = routes.can_delete(house.slos, call(ids=f"{slo},{other}"))
    assert (asked.status, asked.body) == (409, {"data": {"ok": [other]}, "errors": {slo: text}})
    asked = routes.can_delete(house.slos, call(ids=other))
    assert (asked.status, asked.body) == (200, {"data": {"ok": [other]}, "errors": None})
    assert refused(routes.can_delete, house.slos, call()) == (400, "The parameter 'ids' is required")
    assert refused(routes.can_delete, house.slos, call(ids="x")) == (404, "SLO not found: x not found")
    routes.delete(house.slos, call(slo, force="true"))
    assert refused(routes.get, house.slos, call(slo)) == (404, f"SLO not found: {slo} not found")
    wrong = {**BODY, "thresholds": []}
    for refuse in ((routes.create, call(body=wrong)), (routes.update, call(other, wrong))):
        assert refused(refuse[0], house.slos, refuse[1]) == (400, "Invalid payload: must specify thresholds")
    text = "Invalid payload: invalid monitor ids: 7, 9, monitors not found or not supported SLO"
    body = {**BODY, "type": "monitor", "monitor_ids": [7, 1, 9]}
    assert refused(routes.create, house.slos, call(body=body)) == (400, text)


def test_timeframes_are_taken_away(house: House) -> None:
    both, week = house.make(), house.make(thresholds=BODY["thresholds"][:1])
    asked = {both: ["7d", "90d"], week: ["7d"], "x": ["30d"]}
    answer = routes.bulk_delete(house.slos, call(body=asked)).body
    assert answer["data"] == {"deleted": [week], "updated": [both]}
    assert answer["errors"] == [
        {"id": both, "timeframe": "90d", "message": f"SLO {both} has no threshold for 90d"},
        {"id": "x", "timeframe": "all", "message": "SLO not found: x not found"},
    ]
    kept = house.store.get(both)
    assert kept is not None
    assert (kept["timeframe"], kept["target_threshold"], len(kept["thresholds"])) == ("30d", 99.5, 1)
    answer = routes.bulk_delete(house.slos, call(body={both: ["7d"]}, now=NOW + 5)).body
    assert answer["data"] == {"deleted": [], "updated": []}
    named = house.make(timeframe="30d")
    routes.bulk_delete(house.slos, call(body={named: ["7d"]}))
    assert (house.store.get(named) or {})["timeframe"] == "30d"
    text = "Invalid value '1d' for parameter 'timeframe': expected one of 7d, 30d, 90d"
    assert refused(routes.bulk_delete, house.slos, call(body={both: ["30d", "1d"]})) == (400, text)


# -- corrections


def correct(house: House, **attributes: Any) -> dict[str, Any]:
    usual = {"category": "Deployment", "start": T0, "end": NOW}
    sent = {"data": {"type": "correction", "attributes": {**usual, **attributes}}}
    made: dict[str, Any] = correction_routes.create(house.store, call(body=sent)).body["data"]
    return made


def test_pages_of_corrections(house: House) -> None:
    slo = house.make()
    made = [correct(house, slo_id=slo, end=NOW + number)["id"] for number in range(27)][::-1]
    listed = correction_routes.list_all(house.store, call()).body
    assert [each["id"] for each in listed["data"]] == made[:25]
    assert listed["meta"] == {"page": {"total_count": 27, "total_filtered_count": 25}}
    listed = correction_routes.list_all(house.store, call(offset=26, limit=5)).body
    assert ([each["id"] for each in listed["data"]], listed["meta"]["page"]["total_filtered_count"]) == (made[26:], 1)

    path = f"/api/v1/slo/{slo}/corrections"
    own = f"http://example.com{path}"

    def page(**asked: Any) -> Any:
        return correction_routes.of_slo(house.store, call(slo, path=path, **asked)).body

    first = page()
    assert [each["id"] for each in first["data"]] == made[:10]
    usual = {"first_offset": 0, "type": "offset_limit", "total": 27}
    assert first["meta"]["pagination"] == {**usual, "offset": 0, "prev_offset": 0, "next_offset": 10, "last_offset": 20, "limit": 10}  # fmt: skip
    assert first["links"] == {
        "self": own,
        "last": None,
        "next": f"{own}?page[offset]=10&page[limit]=10",
        "prev": None,
        "first": f"{own}?page[offset]=0&page[limit]=10",
    }
    last = page(**{"page[offset]": 12, "page[limit]": 9})
    assert [each["id"] for each in last["data"]] == made[12:21]
    assert last["meta"]["pagination"] == {**usual, "offset": 12, "prev_offset": 3, "next_offset": 21, "last_offset": 18, "limit": 9}  # fmt: skip
    assert last["links"] == {
        "self": f"{own}?page%5Boffset%5D=12&page%5Blimit%5D=9",
        "last": None,
        "next": f"{own}?page[offset]=21&page[limit]=9",
        "prev": f"{own}?page[offset]=3&page[limit]=9",
        "first": f"{own}?page[offset]=0&page[limit]=9",
    }
    one = page(**{"page[offset]": 5, "page[limit]": 1})["meta"]["pagination"]
    assert (one["prev_offset"], one["last_offset"]) == (4, 26)
    assert refused(lambda: page(**{"page[limit]": 0}))[0] == 400


def test_a_correction_is_changed(house: House) -> None:
    slo = house.make(tags=["a:b"])
    made = correct(house, slo_id=slo, description="d")["id"]

    def changed(**attributes: Any) -> dict[str, Any]:
        sent = {"data": {"type": "correction", "attributes": attributes}}
        reply = correction_routes.update(house.store, call(made, sent, now=NOW + 7.5))
        own = dict(reply.body["data"]["attributes"])
        assert own == correction_routes.get(house.store, call(made)).body["data"]["attributes"]
        assert (own["created_at"], own["modified_at"], own["modifier"]) == (NOW, NOW + 7, own["creator"])
        names = ("slo_id", "start", "end", "rrule", "duration", "category", "description")
        return {name: own[name] for name in names} | {"slo_query": own.get("slo_query")}

    nothing = {"rrule": None, "duration": None, "slo_query": None}
    before = {**nothing, "slo_id": slo, "start": T0, "end": NOW, "category": "Deployment", "description": "d"}
    assert changed(slo_id="another") == before
    rule = {**before, "end": None, "rrule": "FREQ=DAILY", "duration": 60}
    assert changed(rrule="FREQ=DAILY", duration=60) == rule
    assert changed(category="Other") == {**rule, "category": "Other"}
    assert changed(end=NOW + 5) == {**before, "end": NOW + 5, "category": "Other"}
    assert changed(rrule="FREQ=WEEKLY", duration=5, end=NOW)["rrule"] == "FREQ=WEEKLY"
    by_query = changed(slo_query="a:b")
    assert (by_query["slo_id"], by_query["slo_query"]) == (None, "a:b")
    assert len(house.store.corrections_of(house.slos.objective(slo))) == 1
    other = house.make(tags=["c:d"])
    assert house.store.corrections_of(house.slos.objective(other)) == []
    assert correction_routes.delete(house.store, call(made)).status == 204
    text = f"slo correction public id {made} not found"
    for work in (correction_routes.get, correction_routes.delete):
        assert refused(work, house.store, call(made)) == (404, text)


def test_a_correction_is_of_an_slo_that_is_there(house: House) -> None:
    assert refused(lambda: correct(house, slo_id="x")) == (404, "SLO not found: x not found")
    assert refused(correction_routes.of_slo, house.store, call("x")) == (404, "SLO not found: x not found")
    correct(house, slo_query="x")
