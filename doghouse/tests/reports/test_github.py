"""GitHub's annotations: paths from the repository's top, right lines, and no way for a text to be a command."""

from __future__ import annotations

import io
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from doghouse.reports.findings import Finding
from doghouse.reports.github import annotate

COMMAND = re.compile(r"::(\w+)(?: ([^\n]*?))?::(.*)")


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it (actions/runner, src/Runner.Common/ActionCommand.cs): properties end at the first `::`."""
    match = COMMAND.fullmatch(line)
    assert match
    name, properties, data = match.groups(default="")
    pairs = dict(one.split("=", 1) for one in properties.split(",")) if properties else {}
    return name, {key: unescaped(value, ":", ",") for key, value in pairs.items()}, unescaped(data)


def unescaped(text: str, *signs: str) -> str:
    for sign in ("\r", "\n", *signs, "%"):
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text


def test_a_problem_is_an_annotation_on_its_line_the_worst_first(repository, run) -> None:
    shown = run("lint", repository / "monitors", "--format", "github")
    commands = [read(line) for line in shown.stdout.splitlines()[:-2]]
    assert shown.exit_code == 1
    assert shown.stdout.splitlines()[-2:] == ["1 problem suppressed", "4 monitors: 3 ok, 1 wrong, 0 not evaluated"]
    assert [(name, given["file"], given["line"]) for name, given, _ in commands] == [
        ("error", "monitors/many.json", line_of(repository / "monitors" / "many.json", "is_alert")),
        ("warning", "monitors/many.json", line_of(repository / "monitors" / "many.json", "nope")),
    ]
    assert commands[0][1]["title"].startswith("cpu | 100%, <b>@here</b> #12: ")


def test_a_path_with_dots_is_the_repositorys(repository, run) -> None:
    shown = run("lint", "../monitors/../monitors/many.json", "--format", "github")
    assert "file=monitors/many.json," in shown.stdout


def test_a_file_that_cannot_be_read_is_annotated_where_it_breaks(repository, run) -> None:
    (repository / "monitors" / "broken.json").write_text('{\n"type": "x"\n"query"')
    shown = run("lint", repository / "monitors", "--format", "github")
    assert "::error file=monitors/broken.json,line=3," in shown.stdout
    assert "::error file=monitors/gone.json," in run("lint", "gone.json", "--format", "github").stdout


def test_an_element_of_a_list_that_is_no_monitor_is_annotated_in_its_file(repository, run) -> None:
    (repository / "monitors" / "odd.json").write_text((repository / "monitors" / "many.json").read_text()[:-1] + ", 3]")
    assert "::error file=monitors/odd.json," in run("lint", "odd.json", "--format", "github").stdout


def test_standard_input_is_no_file(run) -> None:
    assert run("lint", "-", "--format", "github").stdout.startswith("::error title=")


def test_a_failed_test_is_annotated_at_what_it_expects(repository, run) -> None:
    shown = run("test", repository / "tests", "--format", "github")
    file = repository / "tests" / "fine.test.yaml"
    commands = [read(line) for line in shown.stdout.splitlines()[:-1]]
    assert [(name, given["file"], given["line"]) for name, given, _ in commands] == [
        ("error", "tests/fine.test.yaml", line_of(file, "transitions: []")),
        ("error", "tests/broken.test.yaml", "3"),
    ]
    assert commands[0][2].startswith("expected no transition; got ")
    assert shown.stdout.splitlines()[-1] == "1 passed, 1 failed, 1 not read"


@given(st.builds(Finding, st.just("error"), st.text(), st.text(), st.integers(0, 9), st.text(), st.text()))
def test_whatever_a_text_holds_it_is_one_command_that_says_the_same(finding: Finding) -> None:
    out = io.StringIO()
    annotate([finding], out)
    written = out.getvalue()
    assert written.count("\n") == 1
    assert "\r" not in written
    name, properties, text = read(written[:-1])
    assert (name, text) == ("error", finding.text)
    assert properties.get("file", "") == finding.file


def line_of(path: Path, text: str) -> str:
    return next(str(number) for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)
