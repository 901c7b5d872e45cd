"""Rules for manifest and monitors that ddev once checked and reviewers still do, and what the assets promise."""

import csv
import json
import re
from uuid import UUID

import pytest

from .common import ROOT

MANIFEST = json.loads((ROOT / "manifest.json").read_text())
ASSETS = MANIFEST["assets"]
MONITORS = {title: json.loads((ROOT / file).read_text()) for title, file in ASSETS["monitors"].items()}
DASHBOARDS = {title: json.loads((ROOT / file).read_text()) for title, file in ASSETS["dashboards"].items()}
METRICS = {row["metric_name"] for row in csv.DictReader((ROOT / "metadata.csv").open(newline=""))}

MONITOR_TYPES = {
    "composite", "event alert", "event-v2 alert", "log alert", "metric alert", "process alert", "query alert",
    "rum alert", "service check", "synthetics alert", "trace-analytics alert",
}  # fmt: skip
MONITOR_KEYS = {"version", "created_at", "last_updated_at", "title", "description", "definition", "tags"}
DEFINITION_KEYS = {"name", "type", "query", "message", "tags", "options", "priority"}
DASHBOARD_KEYS = {"title", "description", "widgets", "template_variables", "layout_type", "notify_list", "reflow_type"}


def test_the_manifest_is_of_the_one_version_accepted() -> None:
    assert MANIFEST["manifest_version"] == "2.0.0"


def test_the_app_is_identified() -> None:
    assert UUID(MANIFEST["app_uuid"]).version == 4
    assert MANIFEST["app_id"] == "my-metric"
    assert ASSETS["integration"]["source_type_name"] == MANIFEST["tile"]["title"] == "My Metric"
    assert isinstance(ASSETS["integration"]["source_type_id"], int)


def test_the_tiles_description_is_at_most_80_characters() -> None:
    assert 0 < len(MANIFEST["tile"]["description"]) <= 80


def test_the_tile_names_the_systems_it_supports() -> None:
    tags = MANIFEST["tile"]["classifier_tags"]

    assert {"Supported OS::Linux", "Supported OS::Windows", "Supported OS::macOS"} <= set(tags)
    assert all(
        re.fullmatch(r"(Supported OS|Category|Offering|Queried Data Type|Submitted Data Type)::\S.*", tag)
        for tag in tags
    )
    assert len(tags) == len(set(tags))


@pytest.mark.parametrize("section", ["overview", "configuration", "support"])
def test_the_tile_links_to_sections_that_the_readme_has(section: str) -> None:
    file, _, heading = MANIFEST["tile"][section].partition("#")

    assert f"\n## {heading}\n" in (ROOT / file).read_text()


def test_the_readmes_sections_stand_in_the_order_of_every_integration() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "README.md").read_text(), re.M)

    assert headings == ["Overview", "Setup", "Data Collected", "Troubleshooting", "Support"]


def test_every_link_of_the_readme_is_defined_and_every_definition_is_used() -> None:
    text = (ROOT / "README.md").read_text()

    assert set(re.findall(r"\]\[(\d+)\]", text)) == set(re.findall(r"^\[(\d+)\]: ", text, re.M))


def test_every_file_that_the_manifest_names_exists() -> None:
    integration = ASSETS["integration"]
    named = [
        MANIFEST["tile"]["changelog"],
        integration["configuration"]["spec"],
        integration["metrics"]["metadata_path"],
        integration["service_checks"]["metadata_path"],
        *(picture["image_url"] for picture in MANIFEST["tile"]["media"]),
        *ASSETS["dashboards"].values(),
        *ASSETS["monitors"].values(),
    ]

    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_asset_is_named_by_the_manifest() -> None:
    here = {
        str(file.relative_to(ROOT))
        for kind in ("dashboards", "monitors")
        for file in (ROOT / "assets" / kind).iterdir()
    }

    assert here == {*ASSETS["dashboards"].values(), *ASSETS["monitors"].values()}


def test_each_picture_of_the_tile_is_a_png_of_a_readable_size() -> None:
    for picture in MANIFEST["tile"]["media"]:
        data = (ROOT / picture["image_url"]).read_bytes()
        assert data.startswith(b"\x89PNG\r\n")
        width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
        assert (width, height) >= (600, 300)


def test_the_metric_that_tells_the_integration_is_installed_is_in_metadata_csv() -> None:
    assert ASSETS["integration"]["metrics"]["check"] in METRICS
    assert all(name.startswith(ASSETS["integration"]["metrics"]["prefix"]) for name in METRICS)


@pytest.mark.parametrize("title", MONITORS)
class TestEachMonitor:
    def test_has_the_keys_of_the_newest_assets(self, title: str) -> None:
        assert set(MONITORS[title]) == MONITOR_KEYS
        assert set(MONITORS[title]["definition"]) == DEFINITION_KEYS
        assert MONITORS[title]["version"] == 2

    def test_is_titled_as_in_the_manifest(self, title: str) -> None:
        assert MONITORS[title]["title"] == title

    def test_is_described_in_at_most_300_characters(self, title: str) -> None:
        assert 0 < len(MONITORS[title]["description"]) <= 300

    def test_is_dated(self, title: str) -> None:
        created, updated = MONITORS[title]["created_at"], MONITORS[title]["last_updated_at"]

        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", created)
        assert created <= updated

    def test_is_of_a_type_that_datadog_has(self, title: str) -> None:
        assert MONITORS[title]["definition"]["type"] in MONITOR_TYPES

    def test_is_tagged_with_the_integration(self, title: str) -> None:
        assert "integration:my-metric" in MONITORS[title]["tags"]
        assert "integration:my-metric" in MONITORS[title]["definition"]["tags"]

    def test_names_the_integration(self, title: str) -> None:
        assert "my metric" in MONITORS[title]["definition"]["name"].lower()

    def test_asks_for_a_metric_of_metadata_csv(self, title: str) -> None:
        (metric,) = re.findall(r"(?:avg|sum|min|max):([\w.]+)\{", MONITORS[title]["definition"]["query"])

        assert metric in METRICS

    def test_has_the_querys_threshold_as_its_critical_one(self, title: str) -> None:
        definition = MONITORS[title]["definition"]

        assert float(definition["query"].rsplit(" ", 1)[1]) == definition["options"]["thresholds"]["critical"]


DEFINITION = MONITORS["My Metric is high"]["definition"]


def section(name: str) -> str:
    """The part of the message between {{#name}} and {{/name}}."""
    (text,) = re.findall(rf"\{{\{{#{name}\}}\}}(.*?)\{{\{{/{name}\}}\}}", DEFINITION["message"], re.S)
    return text


def test_the_monitor_averages_5_minutes_a_host() -> None:
    assert DEFINITION["query"] == "avg(last_5m):avg:my_metric{*} by {host} > 800"


def test_the_monitor_warns_at_500_and_alerts_at_800() -> None:
    assert DEFINITION["options"]["thresholds"] == {"warning": 500, "critical": 800}


def test_the_monitor_tells_of_10_minutes_without_data() -> None:
    options = DEFINITION["options"]

    assert (options["notify_no_data"], options["no_data_timeframe"]) == (True, 10)
    assert "on_missing_data" not in options  # it has no timeframe


def test_alert_warning_no_data_and_recovery_each_have_their_own_text_and_recipients() -> None:
    texts = [section(name) for name in ("is_alert", "is_warning", "is_no_data", "is_recovery")]

    assert len(set(texts)) == 4
    assert all(re.search(r"@[\w.]+@example\.com", text) for text in texts)
    assert DEFINITION["message"].strip().startswith("{{#is_alert}}")
    assert re.sub(r"\{\{#(\w+)\}\}.*?\{\{/\1\}\}", "", DEFINITION["message"], flags=re.S).strip() == ""


def test_the_alert_says_the_value_and_the_hosts_address() -> None:
    assert "{{value}}" in section("is_alert")
    assert "{{host.ip}}" in section("is_alert")
    assert " by {host}" in DEFINITION["query"]  # else {{host.ip}} is empty


@pytest.mark.parametrize("title", DASHBOARDS)
def test_each_dashboard_has_the_keys_of_the_newest_assets(title: str) -> None:
    assert set(DASHBOARDS[title]) == DASHBOARD_KEYS
    assert DASHBOARDS[title]["title"] == title


TIMEBOARD = DASHBOARDS["My Metric"]


def requests() -> list[tuple[str, str]]:
    """Each request of the timeboard: how it is drawn, and its formula with the query put in."""
    return [
        (request["display_type"], formula["formula"].replace("query1", request["queries"][0]["query"]))
        for widget in TIMEBOARD["widgets"]
        for request in widget["definition"]["requests"]
        for formula in request["formulas"]
    ]


def test_the_dashboard_is_a_timeboard_with_a_host_to_choose() -> None:
    assert TIMEBOARD["layout_type"] == "ordered"
    assert [(variable["name"], variable["prefix"]) for variable in TIMEBOARD["template_variables"]] == [
        ("host", "host")
    ]


def test_the_timeboard_shows_the_metric_anomalies_and_hourly_sums_as_line_and_bars() -> None:
    assert requests() == [
        ("line", "avg:my_metric{$host}"),
        ("line", "anomalies(avg:postgresql.commits{*}, 'basic', 2)"),
        ("line", "sum:my_metric{$host}.rollup(sum, 3600)"),
        ("bars", "sum:my_metric{$host}.rollup(sum, 3600)"),
    ]


def test_the_timeboard_marks_the_monitors_thresholds() -> None:
    markers = {marker["label"]: marker["value"] for marker in TIMEBOARD["widgets"][0]["definition"]["markers"]}

    assert markers == {name: f"y = {value}" for name, value in DEFINITION["options"]["thresholds"].items()}


def test_no_widget_overlaps_another() -> None:
    cells = [
        (column, row)
        for layout in (widget["layout"] for widget in TIMEBOARD["widgets"])
        for column in range(layout["x"], layout["x"] + layout["width"])
        for row in range(layout["y"], layout["y"] + layout["height"])
    ]

    assert len(cells) == len(set(cells))
    assert max(column for column, _ in cells) < 12  # the grid's columns


def test_no_file_has_a_place_left_to_fill_in() -> None:
    texts = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "manifest.json", *ROOT.joinpath("assets").rglob("*.*")]

    assert [file.name for file in texts if "FILL IN" in file.read_text(encoding="utf-8")] == []
