"""A dashboard is written as JSON beside the board that it makes, cloned and exported."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from house import Served
from httpx import Response
from playwright.sync_api import FrameLocator, Locator, Page, expect
from sample import board, graph

from doghouse.importing.terraform.writing import dashboard_json
from doghouse.ui.board_editor import draft

CPU = graph("CPU", "avg:system.cpu.user{*} by {host}")
METRIC = graph("my_metric", "avg:my_metric{*}")
GROUP = {"type": "group", "title": "Inner", "layout_type": "ordered", "widgets": [{"id": 7, "definition": CPU}]}
BODY = board("Written here", METRIC, GROUP)


@pytest.fixture
def written(served: Served) -> Iterator[str]:
    """The id of a dashboard, gone after the test. A test asks for it before a page, which is closed first then: one that is open would ask for its numbers."""
    made = str(served.ok("POST", "/api/v1/dashboard", BODY)["id"])
    yield made
    served.client.delete(f"/api/v1/dashboard/{made}")


def kept(served: Served, dashboard_id: str) -> dict[str, Any]:
    return served.ok("GET", f"/api/v1/dashboard/{dashboard_id}")


def area(page: Page) -> Locator:
    return page.get_by_role("combobox", name="JSON")


def body(page: Page) -> dict[str, Any]:
    return dict(json.loads(area(page).input_value()))


def change(page: Page, old: str, new: str) -> None:
    text = area(page).input_value()
    assert old in text
    area(page).fill(text.replace(old, new))


def preview(page: Page) -> FrameLocator:
    return page.frame_locator("[data-frame]")


def asked(served: Served, what: str, **body: Any) -> Response:
    """What the page's script asks for."""
    return served.client.post(f"/ui/data/board-editor/{what}", json=body, headers={"Origin": served.url})


@pytest.mark.browser
def test_what_is_typed_is_drawn_undone_and_saved(served: Served, written: str, page: Page) -> None:
    page.goto(f"/dashboard/edit/{written}")
    expect(preview(page).get_by_role("heading", name="my_metric", exact=True)).to_be_visible()
    change(page, '"title": "my_metric"', '"title": "Renamed"')
    expect(preview(page).get_by_role("heading", name="Renamed")).to_be_visible()
    expect(preview(page).locator("[data-board][aria-busy=false] canvas").first).to_be_visible()

    page.get_by_role("button", name="Undo").click()
    expect(preview(page).get_by_role("heading", name="my_metric", exact=True)).to_be_visible()
    assert body(page)["widgets"][0]["definition"]["title"] == "my_metric"
    page.get_by_role("button", name="Redo").click()
    assert body(page)["widgets"][0]["definition"]["title"] == "Renamed"
    assert kept(served, written)["widgets"][0]["definition"]["title"] == "my_metric"

    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(rf"/dashboard/{written}/written-here\?"))
    assert kept(served, written)["widgets"][0]["definition"]["title"] == "Renamed"


@pytest.mark.browser
def test_one_widget_is_edited_with_completion_and_what_is_wrong_stands_at_its_line(
    served: Served, written: str, page: Page
) -> None:
    page.goto(f"/dashboard/edit/{written}?widget=7")
    expect(page.get_by_label("of", exact=True)).to_have_value("widgets[1].definition.widgets[0]")
    assert body(page) == {"id": 7, "definition": CPU}

    change(page, "{*} by {host}", "{* by {host}")
    expect(page.get_by_role("button", name=re.compile("^line"))).to_have_text("line 8")
    expect(page.locator(".json-box mark")).to_contain_text("{* by {host}")
    change(page, "avg:system.cpu.user{* by {host}", "avg:my_")
    at = area(page).input_value().index("avg:my_") + len("avg:my_")
    area(page).evaluate("(box, at) => { box.focus(); box.setSelectionRange(at, at); }", at)
    page.keyboard.type("m")
    expect(page.locator("#json-completions [role=option]").first).to_contain_text("my_metric{*}")
    page.keyboard.press("Tab")
    assert body(page)["definition"]["requests"][0]["q"] == "avg:my_metric{*}"
    expect(page.locator("[data-problems]")).to_have_text("None.")

    page.get_by_label("of", exact=True).select_option("")
    assert body(page)["widgets"][1]["definition"]["widgets"][0]["definition"]["requests"][0]["q"] == "avg:my_metric{*}"


@pytest.mark.browser
def test_a_formula_is_completed_by_the_names_of_the_queries_beside_it(page: Page, served: Served) -> None:
    query = {"data_source": "metrics", "query": "avg:my_metric{*}"}
    others = {"queries": [{"name": "elsewhere"} | query], "formulas": [{"formula": "elsewhere"}]}
    request = {
        "queries": [{"name": "errors"} | query, {"name": "hits"} | query],
        "formulas": [{"formula": "errors / "}],
    }
    widget = {"type": "timeseries", "requests": [others, request]}
    page.goto("/dashboard/create")
    text = page.get_by_role("combobox", name="JSON")
    text.fill(json.dumps(board("Formulas", widget), indent=2))
    at = text.input_value().index("errors / ") + len("errors / ")
    text.evaluate("(box, at) => { box.focus(); box.setSelectionRange(at, at); }", at)
    page.keyboard.type("h")
    offered = page.locator("#json-completions [role=option]")
    expect(offered.first).to_contain_text("hits")
    expect(offered.filter(has_text="elsewhere")).to_have_count(0)
    page.keyboard.press("Tab")
    assert '"errors / hits"' in text.input_value()


def test_a_double_click_on_a_widget_edits_it(served: Served, written: str, page: Page) -> None:
    page.goto(f"/dashboard/edit/{written}")
    expect(page.locator("iframe")).to_have_attribute("aria-busy", "false")
    preview(page).get_by_role("heading", name="CPU").dblclick()
    expect(page.get_by_label("of", exact=True)).to_have_value("widgets[1].definition.widgets[0]")


@pytest.mark.browser
def test_half_a_json_says_its_line_and_outlives_a_reload(served: Served, written: str, page: Page) -> None:
    page.goto(f"/dashboard/edit/{written}")
    area(page).fill('{"title": "kept",\n "widgets": }')
    expect(page.locator("[data-problems]")).to_contain_text("line 2")
    page.reload()
    expect(area(page)).to_have_value('{"title": "kept",\n "widgets": }')
    page.get_by_role("button", name="Discard").click()
    expect(area(page)).to_have_value(re.compile("Written here"))


@pytest.mark.browser
def test_what_somebody_else_saved_is_seen_and_nothing_is_lost(served: Served, written: str, page: Page) -> None:
    page.goto(f"/dashboard/edit/{written}")
    expect(page.locator("[data-problems]")).to_have_text("None.")
    theirs = board("Theirs", graph("Their graph", "avg:my_metric{*}"), GROUP)
    served.ok("PUT", f"/api/v1/dashboard/{written}", theirs)
    change(page, "Written here", "Mine")
    conflict = page.get_by_role("region", name="Saved by somebody else")
    expect(conflict).to_contain_text("Somebody else saved this dashboard")
    conflict.get_by_role("button", name="Use theirs of widgets[0].definition.title").click()
    conflict.get_by_role("button", name="Keep mine").click()
    expect(conflict).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(f"/dashboard/{written}/mine"))
    saved = kept(served, written)
    assert (saved["title"], saved["widgets"][0]["definition"]["title"]) == ("Mine", "Their graph")


@pytest.mark.browser
def test_a_clone_is_a_dashboard_of_its_own(served: Served, written: str, page: Page) -> None:
    page.goto(f"/dashboard/{written}")
    page.get_by_text("Configure").click()
    page.get_by_role("link", name="Clone").click()
    expect(area(page)).to_have_value(re.compile(re.escape('"Written here (copy)"')))
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("written-here-copy"))
    made = page.url.split("/")[4]
    assert made != written
    assert draft.written(kept(served, made)) == BODY | {"title": "Written here (copy)"}
    page.goto("about:blank")  # nothing is asked of the board any more
    served.client.delete(f"/api/v1/dashboard/{made}")


@pytest.mark.browser
def test_the_editor_fits_a_phone_in_the_dark(served: Served, written: str, new_page: Callable[..., Page]) -> None:
    page = new_page(width=360, height=740, scheme="dark")
    page.goto(f"/dashboard/edit/{written}")
    expect(preview(page).get_by_role("heading", name="my_metric", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.browser
def test_the_list_is_sorted_by_a_click_and_by_its_address(served: Served, written: str, page: Page) -> None:
    page.goto("/dashboard/lists")

    def column(number: int) -> list[str]:
        return page.locator(f"#boards tbody td:nth-child({number})").all_inner_texts()

    page.get_by_role("button", name="Widgets").click()
    counts = [int(text) for text in column(3)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    page.reload()
    assert [int(text) for text in column(3)] == counts
    page.get_by_role("button", name="Widgets").click()
    assert [int(text) for text in column(3)] == sorted(counts)
    page.get_by_role("button", name="Name").click()
    names = [text.split("\n")[0] for text in column(1)]
    assert names == sorted(names, key=str.lower)
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")


def test_an_export_is_what_was_written(served: Served, written: str) -> None:
    answer = served.client.get(f"/ui/data/dashboard/{written}/export")
    assert answer.json() == BODY
    assert answer.headers["content-disposition"] == 'attachment; filename="written-here.json"'
    hcl = served.client.get(f"/ui/data/dashboard/{written}/export?as=hcl")
    assert hcl.text == dashboard_json(BODY)
    assert hcl.text.startswith('resource "datadog_dashboard_json" "written_here" {\n  dashboard = <<-EOF\n')
    assert served.client.get(f"/ui/data/dashboard/{written}/export?as=yaml").status_code == 400
    assert served.client.get("/ui/data/dashboard/aaa-bbb-ccc/export").status_code == 404


def test_a_page_of_another_site_cannot_show_the_draft_in_a_frame(served: Served, written: str) -> None:
    checked = asked(served, "check", text=json.dumps(BODY), id=written)
    policy = served.client.get(f"/ui/board-editor/{checked.json()['shown']}").headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert served.client.get("/ui/board-editor/none").status_code == 410


@pytest.mark.parametrize("path", ["widgets[9]", "widgets[x]", "title.a.b"])
def test_a_part_that_the_dashboard_does_not_have_is_refused(served: Served, path: str) -> None:
    answer = asked(served, "check", text="{}", path=path, board=BODY)
    assert (answer.status_code, answer.json()["errors"]) == (400, [f"the dashboard has no {path}"])


def test_what_cannot_be_kept_is_not_saved_and_nobody_is_overwritten(served: Served, written: str) -> None:
    refused = asked(served, "save", text='{"title": }', id=written, base=BODY)
    assert (refused.status_code, refused.json()["errors"]) == (400, ["is not JSON: Expecting value"])
    late = asked(served, "save", text=json.dumps(BODY | {"title": "Late"}), id=written, base=BODY | {"title": "Older"})
    assert (late.status_code, kept(served, written)["title"]) == (409, "Written here")
    served.client.delete(f"/api/v1/dashboard/{written}")
    assert asked(served, "save", text=json.dumps(BODY), id=written, base=BODY).status_code == 404


@pytest.mark.parametrize("inside", ["text", [1], [{}], [{"definition": 5}], [{"definition": {"widgets": {}}}]])
def test_whatever_stands_inside_of_what_is_no_group_is_no_part(served: Served, inside: Any) -> None:
    odd = board("Odd", METRIC | {"widgets": inside})
    answer = asked(served, "check", text=json.dumps(odd))
    assert (answer.status_code, answer.json()["widgets"][0]["name"]) == (200, "my_metric")


def test_what_the_api_refuses_is_not_kept() -> None:
    refused = draft.read(json.dumps(BODY | {"layout_type": "round"}))
    assert refused.body is None
    assert "layout_type" in refused.why_not
    slip = board("Slip", graph("A slip", "avg:my_metric{"))
    accepted = draft.read(json.dumps(slip, indent=2))
    assert accepted.body == slip  # as by the API: the query is wrong, the dashboard is none that is refused
    assert [(one["field"], one["line"]) for one in accepted.problems] == [("widgets[0].definition.requests[0].q", 12)]
