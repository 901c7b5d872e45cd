"""A type of widget is written once, in one module and one script, and everything that has to know of it does."""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import sample
from house import Served
from playwright.sync_api import Page, expect

from doghouse.coverage import listing
from doghouse.dashboards import registry, widget_types
from doghouse.ui import assets

GAUGE = {
    "type": "gauge_for_test",
    "title": "A gauge",
    "shape": "round",
    "requests": [{"q": "avg:my_metric{host:db-1}"}],
}


@pytest.fixture
def _added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The type of `recipe_widget`, registered for as long as a test lasts."""
    monkeypatch.setattr(registry, "REGISTERED", dict(widget_types()))
    monkeypatch.setattr(assets, "FOLDERS", [*assets.FOLDERS, Path(__file__).parent.parent / "recipe_static"])
    _forget_assets()
    import_module("recipe_widget")
    yield
    del sys.modules["recipe_widget"]
    _forget_assets()


def _forget_assets() -> None:
    for cached in (assets.files, assets.version):
        cached.cache_clear()


@pytest.mark.browser
@pytest.mark.usefixtures("_added")
def test_recipe_widget(page: Page, served: Served) -> None:
    # API: it is checked by what it says
    for wrong, reason in (
        ({"requests": []}, "[] is too short"),
        ({"requests": [{}]}, "[{}] is not valid under any of the given schemas"),
        ({"shape": "square"}, "shape: 'square' is not one of ['round', 'flat']"),
    ):
        refused = served.client.post("/api/v1/dashboard", json=sample.board("Wrong", GAUGE | wrong))
        assert refused.status_code == 400
        [error] = refused.json()["errors"]
        assert error == f"Invalid widget definition at position 0 of type gauge_for_test. Error: {reason}"
    # API: it is stored; warnings are of its queries
    answer = served.client.post(
        "/api/v1/dashboard", json=sample.board("Gauges", GAUGE | {"requests": [{"q": "avg:m{$nope}"}]})
    )
    assert json.loads(answer.headers["x-doghouse-warnings"]) == [
        "widget 1 ('A gauge'): the query `avg:m{$nope}` uses $nope, which is not declared"
    ]
    address = f"/api/v1/dashboard/{answer.json()['id']}"
    assert served.client.put(address, json=sample.board("Gauges", GAUGE)).is_success
    # pages: its numbers, and the picture that its script draws
    data = served.client.get(f"/ui/data/dashboard/{answer.json()['id']}").json()
    [numbers] = data["widgets"]
    value = numbers["rows"][0]["value"]
    assert 0 < value < 1000
    page.goto(served.client.get(address).json()["url"])
    expect(page.get_by_role("meter", name="round")).to_have_attribute("value", str(value))
    # snapshots
    taken = served.client.post(
        f"/ui/data/dashboard/{answer.json()['id']}/snapshot", json={"widget": "1"}, headers={"Origin": served.url}
    )
    assert served.client.get(taken.json()["url"]).content.startswith(b"\x89PNG")
    # coverage
    assert ("gauge_for_test", "done") in [(one.name, one.state) for one in listing.widgets()]
    served.client.delete(address)


@pytest.mark.usefixtures("_added")
def test_a_type_of_widget_is_registered_once() -> None:
    with pytest.raises(ValueError, match="the widget type 'gauge_for_test' is registered twice"):
        registry.register(registry.REGISTERED["gauge_for_test"])


def test_each_drawing_that_takes_numbers_has_its_script() -> None:
    scripts = {one.drawing.name for one in widget_types().values() if one.drawing.numbers}
    assert {f"js/widgets/{name}.mjs" for name in scripts} <= assets.files().keys()
