"""No query string of any GET route gets a fault: every parameter that a handler looks at, with every kind of value that it does not expect."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from served import Api, opened
from starlette.datastructures import QueryParams
from starlette.routing import Route

from doghouse.storage import config
from doghouse.time.clock import Clock

NOW = 1_772_445_600
# What a handler must be given before it looks at more. Values that it takes, by the parameter's name.
GOOD = {
    "start": str(NOW - 600),
    "end": str(NOW),
    "from": str(NOW - 600),
    "to": str(NOW),
    "from_ts": str((NOW - 600) * 1000),
    "to_ts": str(NOW * 1000),
    "metric_query": "avg:m{*} by {host}",
    "graph_def": '{"requests":[{"q":"avg:m{*}"}],"markers":[{"value":"y = 3"}]}',
    "query": "avg:m{*}",
    "q": "m",
    "text": "avg:m",
    "ids": "1",
    "monitor_ids": "1",
    "from_date": "2026-03-02",
    "filter[query]": "*",
    "filter[from]": "now-15m",
    "filter[to]": "now",
    "id": "1",
    "window": "300",
    "at": str(NOW),
    "ts": str(NOW),
}
BAD = (
    "",
    "²",
    "%C2%B2",
    "9" * 5000,
    "-" + "9" * 400,
    "nan",
    "inf",
    "-inf",
    "-1",
    "0",
    "1e400",
    "1.5",
    "0x10",
    "true",
    "null",
    "None",
    "[]",
    "{}",
    "[1,",
    "\x00",
    "a\x00b",
    "💥",
    "\ud7ff",
    "٣",
    "99999999999999999999",
    str(2**63),
    str(2**63 - 1),
    str(2**31),
    "253402300800",
    "253402300799999",
    "-62135596801",
    "32503680000",
    "now-9999999999d",
    "2026-13-45",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59.999999+14:00",
    "*" * 300,
    "(" * 300,
    '"',
    "a:b,c:d",
    "avg:m{",
    "avg:m{*}/0",
    "$\\x$",
    "../../etc/passwd",
    "a" * 10_000,
)


class Asked:
    """The parameters that handlers look at, as they look."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __enter__(self) -> Asked:
        self._patch = pytest.MonkeyPatch()
        for name in ("get", "getlist", "__getitem__", "__contains__"):
            self._patch.setattr(QueryParams, name, self._watching(getattr(QueryParams, name)), raising=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.undo()

    def _watching(self, original: Any) -> Any:
        def watching(params: QueryParams, key: str, *rest: Any) -> Any:
            self.names.add(key)
            return original(params, key, *rest)

        return watching


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = config.own(tmp_path_factory.mktemp("house"))
    with opened(folder, Clock(float(NOW))) as api:
        points = [[NOW - 60 * number, value] for number, value in enumerate((1, 2.5, 1e308, -1e308))]
        api.ok(
            "POST", "/api/v1/series", {"series": [{"metric": "m", "host": "a", "points": points, "tags": ["b:$c$"]}]}
        )
        api.ok("POST", "/api/v1/monitor", {"type": "metric alert", "query": "avg(last_5m):avg:m{*} > 90", "name": "n"})
        api.ok("POST", "/api/v1/events", {"title": "t", "text": "x @me@example.com"})
        api.ok("POST", "/api/v2/logs", [{"message": "hello", "service": "web"}])
        board = {
            "title": "t",
            "layout_type": "ordered",
            "widgets": [{"definition": {"type": "timeseries", "requests": [{"q": "avg:m{*}"}]}}],
        }
        api.ok("POST", "/api/v1/dashboard", board)
        yield api
    folder.release()


def reads(api: Api) -> list[str]:
    """The path of every GET route, with something in the place of each parameter that is there."""
    app: Any = api.client.app  # type: ignore[attr-defined]
    board = api.ok("GET", "/api/v1/dashboard")["dashboards"][0]["id"]
    paths = [route.path for route in app.routes if isinstance(route, Route) and "GET" in (route.methods or ())]
    return sorted({filled(path, board) for path in paths})


def filled(path: str, board: str) -> str:
    ids = board if "dashboard/{id}" in path and "manual" not in path else "1"
    parts = [part if not part.startswith("{") else ids for part in path.split("/")]
    return "/".join(parts)


def parameters(api: Api, path: str) -> list[str]:
    """What the handler of a path looks at, if it is given what it takes; each look may show it more."""
    given: dict[str, str] = (
        {"from": GOOD["from"], "to": GOOD["to"], "query": GOOD["query"]} if path.endswith("query") else {}
    )
    while True:
        with Asked() as asked:
            api("GET", path, params=given)
        new = asked.names - given.keys()
        if not new:
            return sorted(given)
        given |= {name: GOOD.get(name, "") for name in new}


def test_no_value_of_any_parameter_of_any_get_route_gets_a_fault(house: Api) -> None:
    looked_at = 0
    for path in reads(house):
        names = parameters(house, path)
        looked_at += len(names)
        for name, value in itertools.product(names, BAD):
            good = {other: GOOD[other] for other in names if other != name and other in GOOD}
            answer = house("GET", path, params={**good, name: value})
            assert answer.status_code < 500 or answer.status_code == 501, (
                f"{path} {name}={value[:80]!r}: {answer.text[:300]}"
            )
            if answer.status_code == 400:
                assert len(answer.text) < max(map(len, BAD)), f"{path} {name} is repeated whole: {len(answer.text)}"
    assert looked_at > 100  # the test looks at something


TEXT = st.text(max_size=30) | st.integers().map(str) | st.floats().map(str) | st.sampled_from(BAD)
GRAPHS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["y = 1e400", "y = nan", "avg:m{*}", "avg:m{*} by {b}", "y = 1e308"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "q",
                    "requests",
                    "queries",
                    "formulas",
                    "markers",
                    "value",
                    "name",
                    "query",
                    "title",
                    "label",
                    "metadata",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("start", "end", "metric_query", "event_query", "title", "width", "height", "graph_def"), TEXT
        ),
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_snapshot_is_taken_or_refused_in_words(house: Api, sent: dict[str, str]) -> None:
    address = "&".join(
        f"{key}={quote(value)}" for key, value in {**{"start": GOOD["start"], "end": GOOD["end"]}, **sent}.items()
    )
    answer = house("GET", f"/api/v1/graph/snapshot?{address}")
    assert answer.status_code in (200, 400, 501), answer.text[:300]


@given(
    st.fixed_dictionaries(
        {"requests": st.lists(GRAPHS, min_size=1, max_size=2) | GRAPHS}, optional={"markers": GRAPHS, "title": GRAPHS}
    )
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_graph_definition_is_drawn_or_refused_in_words(house: Api, graph: dict[str, Any]) -> None:
    import json

    params = {"start": GOOD["start"], "end": GOOD["end"], "graph_def": json.dumps(graph)}
    answer = house("GET", "/api/v1/graph/snapshot", params=params)
    assert answer.status_code in (200, 400, 501), (graph, answer.text[:300])
