"""Values with their units, as pages write them."""

import re

import sample
from house import NOW, Served
from playwright.sync_api import Page, expect

from doghouse.pytest_plugin import RunningDoghouse
from doghouse.queries.units import catalogue

WRITTEN = [  # value, unit, what it is per, as it is written; the first are the documentation's own (metrics/units)
    (1, "byte", None, "1 B"),
    (1234235, "kibibyte", None, "1.177 GiB"),
    (6345223, "hertz", None, "6.345 MHz"),
    (0.03212, "second", None, "32.12ms"),
    (0.00012345, "second", None, "123.5μs"),
    (95, "second", None, "1m 35s"),
    (3671, "second", None, "1h 1m"),
    (0, "nanosecond", None, "0s"),
    (-2048, "byte", "second", "−2 KiB/s"),
    (0.5, "fraction", None, "50%"),
    (42.61, "percent", None, "42.61%"),
    (38.2, "commit", "second", "38.2 commits/s"),
    (1, "commit", None, "1 commit"),
    (12, "request", "minute", "12 req/min"),
]


def test_values_are_written_with_their_units(page: Page, served: Served) -> None:
    page.goto("/metric/explorer")
    units = catalogue()
    given = [[value, [units[unit], units[per] if per else None]] for value, unit, per, _ in WRITTEN]
    written = page.evaluate(
        """async (given) => {
            const script = document.querySelector('script[type=module][src*="explorer.mjs"]');
            const { quantity } = await import(script.src.replace("pages/explorer.mjs", "format.mjs"));
            return given.map(([value, unit]) => quantity(value, unit, true));
        }""",
        given,
    )
    assert written == [text for *_, text in WRITTEN]


def test_a_query_value_and_a_cursor_show_units(page: Page, served: Served) -> None:
    served.ok(
        "POST", "/api/v1/series", {"series": [{"metric": "disk.used", "points": [[NOW - 30, 1536]], "type": "gauge"}]}
    )
    described = served.client.put("/api/v1/metrics/disk.used", json={"unit": "byte"})
    assert described.is_success
    value = {"type": "query_value", "title": "used", "requests": [{"q": "avg:disk.used{*}"}]}
    page.goto(served.board(sample.board("Units", value, sample.graph("disk", "avg:disk.used{*}"))))
    expect(page.locator(".figure")).to_have_text("1.5 KiB")
    expect(page.get_by_role("group", name="disk")).to_have_attribute("aria-label", re.compile("last 1.5 KiB"))


def test_a_monitors_page_shows_what_its_groups_and_changes_were_worth_with_the_unit(
    page: Page, doghouse: RunningDoghouse
) -> None:
    query = "avg(last_5m):avg:trace.flask.request{*} by {host} > 0.005"
    monitor = {"type": "query alert", "query": query, "message": "slow", "options": {"new_host_delay": 0}}
    made = doghouse.request("POST", "/api/v1/monitor", monitor)
    for _ in range(8):
        doghouse.submit("trace.flask.request", 0.009403, host="a")
        doghouse.advance(minutes=1)
    now = int(doghouse.now * 1000)
    other = page.context.new_page()  # of another doghouse than the one that the fixture guards
    other.goto(f"{doghouse.url}/monitors/{made['id']}?from_ts={now - 1_800_000}&to_ts={now}")
    expect(other.locator("[data-number]")).to_have_text("9.403ms")
    expect(other.locator("[data-changes] td.number")).to_have_text("9.403ms")
