"""A downtime is written, and its next periods are seen before it is kept."""

from typing import Any

import pytest
from house import NOW, Served
from playwright.sync_api import Page, expect

WEEK = {"from": NOW, "to": NOW + 7 * 86_400}
NIGHTS = {
    "message": "Nights",
    "scope": "*",
    "monitor_identifier": {"monitor_tags": ["*"]},
    "schedule": {
        "timezone": "Europe/Berlin",
        "recurrences": [{"start": "2026-03-02T19:00:00", "duration": "14h", "rrule": "FREQ=DAILY"}],
    },
    "display_timezone": "Europe/Berlin",
}


def ask(served: Served, what: str, body: dict[str, Any]) -> tuple[int, Any]:
    answer = served.client.post(f"/ui/data/downtimes/{what}", json=body, headers={"Origin": served.url})
    return answer.status_code, answer.json()


def test_the_next_periods_of_a_downtime_are_known_before_it_is_kept(served: Served) -> None:
    status, answer = ask(served, "check", {"attributes": NIGHTS, **WEEK})
    assert (status, answer["problems"], len(answer["week"])) == (200, [], 7)
    first = answer["next"][0]
    assert (first["from"], first["to"] - first["from"]) == (NOW + 8 * 3600, 14 * 3600)  # 19:00 in Berlin


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scope": ""}, "scope"),
        ({"schedule": {"timezone": "Europe/Berln", "recurrences": []}}, "Europe/Berln"),
        ({"schedule": {"start": None, "end": "2000-01-01T00:00:00Z"}}, "in the past"),
        ({"monitor_identifier": {"monitor_tags": []}}, "1 to 32"),
    ],
)
def test_what_is_wrong_with_a_downtime_is_said(served: Served, change: dict[str, Any], said: str) -> None:
    status, answer = ask(served, "check", {"attributes": NIGHTS | {"display_timezone": None} | change, **WEEK})
    assert status == 200
    assert said in answer["problems"][0]["text"]
    assert ask(served, "save", {"attributes": NIGHTS | change})[0] == 400


def test_a_downtime_that_somebody_else_changed_is_not_written_over(served: Served) -> None:
    status, made = ask(served, "save", {"attributes": NIGHTS})
    assert status == 200
    assert ask(served, "save", {"attributes": NIGHTS | {"message": "Theirs"}, "id": made["id"]})[0] == 200
    assert ask(served, "save", {"attributes": NIGHTS | {"message": "Mine"}, "id": made["id"]})[0] == 409
    assert served.ok("GET", f"/api/v2/downtime/{made['id']}")["data"]["attributes"]["message"] == "Theirs"
    assert served.client.get(f"/monitors/downtimes/{made['id']}/edit").status_code == 200
    assert served.client.get("/monitors/downtimes/none/edit").status_code == 404
    ask(served, f"{made['id']}/cancel", {})


@pytest.mark.browser
def test_a_downtime_is_drawn_kept_and_edited(page: Page, served: Served, flapping: int) -> None:
    page.goto(f"/monitors/downtimes/create?monitor={flapping}")
    assert page.get_by_label("Monitor", exact=True).locator("option:checked").inner_text() == "Queue is long"
    page.get_by_label("Repeats").select_option("recurring")
    page.get_by_label("First start").fill("2026-03-02T19:00")
    page.get_by_label("Duration").fill("14h")
    page.get_by_label("Repeat", exact=True).select_option("Monday to Friday")
    expect(page.locator("[data-next] li").first).to_contain_text("19:00")
    expect(page.locator(".calendar .block")).to_have_count(10)  # 5 evenings and the mornings after
    page.get_by_role("button", name="Save").click()

    page.get_by_role("link", name="Edit downtime of Queue is long").click()
    expect(page.get_by_label("Rule")).to_have_value("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    page.get_by_label("Message").fill("Calm")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit Calm")).to_be_visible()
    [kept] = [
        one["attributes"]
        for one in served.ok("GET", "/api/v2/downtime")["data"]
        if one["attributes"]["message"] == "Calm"
    ]
    assert kept["monitor_identifier"] == {"monitor_id": flapping}
    assert kept["schedule"]["recurrences"] == [
        {"start": "2026-03-02T19:00:00", "duration": "14h", "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}
    ]
