import json
from typing import Any

import pytest

from ..conftest import NOW, Api

PNG = b"\x89PNG\r\n\x1a\n"
RANGE = {"start": int(NOW) - 300, "end": int(NOW)}


def snapshot(api: Api, **params: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.ok("GET", "/api/v1/graph/snapshot", params={**RANGE, **params})
    return made


def picture(api: Api, url: str) -> bytes:
    answer = api.client.get(url, headers={"dd-api-key": "", "dd-application-key": ""})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    return answer.content


@pytest.fixture(autouse=True)
def _points(api: Api) -> None:
    series = {"metric": "m", "type": "gauge", "points": [[int(NOW) - 60 * n, n] for n in range(5)], "host": "a"}
    api.ok("POST", "/api/v1/series", {"series": [series]})


def test_a_snapshot_of_a_query_is_a_picture_that_needs_no_keys(api: Api) -> None:
    made = snapshot(api, metric_query="avg:m{*}", title="load")
    assert made["metric_query"] == "avg:m{*}"
    assert json.loads(made["graph_def"]) == {"requests": [{"q": "avg:m{*}"}]}
    assert picture(api, made["snapshot_url"]).startswith(PNG)


def test_a_graph_definition_that_cannot_be_read_is_refused_beside_a_query_too(api: Api) -> None:
    params = {**RANGE, "metric_query": "avg:m{*}", "graph_def": "{"}
    assert api("GET", "/api/v1/graph/snapshot", params=params).status_code == 400


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("title", ["漢字" * 2000, "a" * 9000])
def test_a_title_of_any_length_and_script_is_drawn_without_a_warning(api: Api, title: str) -> None:
    graph = json.dumps({"title": title, "requests": [{"q": "avg:m{*}"}]})
    assert picture(api, snapshot(api, graph_def=graph, width=60, height=60)["snapshot_url"]).startswith(PNG)


def test_the_picture_shows_what_was_asked(api: Api) -> None:
    plain, other = (
        picture(api, snapshot(api, metric_query=query)["snapshot_url"]) for query in ("avg:m{*}", "avg:none{*}")
    )
    assert plain != other


def test_a_snapshot_of_a_graph_definition_has_its_markers(api: Api) -> None:
    requests = [{"q": "avg:m{*}", "type": "bars"}]
    bare = {"requests": requests}
    marked = {**bare, "markers": [{"value": "y = 3", "type": "error dashed"}]}
    pictures = [picture(api, snapshot(api, graph_def=json.dumps(one))["snapshot_url"]) for one in (bare, marked)]
    assert "metric_query" not in snapshot(api, graph_def=json.dumps(bare))
    assert pictures[0] != pictures[1]


def test_a_graph_definition_may_have_formulas(api: Api) -> None:
    queries = [{"data_source": "metrics", "name": "a", "query": "avg:m{*}"}]
    graph = {"requests": [{"queries": queries, "formulas": [{"formula": "a * 2"}]}]}
    assert picture(api, snapshot(api, graph_def=json.dumps(graph))["snapshot_url"]).startswith(PNG)


def test_a_picture_has_the_size_that_was_asked_for(api: Api) -> None:
    data = picture(api, snapshot(api, metric_query="avg:m{*}", width=800, height=300)["snapshot_url"])
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (800, 300)


def test_whether_a_picture_is_there_can_be_asked(api: Api) -> None:
    url = snapshot(api, metric_query="avg:m{*}")["snapshot_url"]
    name = url.partition("/snapshot/view/")[2].removesuffix(".png")
    assert api.ok("GET", f"/api/v1/graph/snapshot_status/{name}") == {"status_code": 200}
    absent = name[:-1] + ("0" if name[-1] != "0" else "1")
    assert api.ok("GET", f"/api/v1/graph/snapshot_status/{absent}") == {"status_code": 404}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"metric_query": "avg:m{"},
        {"graph_def": "{"},
        {"graph_def": "{}"},
        {"metric_query": "avg:m{*}", "start": NOW + 1},
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_sentence(api: Api, params: dict[str, Any]) -> None:
    status, error = api.refused("GET", "/api/v1/graph/snapshot", params={**RANGE, **params})
    assert (status, "\n" in error.strip()[:20]) == (400, False)


def test_a_function_that_is_not_evaluated_is_named(api: Api) -> None:
    status, error = api.refused(
        "GET", "/api/v1/graph/snapshot", params={**RANGE, "metric_query": "forecast(avg:m{*}, 'linear', 2)"}
    )
    assert (status, "forecast" in error) == (501, True)
