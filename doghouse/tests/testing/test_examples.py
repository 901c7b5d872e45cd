"""The examples of docs/monitor-tests are run: all pass, each can fail, and no option that doghouse acts on is without one."""

import json
import re
from pathlib import Path

import msgspec
import pytest
import yaml

from doghouse.monitors import Options
from doghouse.testing.file import schema
from doghouse.testing.running import run

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "docs" / "monitor-tests").glob("*.test.yaml"))
SHIPPED = sorted((ROOT / "companion" / "tests" / "monitors").glob("*.test.yaml"))
PAGE = (ROOT / "docs" / "monitors.md").read_text()
# Options of which no state or message tells: what an event or a page shows, older names, and what is not evaluated.
UNTOLD = {"include_tags", "notification_preset_name", "notify_audit", "silenced", "variables", "scheduling_options", "new_host_delay",
          "group_retention_duration", "enable_logs_sample", "groupby_simple_monitor", "min_failure_duration"}  # fmt: skip


@pytest.mark.parametrize("path", [*EXAMPLES, *SHIPPED], ids=lambda path: path.name)
def test_an_example_passes(path):
    assert [(one.name, one.differences) for one in run(path) if not one.passed] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_can_fail(path, tmp_path):
    """Ten minutes are added to the times of its expectations, or where it expects nothing, the samples are raised."""
    text = path.read_text()
    later = re.sub(r"\+(\d+)m ", lambda time: f"+{int(time[1]) + 1}m ", text)
    changed = (
        later
        if later != text
        else text.replace("1+2x3", "500").replace("10:06, ", "10:07, ").replace("transition: Tr", "transition: Re-Tr")
    )
    assert changed != text
    (tmp_path / path.name).write_text(changed)
    assert not all(one.passed for one in run(tmp_path / path.name))


def test_every_option_has_an_example():
    named = {key for path in EXAMPLES for key in yaml.safe_load(path.read_text())["monitor"].get("options", {})}
    assert {field.name for field in msgspec.structs.fields(Options)} - named - UNTOLD == set()


def test_the_page_names_every_example():
    assert {path.name for path in EXAMPLES} == set(re.findall(r"monitor-tests/([\w-]+\.test\.yaml)", PAGE))


def test_the_schema_for_editors_is_the_one_that_is_read():
    assert json.loads((ROOT / "docs" / "monitor-tests.schema.json").read_text()) == schema()
