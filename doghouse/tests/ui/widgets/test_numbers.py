"""The numbers behind widgets: graphs and their increments, values, reasons for emptiness, anomalies' bands."""

import numpy as np
import pytest
from starlette.datastructures import QueryParams

from doghouse import dashboards
from doghouse.dashboards import template_variables, widget_requests
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.queries.units import as_described
from doghouse.storage.sqlite import Database
from doghouse.ui.frame import Frame
from doghouse.ui.simulated import SimulatedStore
from doghouse.ui.widgets import formats, graphs, lines, scalars, why_empty
from doghouse.ui.widgets.graphs import WidgetView

T0 = 1_772_445_600
FRAME = Frame(T0, T0 + 300, True)


def source(**hosts: list[tuple[int, float]]) -> MemorySource:
    """The metric m on these hosts; times are seconds after T0."""
    series = [Series(place, "m", "gauge", 0, host, ("env:prod",)) for place, host in enumerate(hosts)]
    rows = [(place, T0 + at, value) for place, points in enumerate(hosts.values()) for at, value in points]
    ids, times, values = zip(*rows, strict=True) if rows else ((), (), ())
    return MemorySource(
        series, Columns(np.array(ids, np.int64), np.array(times, np.int64), np.array(values, np.float64))
    )


def widget(definition: dict[str, object]) -> dashboards.Widget:
    return dashboards.parse({"id": "a", "title": "t", "widgets": [{"id": 1, "definition": definition}]}).widgets[0]


def timeseries(query: str, display: str = "line") -> dashboards.Widget:
    return widget({"type": "timeseries", "requests": [{"q": query, "display_type": display}]})


@pytest.fixture
def marks(tmp_path_factory: pytest.TempPathFactory) -> SimulatedStore:
    return SimulatedStore(Database(tmp_path_factory.mktemp("marks") / "x.sqlite"))


STEADY = {"a": [(15 * place, 10.0 + place) for place in range(20)], "b": [(15 * place, 50.0) for place in range(20)]}


def test_each_group_is_a_series_with_its_host(marks: SimulatedStore) -> None:
    drawn = graphs.graph(timeseries("avg:m{*} by {host}"), source(**STEADY), marks, WidgetView(FRAME, {}))
    assert [(one["label"], one["host"]) for one in drawn["series"]] == [("host:a", "a"), ("host:b", "b")]
    assert drawn["interval"] == 2
    assert drawn["problems"] == []


def test_an_increment_holds_the_newest_buckets_and_joins_to_the_whole(marks: SimulatedStore) -> None:
    points = source(**STEADY)
    whole = graphs.graph(timeseries("avg:m{*} by {host}"), points, marks, WidgetView(FRAME, {}))
    fresh = graphs.graph(timeseries("avg:m{*} by {host}"), points, marks, WidgetView(FRAME, {}, T0 + 280))
    cut = fresh["cut"]
    assert cut == T0 + 160
    for one, new in zip(whole["series"], fresh["series"], strict=True):
        kept = [at for at in one["ts"] if at < cut]
        assert kept + new["ts"] == one["ts"]
        assert one["values"][len(kept) :] == new["values"]
        assert new["length"] == len(one["ts"])


def test_bars_have_wider_buckets_than_lines(marks: SimulatedStore) -> None:
    drawn = graphs.graph(timeseries("sum:m{*}", "bars"), source(**STEADY), marks, WidgetView(FRAME, {}))
    assert drawn["interval"] == 5


def test_bars_of_six_calendar_months_have_a_bucket_a_day(marks: SimulatedStore) -> None:
    """Six months are up to 184 days (1 March to 1 September): the last row of the documentation's table holds for all of them."""
    frame = Frame(T0 + 300 - 184 * 86400, T0 + 300, True)
    drawn = graphs.graph(timeseries("sum:m{*}", "bars"), source(**STEADY), marks, WidgetView(frame, {}))
    assert drawn["interval"] == 86400


def test_a_formula_is_evaluated_over_its_queries(marks: SimulatedStore) -> None:
    asked = {
        "type": "timeseries",
        "requests": [
            {
                "queries": [{"name": "q", "data_source": "metrics", "query": "avg:m{host:b}"}],
                "formulas": [{"formula": "q * 2"}],
            }
        ],
    }
    drawn = graphs.graph(widget(asked), source(**STEADY), marks, WidgetView(FRAME, {}))
    assert set(drawn["series"][0]["values"]) == {100.0}


def test_a_formula_with_an_unknown_name_says_which(marks: SimulatedStore) -> None:
    asked = {
        "type": "timeseries",
        "requests": [
            {
                "queries": [{"name": "q", "data_source": "metrics", "query": "avg:m{*}"}],
                "formulas": [{"formula": "q + z"}],
            }
        ],
    }
    [problem] = graphs.graph(widget(asked), source(**STEADY), marks, WidgetView(FRAME, {}))["problems"]
    assert problem == {
        "kind": "wrong",
        "text": "'z' is no query of this widget; it has q",
        "query": "q + z",
        "position": 4,
    }


def test_one_wrong_query_leaves_the_others_drawn(marks: SimulatedStore) -> None:
    both = widget(
        {
            "type": "timeseries",
            "requests": [{"q": "avg:m{*"}, {"q": "avg:m{*}"}, {"q": "outliers(avg:m{*} by {host}, 'dbscan', 2)"}],
        }
    )
    drawn = graphs.graph(both, source(**STEADY), marks, WidgetView(FRAME, {}))
    assert len(drawn["series"]) == 1
    assert [one["kind"] for one in drawn["problems"]] == ["wrong", "unevaluated"]


def test_simulated_ranges_of_the_graphs_metrics_alone_are_told(marks: SimulatedStore) -> None:
    marks.add("m", T0 - 100, T0 + 60)
    marks.add("other", T0, T0 + 60)
    marks.add("m", T0 - 900, T0 - 600)
    drawn = graphs.graph(timeseries("avg:m{*}"), source(**STEADY), marks, WidgetView(FRAME, {}))
    assert drawn["simulated"] == [(T0 - 100, T0 + 60)]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("avg:nope{*}", "no metric `nope` was ever received"),
        ("avg:m{host:z}", "no series of `m` with host:z"),
        ("avg:m{host:a}", "no points of `m` with host:a in the past 5 minutes; last seen 15 min ago"),
    ],
)
def test_an_empty_graph_says_why(query: str, why: str, marks: SimulatedStore) -> None:
    late = Frame(T0 + 900, T0 + 1200, True)
    drawn = graphs.graph(timeseries(query), source(a=[(240, 1.0)]), marks, WidgetView(late, {}))
    assert [one["text"] for one in drawn["problems"]] == [why]


def test_a_template_variable_is_named_as_it_was_chosen_in_the_reason() -> None:
    chosen = lines.chosen(
        template_variables.selections([{"name": "host", "prefix": "host"}], QueryParams("tpl_var_host=z").multi_items())
    )
    expression = widget_requests.requests({"requests": [{"q": "avg:m{$host}"}]})[0].lines[0].expressions(chosen)[0]
    assert why_empty.why_empty(expression, source(a=[(0, 1.0)]), FRAME) == "no series of `m` with host:z"


@pytest.mark.parametrize(
    ("how", "value"), [("last", 29.0), ("avg", 19.5), ("max", 29.0), ("min", 10.0), ("sum", 390.0)]
)
def test_a_query_value_reduces_as_it_is_asked(how: str, value: float) -> None:
    asked = widget({"type": "query_value", "requests": [{"q": "avg:m{host:a}", "aggregator": how}]})
    [row] = scalars.scalars(asked, source(**STEADY), WidgetView(FRAME, {}))["rows"]
    assert row["value"] == value


def test_a_formula_of_scalars_reduces_first_and_computes_then() -> None:
    """sum(a) / sum(b), not the mean of a / b."""
    asked = widget(
        {
            "type": "query_value",
            "requests": [
                {
                    "queries": [
                        {"name": "a", "data_source": "metrics", "query": "avg:m{host:a}", "aggregator": "sum"},
                        {"name": "b", "data_source": "metrics", "query": "avg:m{host:b}", "aggregator": "sum"},
                    ],
                    "formulas": [{"formula": "a / b"}],
                }
            ],
        }
    )
    [row] = scalars.scalars(asked, source(**STEADY), WidgetView(FRAME, {}))["rows"]
    assert row["value"] == 390 / 1000


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("top(avg:m{*} by {host}, 5, 'mean', 'desc')", ["host:b", "host:a"]),
        ("bottom5_mean(avg:m{*} by {host})", ["host:a", "host:b"]),
    ],
)
def test_a_toplist_keeps_the_order_of_its_ranking(query: str, order: list[str]) -> None:
    asked = widget({"type": "toplist", "requests": [{"q": query}]})
    assert [row["label"] for row in scalars.scalars(asked, source(**STEADY), WidgetView(FRAME, {}))["rows"]] == order


@pytest.mark.parametrize(("value", "tone"), [(91.0, "bad"), (60.0, "warn"), (10.0, None)])
def test_the_first_conditional_format_that_holds_gives_the_tone(value: float, tone: str | None) -> None:
    given = [
        {"comparator": ">", "value": 90, "palette": "white_on_red"},
        {"comparator": ">=", "value": 60, "palette": "black_on_light_yellow"},
    ]
    assert formats.paint(value, given).get("tone") == tone


@pytest.mark.parametrize(
    ("given", "paint"),
    [
        ({"palette": "custom_bg", "custom_bg_color": "#278bce"}, {"background": "#278bce"}),
        ({"palette": "custom_text", "custom_fg_color": "#a0f"}, {"color": "#a0f"}),
        ({"palette": "custom_bg", "custom_bg_color": "url(//example.com)"}, {}),
        ({"palette": "white_on_red", "hide_value": True}, {"tone": "bad", "hidden": True}),
    ],
)
def test_an_author_paints_values_in_own_colours(given: dict[str, object], paint: dict[str, object]) -> None:
    assert formats.paint(1.0, [{"comparator": ">", "value": 0} | given]) == paint


def named(text: str, how: str = "avg") -> list[dict[str, object]]:
    return [{"name": "a", "data_source": "metrics", "query": text, "aggregator": how}]


def test_a_formulas_own_formats_paint_its_column_alone() -> None:
    red = [{"comparator": ">", "value": 0, "palette": "white_on_red"}]
    formulas = [{"formula": "a"}, {"formula": "a * 2", "conditional_formats": red, "cell_display_mode": "bar"}]
    asked = widget({"type": "query_table", "requests": [{"queries": named("avg:m{host:a}"), "formulas": formulas}]})
    table = scalars.scalars(asked, source(**STEADY), WidgetView(FRAME, {}))
    assert table["rows"][0]["paints"] == [{}, {"tone": "bad"}]
    assert table["cells"] == ["number", "bar"]


def test_the_requests_of_a_table_are_columns_of_one_row_for_each_group() -> None:
    requests = [{"q": f"{how}:m{{*}} by {{host}}", "aggregator": how, "alias": how} for how in ("min", "max")]
    asked = widget({"type": "query_table", "requests": [*requests, {"q": "max:m{host:b} by {host}", "alias": "b"}]})
    table = scalars.scalars(asked, source(**STEADY), WidgetView(FRAME, {}))
    assert table["heads"] == ["min", "max", "b"]
    assert {row["label"]: row["values"] for row in table["rows"]} == {
        "host:a": [10.0, 29.0, None],
        "host:b": [50.0, 50.0, 50.0],
    }


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ({"type": "formula", "index": 1, "order": "asc"}, ["host:b", "host:a"]),
        ({"type": "group", "name": "host", "order": "asc"}, ["host:a", "host:b"]),
        ({"type": "group", "name": "host", "order": "desc"}, ["host:b", "host:a"]),
    ],
)
def test_a_request_says_what_its_rows_are_sorted_by(by: dict[str, object], order: list[str]) -> None:
    request = {
        "queries": named("avg:m{*} by {host}"),
        "formulas": [{"formula": "a"}, {"formula": "a * -1"}],
        "sort": {"count": 10, "order_by": [by]},
    }
    asked = widget({"type": "toplist", "requests": [request]})
    assert [row["label"] for row in scalars.scalars(asked, source(**STEADY), WidgetView(FRAME, {}))["rows"]] == order


def test_the_course_of_a_value_stands_behind_it_where_the_author_asks_for_it() -> None:
    asked = {"type": "query_value", "requests": [{"q": "avg:m{host:a}"}], "timeseries_background": {"type": "bars"}}
    behind = scalars.scalars(widget(asked), source(**STEADY), WidgetView(FRAME, {}))["behind"]
    assert behind["type"] == "bars"
    assert max(value for value in behind["values"] if value is not None) == 29.0


def test_a_bound_stands_beside_each_value_of_an_anomaly(marks: SimulatedStore) -> None:
    wave = {"a": [(15 * place, 10.0 + place % 3) for place in range(-400, 20)]}
    [series] = graphs.graph(
        timeseries("anomalies(avg:m{*}, 'basic', 2)"), source(**wave), marks, WidgetView(FRAME, {})
    )["series"]
    assert len(series["lower"]) == len(series["upper"]) == len(series["values"])


def test_defaults_of_a_variable_are_chosen_until_the_url_says_otherwise() -> None:
    given = [
        {"name": "env", "prefix": "env", "defaults": ["prod", "dev"]},
        {"name": "old", "default": "x"},
        {"name": "any"},
    ]
    assert [one.values for one in template_variables.selections(given, QueryParams("").multi_items())] == [
        ("prod", "dev"),
        ("x",),
        ("*",),
    ]
    asked = template_variables.selections(
        given, QueryParams("tpl_var_env=a,b&tpl_var_env=c&tpl_var_old=*").multi_items()
    )
    assert [one.values for one in asked] == [("a", "b", "c"), ("*",), ("*",)]


def test_a_variable_offers_the_tags_in_sight_or_its_own_list() -> None:
    free, fixed = template_variables.selections(
        [{"name": "host"}, {"name": "env", "available_values": ["z", "a"]}], QueryParams("").multi_items()
    )
    tags = ["host:b", "host:a", "env:prod", "hosts:c"]
    assert template_variables.choices(free, tags) == ["a", "b"]
    assert template_variables.choices(fixed, tags) == ["a", "z"]


def test_a_bucket_longer_than_the_range_is_said(marks: SimulatedStore) -> None:
    drawn = graphs.graph(
        timeseries("sum:m{*}.rollup(sum, 3600)"), source(**STEADY), marks, WidgetView(Frame(T0 + 5, T0 + 305, True), {})
    )
    assert [one["text"] for one in drawn["problems"]] == ["no 1 h bucket of `m` begins in the past 5 minutes"]


@pytest.mark.parametrize(
    ("query", "title"), [("", "m on *"), ("tpl_var_host=a", "m on host:a"), ("tpl_var_host=a,b", "m on host:a, host:b")]
)
def test_a_title_names_what_its_variables_are(query: str, title: str) -> None:
    selected = template_variables.selections([{"name": "host", "prefix": "host"}], QueryParams(query).multi_items())
    assert template_variables.titled("m on $host", selected) == title


def test_a_title_can_name_the_value_alone() -> None:
    selected = template_variables.selections(
        [{"name": "host"}, {"name": "host2"}], QueryParams("tpl_var_host=a&tpl_var_host2=b").multi_items()
    )
    assert template_variables.titled("$host.value and $host2.value", selected) == "a and b"


@pytest.mark.parametrize(
    "query", ["tpl_var_host=a,b", "tpl_var_host=a&tpl_var_host=b", "tpl_var_host[0]=a&tpl_var_host%5B1%5D=b"]
)
def test_a_variables_values_stand_together_or_numbered(query: str) -> None:
    (host, host2) = template_variables.selections(
        [{"name": "host"}, {"name": "host2"}], QueryParams(query).multi_items()
    )
    assert (host.values, host2.values) == (("a", "b"), ("*",))


def test_a_graph_and_a_value_say_what_they_are_counted_in(marks: SimulatedStore) -> None:
    asked = WidgetView(FRAME, {}, units=as_described({"m": {"unit": "byte", "per_unit": "second"}}.get))
    drawn = graphs.graph(timeseries("avg:m{host:a}, log2(avg:m{host:a})"), source(**STEADY), marks, asked)
    assert [one["unit"] and [part["name"] for part in one["unit"]] for one in drawn["series"]] == [
        ["byte", "second"],
        None,
    ]
    value = widget({"type": "query_value", "requests": [{"q": "avg:m{host:a}"}]})
    [row] = scalars.scalars(value, source(**STEADY), asked)["rows"]
    assert [unit[0]["name"] for unit in row["units"]] == ["byte"]


def test_of_too_many_series_the_largest_are_drawn_and_the_others_counted(marks: SimulatedStore) -> None:
    many = {f"h{number:03}": [(15 * place, float(number)) for place in range(20)] for number in range(120)}
    graph = graphs.graph(timeseries("avg:m{*} by {host}"), source(**many), marks, WidgetView(FRAME, {}))
    assert [series["host"] for series in graph["series"]] == [f"h{number:03}" for number in range(20, 120)]
    assert graph["more"] == 20


def test_groups_of_an_alias_are_told_apart_in_the_legend(marks: SimulatedStore) -> None:
    request = {"queries": named("avg:m{*} by {host}"), "formulas": [{"formula": "a", "alias": "Mine"}]}
    asked = widget({"type": "timeseries", "requests": [request]})
    graph = graphs.graph(asked, source(**STEADY), marks, WidgetView(FRAME, {}))
    assert [series["label"] for series in graph["series"]] == ["Mine, host:a", "Mine, host:b"]
