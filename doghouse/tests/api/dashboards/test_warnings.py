import json
from typing import Any

import pytest

from ..conftest import Api
from .test_dashboards import board


def asking(query: str, **changes: Any) -> dict[str, Any]:
    widget = {"definition": {"type": "timeseries", "title": "g", "requests": [{"q": query}]}}
    return board(widgets=[widget], **changes)


def said(api: Api, body: dict[str, Any]) -> list[str]:
    answer = api("POST", "/api/v1/dashboard", body)
    assert answer.status_code == 200, answer.text
    sentences: list[str] = json.loads(answer.headers.get("x-doghouse-warnings", "[]"))
    return sentences


def test_a_board_as_people_post_it_is_accepted_and_its_mistakes_are_said(api: Api) -> None:
    body = asking(
        "avg:my_metric{$web.vagrant}",
        template_variables=[{"name": "web.vagrant", "prefix": "host", "default": "*"}],
        template_variable_presets=[{"name": "saved", "template_variables": [{"name": "var", "value": "x"}]}],
    )
    sentences = said(api, body)
    assert len(sentences) == 2
    assert sentences[0].startswith(
        "the template variable 'web.vagrant' has a name that Datadog may not read in a query"
    )
    assert sentences[1] == "the preset 'saved' sets the variable 'var', which is not declared"
    (made,) = api.ok("GET", "/api/v1/dashboard")["dashboards"]
    listed = {"dashboard": made["id"], "title": "My board", "warnings": sentences}
    assert api.ok("GET", "/doghouse/warnings") == {"warnings": [listed]}
    assert api.ok("GET", f"/doghouse/warnings?dashboard={made['id']}") == {"warnings": [listed]}


@pytest.mark.parametrize(
    ("query", "variables", "sentence"),
    [
        (
            "avg:m{$env} by {host}",
            [],
            "widget 1 ('g'): the query `avg:m{$env} by {host}` uses $env, which is not declared",
        ),
        ("avg:m{$env}", [{"name": "env"}], None),
        ("avg:m{env:$env.value}", [{"name": "env"}], None),
        (
            "avg:m{env:$env,host:a}",
            [{"name": "env", "prefix": "env"}],
            "widget 1 ('g'): the query `avg:m{env:$env,host:a}` uses env:$env, which becomes env:env:… and matches nothing; write $env or env:$env.value",
        ),
        ("avg:m{env:$env}", [{"name": "env"}], None),
        ("avg:m{env:$env.value}", [{"name": "env", "prefix": "env"}], None),
        ("avg:m{*", [], "widget 1 ('g'): the query `avg:m{*` cannot be read"),
    ],
)
def test_a_query_that_will_not_work_is_named_with_its_widget(
    api: Api, query: str, variables: Any, sentence: str | None
) -> None:
    sentences = said(api, asking(query, template_variables=variables))
    assert (sentences == []) if sentence is None else sentences[0].startswith(sentence)


def test_a_replacement_that_mends_it_has_nothing_to_say(api: Api) -> None:
    answer = api("POST", "/api/v1/dashboard", asking("avg:m{$env}"))
    path = f"/api/v1/dashboard/{answer.json()['id']}"
    mended = api("PUT", path, asking("avg:m{$env}", template_variables=[{"name": "env"}]))
    assert "x-doghouse-warnings" not in mended.headers
    assert api.ok("GET", "/doghouse/warnings") == {"warnings": []}


def test_the_page_of_a_dashboard_shows_its_warnings(api: Api) -> None:
    body = {
        "title": "t",
        "layout_type": "ordered",
        "widgets": [{"definition": {"type": "timeseries", "requests": [{"q": "avg:m{$web.vagrant}"}]}}],
        "template_variables": [{"name": "web.vagrant", "prefix": "host", "default": "*"}],
        "template_variable_presets": [{"name": "p", "template_variables": [{"name": "<other>", "value": "a"}]}],
    }
    page = api("GET", api.ok("POST", "/api/v1/dashboard", body)["url"]).text
    assert "2 warnings" in page
    assert "sets the variable &#39;&lt;other&gt;&#39;, which is not declared" in page
    fine = api.ok("POST", "/api/v1/dashboard", {"title": "t", "layout_type": "ordered", "widgets": []})
    assert "data-warnings" not in api("GET", fine["url"]).text


@pytest.mark.parametrize("sign", ["x", "💥"])
def test_warnings_of_any_length_fit_a_client_s_limit_for_headers(api: Api, sign: str) -> None:
    presets = [{"name": sign * 400, "template_variables": [{"name": "var", "value": "x"}]} for _ in range(50)]
    widget = {"definition": {"type": "timeseries", "title": sign * 50_000, "requests": [{"q": "avg:m{$none}"}]}}
    answer = api("POST", "/api/v1/dashboard", board(widgets=[widget], template_variable_presets=presets))
    assert 0 < len(answer.headers["X-Doghouse-Warnings"]) < 10_000
    assert json.loads(answer.headers["X-Doghouse-Warnings"])


def test_a_warning_of_an_event_fits_too(api: Api) -> None:
    answer = api("POST", "/api/v1/events", {"title": "t", "text": "x", "alert_type": "x" * 50_000})
    assert 0 < len(answer.headers["X-Doghouse-Warnings"]) < 10_000
