import json
from datetime import datetime

import pytest

from doghouse.importing.monitor_files import named_monitor
from doghouse.testing.file import load, schema
from doghouse.testing.places import TestFileError
from doghouse.testing.running import run
from doghouse.testing.values import instant, series_of, transition

GOOD = """\
monitor: high.json
hosts: {web-1: {ip: 10.0.0.7, tags: [role:web]}}
start: 2026-03-02T10:00:00+01:00
tests:
  - name: warns
    series: {"my_metric{host:web-1}": 400x5 700x5}
    transitions: [+7m Warn, "10:09 No Data host:web-1"]
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "a.test.yaml"
        path.write_text(text)
        return path

    return write


def test_a_file_is_read_with_its_times_and_series(file):
    loaded = load(file(GOOD))
    assert loaded.start == datetime.fromisoformat("2026-03-02T10:00+01:00")
    assert list(series_of(loaded, 0)) == [("my_metric", ("host:web-1",))]
    start = int(loaded.start.timestamp())
    said = loaded.file.tests[0].transitions
    assert transition(loaded, said[0], "") == (start + 420, "Warn", None)
    assert transition(loaded, said[1], "") == (start + 540, "No Data", "host:web-1")


def test_a_clock_time_needs_no_quotes(file):
    more = (
        "    until: 10:20\n    notifications: [{at: 10:08, transition: Warn}]\n    states: {10:09: Warn, 9:59:30: OK}\n"
    )
    case = load(file(GOOD + more)).file.tests[0]
    assert (case.until, case.notifications[0].at, list(case.states)) == ("10:20", "10:08", ["10:09", "9:59:30"])


def test_a_number_that_begins_with_0_is_no_octal_one(file):
    loaded = load(file(GOOD.replace("400x5 700x5", "010")))
    assert series_of(loaded, 0)["my_metric", ("host:web-1",)].values.tolist() == [10.0]


@pytest.mark.parametrize(
    ("typed", "samples"),
    [("0x3", [0, 0, 0]), ("[0x3, 1e3]", [0, 0, 0, 1000]), ("{values: 0x2}", [0, 0]), ("1e3", [1000])],
)
def test_samples_are_read_as_they_were_typed(file, typed, samples):
    loaded = load(file(GOOD.replace("400x5 700x5", typed)))
    assert series_of(loaded, 0)["my_metric", ("host:web-1",)].values.tolist() == samples


def test_words_that_yaml_1_1_changes_are_text(file):
    hosts = "[off, yes, 0x30, 010, 1_000, 2026-03-02, 10:13]"
    loaded = load(file(GOOD.replace("[role:web]", hosts)))
    assert loaded.file.hosts["web-1"].tags == ["off", "yes", "0x30", "010", "1_000", "2026-03-02", "10:13"]


def test_a_clock_time_before_the_start_is_on_the_next_day(file):
    loaded = load(file(GOOD))
    assert instant(loaded, "09:00", "") == int(loaded.start.timestamp()) + 23 * 3600


@pytest.mark.parametrize(
    ("change", "line", "wrong"),
    [
        (("series:", "seris:"), 6, "the key 'seris' is not known here: did you mean series?"),
        (
            ("    transitions:", "    logs: [{att: +1m}]\n    transitions:"),
            7,
            "the key 'att' is not known here: did you mean at?",
        ),
        (("2026-03-02T10:00:00+01:00", "2026-03-02T10:00"), 3, "names no zone: end it with Z"),
        (
            ("    transitions:", "    states: {+5m: [OK]}\n    transitions:"),
            7,
            "expected a text or a mapping, not a list",
        ),
        (("hosts: {web-1: {ip: 10.0.0.7", "hosts: {web-1: {ip: 7"), 2, "expected a text, not a whole number"),
        (("tests:\n", "tests: &a [*a]\nx:\n"), 4, "has an alias within what it names"),
        (("- name: warns", "- name: !warns a"), 5, "'a' is not understood as !warns"),
        (("- name: warns", "- name: !!bool warns"), 5, "'warns' is not understood as tag:yaml.org,2002:bool"),
        (("- name: warns", "- name: !!timestamp warns"), 5, "'warns' is not understood as tag:yaml.org,2002:timestamp"),
        (("- name: warns", "- name: warns\x01"), 5, "the character U+0001 may not stand in it"),
        (("transitions: [", "transitions: [5, "), 7, "expected a text"),
        (("start: 2026-03-02T10:00:00+01:00", "start: yesterday"), 3, "'yesterday' is not an ISO 8601 time"),
        (("    transitions:", "    name: again\n    transitions:"), 7, "'name' stands twice"),
        (('    transitions: [+7m Warn, "10:09 No Data host:web-1"]\n', ""), 5, "expects nothing"),
        (("hosts: {", "hosts: {{"), 3, "is not YAML"),
        (("tests:\n", "tests: []\nx:\n"), 5, "x"),
        (("    transitions:", "    states: {+5m: Warning}\n    transitions:"), 7, "'Warning' is not a state"),
        (("    transitions:", "    states: {+5m: {host:web-1: Bad}}\n    transitions:"), 7, "'Bad' is not a state"),
        (
            ("    transitions:", "    notifications: [{at: +5m, transition: Alert}]\n    transitions:"),
            7,
            "'Alert' is not a transition: expected Triggered",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(file, change, line, wrong):
    with pytest.raises(TestFileError) as caught:
        load(file(GOOD.replace(*change)))
    assert (caught.value.line, wrong in str(caught.value)) == (line, True)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("{random: {from: 0, to: 1" + 30 * "0" + ", samples: 3, seed: 1}}", "random: to is beyond 1,000,000,000"),
        ("400y", "'400y' is not a sample"),
        ("", "no samples"),
        ("1 1e400", "'1e400' is too large a number"),
    ],
)
def test_a_series_that_cannot_be_read_is_named_with_its_line(file, said, wrong):
    loaded = load(file(GOOD.replace("400x5 700x5", said if said.startswith("{") else repr(said))))
    with pytest.raises(TestFileError, match=wrong) as caught:
        series_of(loaded, 0)
    assert caught.value.line == 6


@pytest.mark.parametrize("said", ["+7m Warm", "7m Warn", "+7y Warn", "Warn", "25:00 OK"])
def test_a_transition_that_cannot_be_read_says_what_was_expected(file, said):
    loaded = load(file(GOOD))
    with pytest.raises(TestFileError, match="expected"):
        transition(loaded, said, ".tests[0].transitions[0]")


def test_the_schema_for_editors_knows_every_key():
    assert set(schema()["$defs"]["Case"]["properties"]) >= {
        "name",
        "series",
        "transitions",
        "notifications",
        "silenced",
        "states",
    }


MEMBER = {"name": "m", "type": "query alert", "query": "avg(last_1m):avg:m{*} > 1", "message": ""}
COMPOSITE = """\
monitor: {name: both, type: composite, query: 12 && 34, message: ""}
members: %s
start: 2026-03-02T10:00Z
tests:
  - name: both alert
    series: {m: 5x5}
    transitions: [%s]
"""


@pytest.mark.parametrize("members", ["[m.json, m.json]", "{12: m.json, 34: m.json}"])
def test_members_are_a_list_in_the_order_of_the_query_or_stand_by_id(file, tmp_path, members):
    (tmp_path / "m.json").write_text(json.dumps(MEMBER))
    (result,) = run(file(COMPOSITE % (members, "+1m Alert")))
    assert result.passed, result.differences


def test_a_list_of_members_is_as_long_as_the_query_names_monitors(file, tmp_path):
    (tmp_path / "m.json").write_text(json.dumps(MEMBER))
    with pytest.raises(TestFileError, match=r":2: are 1, and the monitor's query names 2: 12, 34"):
        run(file(COMPOSITE % ("[m.json]", "+1m Alert")))


def test_members_that_stand_beside_the_composite_need_not_be_named(file, tmp_path):
    both = {"name": "both", "type": "composite", "query": "12 && 34", "message": ""}
    listed = [both, MEMBER | {"id": 12}, MEMBER | {"id": 34}]
    (tmp_path / "all.json").write_text(json.dumps(listed))
    text = GOOD.replace("high.json", "all.json#both").partition("tests:")[0]
    case = "tests:\n  - {name: a, series: {m: 5x5}, transitions: [+1m Alert]}\n"
    (result,) = run(file(text + case), named_monitor)
    assert result.passed, result.differences


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("all.json", "all.json holds 2 monitors: name one of them behind a #, such as all.json#[0], all.json#[1]"),
        ("all.json#CPU hihg", "all.json holds no monitor CPU hihg: did you mean all.json#CPU high?"),
        ("down.json", "down.json holds no monitor: it is a downtime"),
        ("none.json", "none.json cannot be read: No such file or directory"),
        ("text.json", "text.json is not JSON"),
        (".#no", ". holds no monitor no: there are"),
    ],
)
def test_a_monitor_that_is_not_there_is_said_as_it_is(file, tmp_path, named, said):
    (tmp_path / "all.json").write_text(json.dumps([MEMBER | {"name": "CPU high"}, MEMBER | {"name": "b"}]))
    (tmp_path / "down.json").write_text(json.dumps({"scope": "*", "schedule": {}}))
    (tmp_path / "text.json").write_text("high")
    with pytest.raises(TestFileError) as error:
        run(file(GOOD.replace("high.json", named)), named_monitor)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("was", "typed", "line", "said"),
    [
        ("critical: 90", "critical: 0x5a", 6, "options.thresholds.critical: expected a number, not a text"),
        ("critical: 90", "critical: 9_0", 6, "options.thresholds.critical: expected a number, not a text"),
        ("name: high", "name: 1e3", 3, "name: expected a text, not a number"),
        ("tags: []", "tags: [env: prod]", 5, "tags[0]: expected a text, not a mapping"),
    ],
)
def test_what_yaml_or_a_slip_changes_in_a_monitor_is_named_on_its_line_in_the_words_of_yaml(
    file, was, typed, line, said
):
    text = """\
monitor:
  type: metric alert
  name: high
  query: avg(last_5m):avg:m{*} > 90
  tags: []
  options: {thresholds: {critical: 90}}
  message: "@ops@example.com"
start: 2026-03-02T10:00Z
tests:
  - {name: quiet, series: {m: 5x10}, transitions: []}
"""
    assert run(file(text))[0].passed
    with pytest.raises(TestFileError) as error:
        run(file(text.replace(was, typed)))
    assert (error.value.line, error.value.text) == (line, f"the monitor is wrong: {said}")
