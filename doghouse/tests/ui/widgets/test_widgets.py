"""A dashboard's document as its page reads it: requests of both forms, places, what an unknown widget does."""

import pytest

from doghouse import dashboards
from doghouse.dashboards import widget_requests
from doghouse.dashboards.widget_requests import Line
from doghouse.queries import MetricQuery, QuerySyntaxError
from doghouse.queries.language.substitution import Chosen
from doghouse.ui.widgets import board_layout, looks


def test_the_old_form_is_one_line_with_its_alias() -> None:
    asked = {
        "requests": [
            {"q": "avg:m{*}", "display_type": "bars", "metadata": [{"expression": "avg:m{*}", "alias_name": "mine"}]}
        ]
    }
    [request] = widget_requests.requests(asked)
    assert request.lines == (Line("avg:m{*}", alias="mine"),)
    assert request.display == "bars"


def test_the_new_form_is_a_line_a_formula() -> None:
    asked = {
        "requests": [
            {
                "queries": [
                    {"name": "a", "data_source": "metrics", "query": "sum:x{*}", "aggregator": "sum"},
                    {"name": "b", "data_source": "metrics", "query": "sum:y{*}"},
                ],
                "formulas": [
                    {"formula": "a / b", "alias": "share"},
                    {"formula": "a", "limit": {"count": 3, "order": "asc"}},
                ],
            }
        ]
    }
    [request] = widget_requests.requests(asked)
    first, second = request.lines
    assert (first.text, first.alias, dict(first.aggregators)) == ("a / b", "share", {"a": "sum"})
    assert second.limit == (3, "asc")
    assert second.title == "sum:x{*}"


def test_queries_without_formulas_are_a_line_each() -> None:
    asked = {"requests": [{"queries": [{"name": "a", "data_source": "metrics", "query": "sum:x{*}"}]}]}
    assert [line.text for line in widget_requests.requests(asked)[0].lines] == ["a"]


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        ({"queries": [{"name": "a", "data_source": "rum", "query": "*"}]}, "queries of rum"),
        ({"log_query": {"index": "main"}}, "log_query"),
        ({"apm_query": {"index": "main"}}, "apm_query"),
    ],
)
def test_what_is_not_metrics_is_named(request_: dict[str, object], what: str) -> None:
    [request] = widget_requests.requests({"requests": [request_]})
    assert request.lines[0].unevaluated == what


def test_a_widget_of_any_type_has_a_place_on_the_page() -> None:
    board = dashboards.parse(
        {
            "id": "a",
            "title": "t",
            "layout_type": "ordered",
            "widgets": [{"id": 7, "definition": {"type": "from_the_future"}}],
        }
    )
    [widget] = board.widgets
    assert (widget.drawing.name, widget.type, widget.plotted) == ("other", "from_the_future", False)


def test_widgets_in_groups_are_found_by_their_ids() -> None:
    inner = {"id": 8, "definition": {"type": "note"}}
    board = dashboards.parse(
        {"id": "a", "title": "t", "widgets": [{"id": 7, "definition": {"type": "group", "widgets": [inner]}}]}
    )
    found = board.widget("8")
    assert found
    assert found.type == "note"


def test_a_widget_is_put_into_its_cells() -> None:
    placed = {"id": 7, "layout": {"x": 8, "y": 2, "width": 6, "height": 3}, "definition": {"type": "note"}}
    board = dashboards.parse({"id": "a", "title": "t", "layout_type": "ordered", "widgets": [placed]})
    assert board_layout.kind(board) == "placed"
    assert "#w-7 { grid-area: 3 / 7 / span 3 / span 6; }" in board_layout.css(board)


def test_an_id_cannot_leave_its_selector() -> None:
    placed = {
        "id": "7} body{display:none",
        "layout": {"x": 0, "y": 0, "width": 1, "height": 1},
        "definition": {"type": "note"},
    }
    css = board_layout.css(dashboards.parse({"id": "a", "title": "t", "layout_type": "ordered", "widgets": [placed]}))
    assert r"#w-7\}\ body\{display\:none {" in css


def test_a_query_of_logs_takes_template_variables_into_its_search() -> None:
    body = {
        "name": "a",
        "data_source": "logs",
        "search": {"query": "$env $team status:$level.value"},
        "compute": {"aggregation": "count"},
    }
    [line] = widget_requests.requests({"requests": [{"queries": [body]}]})[0].lines
    chosen = {"env": Chosen("env", ("prod",)), "team": Chosen("team", ("a", "b")), "level": Chosen("status", ("*",))}
    [expression] = line.expressions(chosen)
    assert isinstance(expression, MetricQuery)
    assert expression.metric == 'logs("env:prod team:(a OR b) status:*").rollup("count")'
    assert line.title == 'logs("$env $team status:$level.value").rollup("count")'


def test_what_is_wrong_with_a_query_of_logs_is_said_and_no_traceback() -> None:
    for wrong in ({"compute": 3}, {"compute": {"aggregation": "typical"}}, {"group_by": [{"facet": "a", "limit": 0}]}):
        [line] = widget_requests.requests({"requests": [{"queries": [{"name": "a", "data_source": "logs", **wrong}]}]})[
            0
        ].lines
        with pytest.raises(QuerySyntaxError):
            line.expressions({})


@pytest.mark.parametrize(
    ("definition", "rule"),
    [
        (
            {"type": "note", "content": "a", "font_size": "24", "text_align": "center"},
            "#w-1 > .prose { font-size: 24px; line-height: 1.35; text-align: center }",
        ),
        (
            {"type": "note", "content": "a", "has_padding": False, "vertical_align": "bottom"},
            "#w-1 > .prose { margin-top: auto; padding: 0 }",
        ),
        (
            {"type": "free_text", "text": "a", "color": "#2B13E6"},
            "#w-1 > .prose { color: light-dark(#2B13E6, color-mix(in srgb, #2B13E6 45%, white)) }",
        ),
        (
            {"type": "group", "layout_type": "ordered", "widgets": [], "title_align": "right"},
            "#w-1 > header { justify-content: right }",
        ),
        ({"type": "note", "content": "a", "font_size": "1px} * {color: red", "text_align": "x"}, ""),
        ({"type": "free_text", "text": "a", "color": "url(//example.com)", "font_size": "auto"}, ""),
    ],
)
def test_a_note_a_text_and_a_group_look_as_their_author_wants(definition: dict[str, object], rule: str) -> None:
    board = dashboards.parse({"id": "a", "layout_type": "ordered", "widgets": [{"id": 1, "definition": definition}]})
    assert looks.css(board) == rule
