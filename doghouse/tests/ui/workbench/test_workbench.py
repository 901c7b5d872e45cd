"""A monitor is written, tried over history and kept, on one page."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flapping import FLAPPING
from house import NOW, Served
from playwright.sync_api import Page, expect

from doghouse.importing.monitor_files import named_monitor
from doghouse.testing.running import run

pytestmark = pytest.mark.browser


def figure(page: Page, text: str) -> None:
    expect(page.locator("[data-sum]")).to_have_text(text)


def option(page: Page, label: str) -> str:
    return page.get_by_label(label, exact=True).input_value()


def body(page: Page) -> dict[str, object]:
    return dict(json.loads(page.get_by_role("combobox", name="JSON").input_value()))


def test_a_flapping_monitor_is_calmed_and_its_test_passes(
    page: Page, flapping: int, served: Served, tmp_path: Path
) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    figure(page, "42 notifications in this range")

    page.get_by_role("spinbutton", name="critical recovery").fill("60")
    figure(page, "42 notifications in this range become 6")

    page.get_by_text("Copy", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="as a test file").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert [(one.passed, one.differences) for one in run(saved, named_monitor)] == [(True, [])]

    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(rf"/monitors/{flapping}\?"))
    kept = served.ok("GET", f"/api/v1/monitor/{flapping}")["options"]["thresholds"]
    assert kept == {"critical": 90.0, "critical_recovery": 60.0}


def test_the_form_and_the_json_stay_in_step(page: Page, flapping: int) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    text = page.get_by_role("combobox", name="JSON")

    page.get_by_label("window", exact=True).fill("last_10m")
    page.get_by_label("group by", exact=True).fill("host")
    page.get_by_label("critical", exact=True).fill("80")
    page.get_by_role("spinbutton", name="renotify interval").fill("30")
    page.get_by_label("notify by", exact=True).fill("*")
    expect(page.get_by_role("combobox", name="Query")).to_have_value("avg(last_10m):avg:queue.depth{*} by {host} > 80")
    expect(text).to_have_value(re.compile('"renotify_interval": 30'))
    assert body(page)["options"]["thresholds"] == {"critical": 80}  # type: ignore[index]

    text.fill(json.dumps(FLAPPING | {"name": "Typed as JSON", "tags": ["team:web", "env:prod"]}))
    assert (option(page, "Name"), option(page, "Tags"), option(page, "window")) == (
        "Typed as JSON",
        "team:web, env:prod",
        "last_5m",
    )


def test_a_window_and_a_threshold_are_slid(page: Page, flapping: int) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    figure(page, "42 notifications in this range")
    page.get_by_role("slider", name="Slide window").press("ArrowRight")
    expect(page.get_by_role("combobox", name="Query")).to_have_value("avg(last_10m):avg:queue.depth{*} > 90")
    page.get_by_role("slider", name="Slide critical", exact=True).press("ArrowLeft")
    expect(page.get_by_role("combobox", name="Query")).to_have_value("avg(last_10m):avg:queue.depth{*} > 89.9")
    assert body(page)["options"]["thresholds"] == {"critical": 89.9}  # type: ignore[index]


def test_the_json_completes_its_query_and_marks_what_is_wrong(page: Page, flapping: int) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    text = page.get_by_role("combobox", name="JSON")
    text.fill(json.dumps(FLAPPING | {"query": "avg(last_5m):avg:queue > 90"}, indent=2))
    expect(page.locator(".json-box mark").first).to_contain_text("avg:queue > 90")
    at = text.input_value().index("avg:queue") + len("avg:queue")
    text.evaluate("(box, at) => { box.focus(); box.setSelectionRange(at, at); }", at)
    page.keyboard.type(".")
    expect(page.locator("#json-completions [role=option]").first).to_contain_text("queue.depth{*}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Query")).to_have_value("avg(last_5m):avg:queue.depth{*} > 90")
    expect(page.locator("[data-problems]")).to_have_text("None.")


def test_a_text_with_escapes_is_completed_in_the_json(page: Page, flapping: int) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    text = page.get_by_role("combobox", name="JSON")
    text.fill(json.dumps(FLAPPING | {"message": 'It is "long".\n{{val é'}, indent=2))
    at = text.input_value().index("{{val") + len("{{val")
    text.evaluate("(box, at) => { box.focus(); box.setSelectionRange(at, at); }", at)
    page.keyboard.type("u")
    expect(page.locator("#json-completions [role=option]").first).to_contain_text("value}}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Message")).to_have_value('It is "long".\n{{value}} é')


def test_a_new_monitor_has_no_mistakes_before_anything_is_typed(page: Page, served: Served) -> None:
    page.goto("/monitors/create")
    problems = page.locator("[data-problems]")
    expect(problems).to_have_text("Nothing to check yet.")
    expect(page.locator("[data-figures]")).to_have_text("Write a query to see what it would have sent.")
    page.get_by_role("combobox", name="Query").fill("avg(last_5m):avg:queue.depth{*")
    expect(problems).to_contain_text("error")


def test_what_a_monitor_is_grouped_and_notified_by_is_ticked(page: Page, flapping: int) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    groups = page.get_by_role("group", name="Choose group by")
    groups.get_by_role("checkbox", name="host").check()
    query = page.get_by_role("combobox", name="Query")
    expect(query).to_have_value("avg(last_5m):avg:queue.depth{*} by {host} > 90")
    notified = page.get_by_role("group", name="Choose notify by")
    notified.get_by_role("checkbox", name="host").check()
    assert body(page)["options"]["notify_by"] == ["host"]  # type: ignore[index]
    page.get_by_role("group", name="Choose renotify statuses").get_by_role("checkbox", name="warn").check()
    assert option(page, "renotify statuses") == "warn"
    groups.get_by_role("checkbox", name="host").uncheck()
    expect(query).to_have_value("avg(last_5m):avg:queue.depth{*} > 90")


def test_what_is_not_set_yet_is_slid_too(page: Page, flapping: int) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    figure(page, "42 notifications in this range")
    page.get_by_role("slider", name="Slide renotify interval").press("ArrowRight")
    page.get_by_role("slider", name="Slide no data timeframe").press("ArrowRight")
    options = body(page)["options"]
    assert (options["renotify_interval"], options["no_data_timeframe"]) == (1, 1)  # type: ignore[index]
    recovery = page.get_by_role("slider", name="Slide critical recovery")
    assert recovery.input_value() == "90"  # where nothing would change yet
    recovery.press("ArrowLeft")
    assert option(page, "critical recovery") == "89.9"


def test_half_a_json_says_its_line_and_loses_nothing(page: Page, flapping: int) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    page.get_by_role("combobox", name="JSON").fill('{"name": "kept",\n "type": }')
    problems = page.locator("[data-problems]")
    expect(problems).to_contain_text("line 2")
    expect(page.locator("[data-figures]")).to_contain_text("Expecting value")
    page.reload()
    expect(page.get_by_role("combobox", name="JSON")).to_have_value('{"name": "kept",\n "type": }')
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Queue is long")


def test_a_problem_is_mended_where_it_stands(page: Page, flapping: int) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    page.get_by_role("combobox", name="Message").fill("{{#is_alert}}{{valeu}} @ops@example.com{{/is_alert}}")
    expect(page.locator("[data-problems]")).to_contain_text("message-unknown-variable")
    page.get_by_role("button", name="Use {{value}} for {{valeu}}").click()
    expect(page.get_by_role("combobox", name="Message")).to_have_value(
        "{{#is_alert}}{{value}} @ops@example.com{{/is_alert}}"
    )
    expect(page.locator("[data-previews]")).to_contain_text("90.0 @ops@example.com")


def test_a_new_monitor_is_written_with_the_keyboard_alone(page: Page, served: Served) -> None:
    page.goto("/monitors/create")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("By hand")
    page.get_by_role("combobox", name="Query").focus()
    page.keyboard.type("avg(last_5")
    expect(page.locator("#query-completions [role=option]").first).to_contain_text("last_5m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("):avg:queue")
    expect(page.locator("#query-completions [role=option]").first).to_contain_text("queue.depth{*}")
    page.keyboard.press("Tab")
    page.keyboard.type(" > 90")
    page.get_by_role("combobox", name="Message").focus()
    page.keyboard.type("{{val")
    expect(page.locator("#message-completions [role=option]").first).to_contain_text("value}}")
    page.keyboard.press("Tab")
    page.keyboard.type(" @ops@example.com")
    figure(page, "42 notifications in this range")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", level=1)).to_contain_text("By hand")
    made = served.ok("GET", page.url.removeprefix(served.url).partition("?")[0].replace("/monitors", "/api/v1/monitor"))
    assert (made["query"], made["message"]) == ("avg(last_5m):avg:queue.depth{*} > 90", "{{value}} @ops@example.com")


def test_what_somebody_else_saved_is_seen_and_nothing_is_lost(page: Page, flapping: int, served: Served) -> None:
    page.goto(f"/monitors/{flapping}/edit")
    figure(page, "42 notifications in this range")
    served.ok("PUT", f"/api/v1/monitor/{flapping}", {"name": "Theirs", "message": "Theirs. @ops@example.com"})
    page.get_by_label("Name", exact=True).fill("Mine")
    conflict = page.get_by_role("region", name="Saved by somebody else")
    expect(conflict).to_contain_text("Queue is long")
    expect(conflict).to_contain_text("Theirs")
    conflict.get_by_role("button", name="Use theirs of message").click()
    conflict.get_by_role("button", name="Keep mine").click()
    expect(conflict).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(rf"/monitors/{flapping}\?"))
    kept = served.ok("GET", f"/api/v1/monitor/{flapping}")
    assert (kept["name"], kept["message"]) == ("Mine", "Theirs. @ops@example.com")


def test_a_monitor_is_tried_over_a_file(page: Page, flapping: int, tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    rows = [f"{NOW - 3600 + 60 * minute},queue.depth,{95 if minute < 30 else 10}" for minute in range(60)]
    points.write_text("\n".join(["timestamp,metric,value", *rows]))
    page.goto(f"/monitors/{flapping}/edit")
    figure(page, "42 notifications in this range")
    page.get_by_label("Series: CSV or Parquet").set_input_files(points)
    figure(page, "2 notifications in this range")
    expect(page.locator("[data-over]")).to_contain_text("the series of your file")


def test_the_page_fits_a_phone_in_the_dark(new_page: Callable[..., Page], served: Served, flapping: int) -> None:
    page = new_page(width=360, height=740, scheme="dark")
    page.goto(f"/monitors/{flapping}/edit")
    page.get_by_role("spinbutton", name="critical recovery").fill("60")
    figure(page, "42 notifications in this range become 6")
    served.ok("PUT", f"/api/v1/monitor/{flapping}", {"message": "Theirs, at some length: " + "@ops@example.com " * 5})
    page.get_by_label("Name", exact=True).fill("Mine")
    expect(page.get_by_role("region", name="Saved by somebody else")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
