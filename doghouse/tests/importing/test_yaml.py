"""Monitors in YAML: the shapes of JSON, with the line of each field, comments that suppress, and no trouble from other YAML in the folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from doghouse.importing import yaml_documents
from doghouse.importing.monitor_files import collect
from doghouse.importing.things import DowntimeInFile, MonitorInFile, Unread
from doghouse.importing.verdicts import lint_all

LIST = """\
# the team's
- type: metric alert
  name: one
  query: avg(last_5m):avg:m.one{*} > 90
  message: |
    {{#is_alert}}
    high {{/is_warning}}
    @ops@example.com
- name: two
  # doghouse: ignore[unknown-option] it is for a later release
  type: metric alert
  query: avg(last_5m):avg:m.two{*} > 90
  message: "@ops@example.com"
  options:
    thresholds: {critical: 90}
    nope: 3
# doghouse: ignore[message-unclosed-block] it is meant
- {name: three, type: metric alert, query: "avg(last_5m):avg:m.three{*} > 90", message: "@ops@example.com", options: {nope: 3}}
"""
Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return file


def test_each_monitor_of_a_list_has_its_lines_also_in_a_block_of_text(write: Write) -> None:
    verdicts = lint_all(collect(write("many.yaml", LIST)))
    placed = [
        (one.name, line, each.rule) for one in verdicts for each, line in zip(one.problems, one.lines, strict=True)
    ]
    assert placed == [
        ("one", 7, "message-stray-closing"),
        ("three", 18, "unknown-option"),
        ("three", 18, "ignore-unused"),
    ]
    assert "many.yaml:7 [0]" in verdicts[0].place(7)


def test_a_comment_in_or_above_a_monitor_suppresses_its_problem_and_no_others(write: Write) -> None:
    verdicts = lint_all(collect(write("many.yaml", LIST)))
    assert [[(each.problem.rule, each.reason, each.line) for each in one.suppressed] for one in verdicts] == [
        *([], [("unknown-option", "it is for a later release", 16)], []),
    ]


def test_a_folder_gives_its_monitors_and_passes_over_other_yaml(write: Write, tmp_path: Path) -> None:
    write("one.yml", "type: metric alert\nname: a\nquery: avg(last_5m):avg:m{*} > 90\nmessage: x\n")
    write("workflow.yaml", "on: push\njobs: {a: {steps: []}}\n")
    write("chart.yaml", "{{ if .Values.on }}\nkind: Service\n{{ end }}\n")
    write("a.test.yaml", "monitor: one.yml\ntests: []\n")
    write("night.yaml", "scope: env:prod\nmonitor_identifier: {monitor_tags: ['*']}\nschedule: {start: null}\n")
    assert [type(one) for one in collect(str(tmp_path))] == [DowntimeInFile, MonitorInFile]


def test_several_documents_of_a_file_are_a_list(write: Write) -> None:
    text = "---\ntype: metric alert\nquery: a\n---\ntype: metric alert\nquery: b\n"
    found = [one for one in collect(write("a.yaml", text)) if isinstance(one, MonitorInFile)]
    assert [(one.body["query"], one.line("query", 0), one.where[-3:]) for one in found] == [
        ("a", 3, "[0]"),
        ("b", 6, "[1]"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("query: [a\ntype: b\n", ":2 is not YAML: expected ',' or ']', but got ':'"),
        ("query: a\ntype: b\nquery: c\n", ":3 is not YAML: 'query' stands twice"),
        ("query: &a [*a]\ntype: b\n", ":1 is not YAML: it is nested too deeply, or an alias stands within what it names"),
        ("query: " + "[" * 5000 + "\ntype: b\n", ":1 is not YAML: it is nested too deeply, or an alias stands within what it names"),
        ("query: !!python/object:os.system a\ntype: b\n", ":1 is not YAML: 'a' is not understood as tag:yaml.org,2002:python/object:os.system"),
        ("query: a\ntype: !!bool q\n", ":2 is not YAML: 'q' is not understood as tag:yaml.org,2002:bool"),
        ("query: !!timestamp z\ntype: b\n", ":1 is not YAML: 'z' is not understood as tag:yaml.org,2002:timestamp"),
        ("query: \x01\ntype: b\n", ":1 is not YAML: the character U+0001 may not stand in it"),
        ("", " holds no monitor"),
        ("a: b", " holds no monitor"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_line(write: Write, text: str, said: str) -> None:
    (one,) = collect(write("a.yaml", text))
    assert isinstance(one, Unread)
    assert f"{one.where} {one.text}".startswith(str(write("a.yaml", text)) + said)


def test_yaml_beyond_ten_megabytes_is_not_looked_through(write: Write, tmp_path: Path) -> None:
    long = "type: metric alert\nquery: " + "1" * (10 << 20)
    (named,) = collect(write("long.yaml", long))
    assert named == Unread(str(tmp_path / "long.yaml"), "is larger than 10 MB and is not read")
    write("other.yaml", "on: push\njobs: " + "1" * (10 << 20))
    assert list(collect(str(tmp_path))) == [named]


def test_an_alias_is_no_bomb(write: Write) -> None:
    text = "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
    text += "".join(f"{a}: &{a} [{','.join([f'*{b}'] * 9)}]\n" for a, b in zip("bcdefghij", "abcdefghi", strict=True))
    (one,) = collect(write("a.yaml", text + "query: 1\ntype: 2\n"))
    assert isinstance(one, Unread)
    assert "more than 500,000 values, aliases followed" in one.text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab :#'\"{}[]0x-\n"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", min_size=1), inner),
)


@given(VALUES, st.booleans())
def test_what_json_says_yaml_says_too(document: object, flow: bool) -> None:
    assert yaml_documents.read(json.dumps(document))[0] == document
    assert yaml_documents.read(yaml.safe_dump(document, default_flow_style=flow))[0] == document
