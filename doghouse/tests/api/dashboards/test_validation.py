from typing import Any

import pytest

from ..conftest import Api
from .test_dashboards import NOTE, board

ASKING = [{"q": "avg:m{*}"}]


def graph(**changes: Any) -> dict[str, Any]:
    return {"definition": {"type": "timeseries", "requests": ASKING, **changes}}


def variables(**changes: Any) -> list[dict[str, Any]]:
    return [{"name": "dc", **changes}]


def presets(**value: Any) -> dict[str, Any]:
    return board(template_variable_presets=[{"name": "p", "template_variables": [{"name": "dc", **value}]}])


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (board(tags=["tm:foobar"]), "Invalid tag format. Valid tag keys are: team."),
        (board(template_variables=variables(default="*", defaults=["*"])), "'template_variables' is invalid"),
        (board(template_variables=variables(defaults=[""])), "Minimum length of parameter 'defaults' should be 1"),
        (presets(values=[]), "Minimum number of elements in parameter 'values' should be 1"),
        (
            presets(value="*", values=["*"]),
            "'template_variables' value '{'name': 'dc', 'value': '*', 'values': ['*']}' is invalid",
        ),
    ],
)
def test_what_datadog_was_seen_to_refuse_is_refused_in_its_words(api: Api, body: dict[str, Any], text: str) -> None:
    assert api.refused("POST", "/api/v1/dashboard", body) == (400, text)


@pytest.mark.parametrize(
    ("widget", "text"),
    [
        ({"definition": {"type": "nonsense"}}, "Invalid widget at position 1. Error: 'nonsense' is not one of"),
        ({"layout": {}}, "Invalid widget at position 1. Error: 'definition' is a required property"),
        (graph(requests=[]), "Invalid widget definition at position 1 of type timeseries. Error: [] is too short"),
        (
            graph(requests="x"),
            "Invalid widget definition at position 1 of type timeseries. Error: 'x' is not of type 'array'",
        ),
        (
            {"definition": {"type": "timeseries"}},
            "Invalid widget definition at position 1 of type timeseries. Error: 'requests' is a required property",
        ),
        (
            graph(requests=[{"style": {"palette": "dog_classic"}}]),
            "Invalid widget definition at position 1 of type timeseries. "
            "Error: [{'style': {'palette': 'dog_classic'}}] is not valid under any of the given schemas",
        ),
        (
            graph(requests=[{"q": "avg:m{*}", "display_type": "dots"}]),
            "Invalid widget definition at position 1 of type timeseries. Error: display_type: 'dots' is not one of",
        ),
        (
            graph(requests=[{"q": "avg:m{*}", "style": {"line_width": "fat"}}]),
            "Invalid widget definition at position 1 of type timeseries. Error: line_width: 'fat' is not one of",
        ),
        (
            {"definition": {"type": "change", "requests": [{"q": "avg:m{*}", "compare_to": "year_before"}]}},
            "Invalid widget definition at position 1 of type change. Error: compare_to: 'year_before' is not one of",
        ),
        (
            {"definition": {"type": "query_value", "requests": [{"q": "avg:m{*}", "aggregator": "mean"}]}},
            "Invalid widget definition at position 1 of type query_value. Error: aggregator: 'mean' is not one of",
        ),
        (
            {"definition": {"type": "note", "content": "a", "text_align": "middle"}},
            "Invalid widget definition at position 1 of type note. Error: text_align: 'middle' is not one of",
        ),
        (
            graph(time={"live_span": "3d"}),
            "Invalid widget definition at position 1 of type timeseries. Error: live_span: '3d' is not one of",
        ),
        (
            {
                "definition": {
                    "type": "group",
                    "layout_type": "ordered",
                    "widgets": [NOTE, {"definition": {"type": "note"}}],
                }
            },
            "Invalid widget definition at position 1 of type group. "
            "Error: Invalid inner widget definition at position 1 of type note. Error: 'content' is a required property",
        ),
    ],
)
def test_a_wrong_widget_is_named_by_its_place_and_what_it_lacks(api: Api, widget: dict[str, Any], text: str) -> None:
    status, error = api.refused("POST", "/api/v1/dashboard", board(widgets=[NOTE, widget]))
    assert status == 400
    assert error.startswith(text)


def test_the_widgets_of_a_free_dashboard_need_a_layout(api: Api) -> None:
    text = "Invalid widget at position 0. Error: 'layout' is a required property"
    assert api.refused("POST", "/api/v1/dashboard", board(layout_type="free")) == (400, text)
    placed = {**NOTE, "layout": {"x": 0, "y": 0, "width": 4, "height": 2}}
    assert api.ok("POST", "/api/v1/dashboard", board(layout_type="free", widgets=[placed]))


@pytest.mark.parametrize("key", ["title", "widgets", "layout_type"])
def test_a_missing_key_is_named(api: Api, key: str) -> None:
    status, error = api.refused("POST", "/api/v1/dashboard", {k: v for k, v in board().items() if k != key})
    assert (status, f"'{key}'" in error) == (400, True)


@pytest.mark.parametrize(
    "body",
    [
        [],
        "x",
        board(widgets={}),
        board(layout_type="round"),
        board(tags="team:a"),
        board(reflow_type="x"),
        board(title=7),
    ],
)
def test_nonsense_is_refused_with_a_sentence_and_nothing_is_stored(api: Api, body: Any) -> None:
    assert api.refused("POST", "/api/v1/dashboard", body)[0] == 400
    assert api.ok("GET", "/api/v1/dashboard") == {"dashboards": []}


def test_a_replacement_is_checked_like_a_new_one(api: Api) -> None:
    made = api.ok("POST", "/api/v1/dashboard", board())
    assert (
        api("PUT", f"/api/v1/dashboard/{made['id']}", board(widgets=[{"definition": {"type": "x"}}])).status_code == 400
    )
    assert api.ok("GET", f"/api/v1/dashboard/{made['id']}") == made


@pytest.mark.parametrize("span", ["5m", "1m", "1mo", "alert"])
def test_every_live_span_of_the_schema_is_taken(api: Api, span: str) -> None:
    assert api.ok("POST", "/api/v1/dashboard", board(widgets=[graph(time={"live_span": span})]))


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ({"y": 0, "width": 2, "height": 2}, "'x' is a required property"),
        ({"x": 0, "y": 0, "width": 47, "height": 2}, "47 is greater than the maximum of 12"),
        ({"x": -1, "y": 0, "width": 2, "height": 2}, "-1 is less than the minimum of 0"),
    ],
)
def test_a_widget_off_the_grid_of_a_board_that_does_not_reflow_is_refused(
    api: Api, layout: dict[str, int], text: str
) -> None:
    body = board(reflow_type="fixed", widgets=[{**NOTE, "layout": layout}])
    words = f"Invalid widget at position 0 of type note. Error: MSL widget out of grid. {text}"
    assert api.refused("POST", "/api/v1/dashboard", body) == (400, words)


def test_a_widget_of_a_free_board_may_stand_outside_its_edge(api: Api) -> None:
    body = board(layout_type="free", widgets=[{**NOTE, "layout": {"x": -1, "y": -2, "width": 4, "height": 2}}])
    assert api.ok("POST", "/api/v1/dashboard", body)["widgets"][0]["layout"]["x"] == -1


def test_a_widget_of_a_ui_extension_is_taken(api: Api) -> None:
    custom = {"type": "custom", "app_id": "8d6a4ba2-4087-11ec-80d4-da7ad0900005", "custom_widget_key": "search"}
    made = api.ok("POST", "/api/v1/dashboard", board(widgets=[{"definition": custom}]))
    assert made["widgets"][0]["definition"] == custom


@pytest.mark.parametrize("unit", ["daily", "weekly", "monthly"])
def test_a_widgets_time_may_be_of_the_calendar(api: Api, unit: str) -> None:
    made = api.ok("POST", "/api/v1/dashboard", board(widgets=[graph(time={"type": unit, "offset": 1})]))
    assert made["widgets"][0]["definition"]["time"] == {"type": unit, "offset": 1}
    for time in ({"type": "hourly", "offset": 1}, {"type": unit, "offset": "x"}, {"type": unit, "offset": -1}):
        assert api("POST", "/api/v1/dashboard", board(widgets=[graph(time=time)])).status_code == 400


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_widgets_are_checked_before_there_is_a_board(api: Api, version: str) -> None:
    formula = {"name": "a", "data_source": "metrics", "query": "avg:m{*"}
    widgets = [
        graph(),
        graph(requests=[{"q": "avg:m{*} by {host"}]),
        graph(requests=[{"q": "avg:m{$host}"}, {"queries": [formula], "formulas": [{"formula": "a"}]}]),
        graph(requests=[]),
        {"definition": {"type": "group", "layout_type": "ordered", "widgets": [NOTE]}},
    ]
    sent = {"widgets": widgets, "layout_type": "ordered"}

    results = api.ok("POST", f"/api/{version}/dashboard/widgets/validate", sent)["results"]

    assert [(one["is_valid"], one["widget_type"], one["error_path"]) for one in results] == [
        (True, "timeseries", None),
        (False, "timeseries", "['requests', 0, 'q']"),
        (False, "timeseries", "['requests', 1, 'queries', 0, 'query']"),
        (False, "timeseries", None),
        (True, "group", None),
    ]
    assert [bool(one["error_message"]) for one in results] == [False, True, True, True, False]
    assert results[3]["error_message"] == "[] is too short"
    assert api.ok("GET", "/api/v1/dashboard")["dashboards"] == []


def test_widgets_are_checked_for_the_board_that_they_are_meant_for(api: Api) -> None:
    path, placed = (
        "/api/v1/dashboard/widgets/validate",
        graph() | {"layout": {"x": 47, "y": 0, "width": 4, "height": 2}},
    )

    def valid(**board: str) -> bool:
        (result,) = api.ok("POST", path, {"widgets": [placed], **board})["results"]
        return bool(result["is_valid"])

    assert valid(layout_type="free")
    assert valid(layout_type="ordered")
    assert not valid(layout_type="ordered", reflow_type="fixed")
    assert api.refused("POST", path, {"widgets": [placed], "layout_type": "square"})[0] == 400
    assert api.refused("POST", path, {"widgets": [placed]})[0] == 400
