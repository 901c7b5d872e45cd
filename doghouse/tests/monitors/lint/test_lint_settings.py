"""Which lint rules are looked for: by the command line, by a file of settings, and by what a monitor says of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doghouse.cli import application

MISSPELT = "CPU is {{vlaue}}. {{#is_alert}}@ops@example.com{{/is_alert}}"  # an error, and a warning: nobody hears of the recovery
ERROR, WARNING = "message-unknown-variable", "nobody-mentioned-on-recovery"
TERRAFORM = """
# doghouse: ignore[{ids}] {reason}
resource "datadog_monitor" "cpu" {{
  name    = "n"
  type    = "metric alert"
  query   = "avg(last_5m):avg:m{{*}} > 90"
  message = "@ops@example.com {{{{vlaue}}}}"
}}
"""


class Folder:
    """A folder of monitors in which lint runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.exit = 0
        self.output = ""

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def monitor(self, message: str = MISSPELT, name: str = "monitor.json", **more: Any) -> None:
        body = {"type": "metric alert", "name": "n", "query": "avg(last_5m):avg:m{*} > 90", "message": message, **more}
        self.write(name, json.dumps(body))

    def lint(self, *arguments: str) -> list[tuple[str, str]]:
        """The severity and the rule of each problem that the text has, suppressed ones too."""
        done = CliRunner().invoke(application(["lint"]), ["lint", ".", *arguments])
        self.exit, self.output = done.exit_code, done.output
        lines = [
            line.strip().split("  ") for line in done.stdout.splitlines() if line.startswith("  ") and line[2] != " "
        ]
        return [(parts[-3], parts[-2]) for parts in lines]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)


def test_without_settings_the_rules_that_are_on_by_default_are_looked_for(folder: Folder) -> None:
    folder.monitor()
    assert folder.lint() == [("error", ERROR), ("warning", WARNING)]
    assert folder.exit == 1


def test_only_what_is_selected_is_looked_for_by_id_and_by_pattern(folder: Folder) -> None:
    folder.monitor()
    assert folder.lint("--select", WARNING) == [("warning", WARNING)]
    assert folder.exit == 0
    assert folder.lint("--select", "message-*") == [("error", ERROR)]
    assert folder.lint("--select", f"{WARNING},message-*") == [("error", ERROR), ("warning", WARNING)]
    assert folder.lint("--select", "all", "--ignore", "message-*") == [("warning", WARNING)]


def test_what_is_ignored_is_not_looked_for_and_does_not_count(folder: Folder) -> None:
    folder.monitor()
    assert folder.lint("--ignore", ERROR) == [("warning", WARNING)]
    assert folder.exit == 0
    assert folder.output.endswith("1 monitor: 1 ok, 0 wrong, 0 not evaluated\n")


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_rule_that_there_is_not_is_wrong_use_and_the_nearest_is_named(folder: Folder, option: str) -> None:
    folder.monitor()
    folder.lint(option, "nobody-mentoined")
    assert folder.exit == 64
    assert f"doghouse: {option}: 'nobody-mentoined' is no rule; did you mean nobody-mentioned?" in folder.output


def test_what_cannot_be_read_cannot_be_ignored_and_is_said_whatever_is_selected(folder: Folder) -> None:
    folder.write("broken.json", "{")
    assert folder.lint("--select", WARNING) == [("error", "file-not-json")]
    assert folder.exit == 1
    folder.lint("--ignore", "file-not-json")
    assert folder.exit == 64
    assert "file-not-json cannot be ignored" in folder.output


def test_strict_makes_errors_of_warnings(folder: Folder) -> None:
    folder.monitor()
    assert folder.lint("--ignore", ERROR, "--strict") == [("error", WARNING)]
    assert folder.exit == 1
    assert "0 ok, 1 wrong" in folder.output


@pytest.mark.parametrize(("name", "table"), [("doghouse.toml", "lint"), ("pyproject.toml", "tool.doghouse.lint")])
def test_a_file_of_settings_says_what_is_looked_for_from_below_it_too(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, name: str, table: str
) -> None:
    folder.write(name, f'[{table}]\nignore = ["{ERROR}"]\nseverity = {{ {WARNING} = "note" }}\n')
    folder.monitor(name="monitors/deep/monitor.json")
    assert folder.lint() == [("note", WARNING)]
    monkeypatch.chdir(folder.path / "monitors")
    assert folder.lint() == [("note", WARNING)]
    assert folder.lint("--select", "message-*") == [("error", ERROR)]
    assert folder.lint("--ignore", WARNING) == []


def test_a_file_of_settings_above_the_repository_is_not_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("doghouse.toml", f'[lint]\nignore = ["{ERROR}"]\n')
    folder.monitor(name="inner/monitor.json")
    (folder.path / "inner" / ".git").mkdir()
    monkeypatch.chdir(folder.path / "inner")
    assert ("error", ERROR) in folder.lint()


def test_rules_are_ignored_below_a_path(folder: Folder) -> None:
    folder.write("doghouse.toml", f'[lint]\nper-path-ignores = {{ "sandbox/*" = ["{ERROR}", "nobody-*"] }}\n')
    folder.monitor(name="sandbox/one.json")
    folder.monitor(name="live/two.json", query="avg(last_5m):avg:other{*} > 90")
    assert folder.lint() == [("error", ERROR), ("warning", WARNING)]
    assert "live/two.json" in folder.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[lint]\nignroe = []", "'ignroe' is no setting of lint; did you mean ignore?"),
        ("[lint]\nignore = 'x'", "ignore is a list of ids, not 'x'"),
        ("[lint]\nignore = ['nobody-mentoined']", "did you mean nobody-mentioned?"),
        ("[lint]\nseverity = { nobody-mentioned = 'bad' }", "error or warning or note, not 'bad'"),
        ("[lint]\nseverity = { nobody = 'note' }", "'nobody' is no rule"),
        ("[lint]\nseverity = 'note'", "severity is a table"),
        ("[lint]\nstrict = 'yes'", "strict is true or false"),
        ("[lint]\nper-path-ignores = []", "per-path-ignores is a table"),
        ("[lint\n", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_wrong_use_and_says_where(folder: Folder, text: str, sentence: str) -> None:
    folder.write("doghouse.toml", text)
    folder.monitor()
    folder.lint()
    assert folder.exit == 64
    assert "doghouse.toml" in folder.output
    assert sentence in folder.output


def test_a_tag_suppresses_a_problem_with_a_reason_and_it_is_said_and_counted(folder: Folder) -> None:
    folder.monitor(tags=[f"doghouse-ignore:{ERROR}:typo_on_purpose", f"doghouse-ignore:{WARNING}:nobody_asks"])
    assert folder.lint() == [("suppressed", ERROR), ("suppressed", WARNING)]
    assert folder.exit == 0
    assert "did you mean {{value}}? (because: typo on purpose)" in folder.output
    assert "2 problems suppressed\n1 monitor: 1 ok" in folder.output


def test_a_tag_without_a_reason_is_not_followed(folder: Folder) -> None:
    folder.monitor(tags=[f"doghouse-ignore:{ERROR}"])
    assert folder.lint() == [("error", ERROR), ("warning", WARNING), ("warning", "ignore-without-reason")]


def test_a_tag_that_suppresses_nothing_is_said_unless_its_rule_is_not_looked_for(folder: Folder) -> None:
    folder.monitor("@ops@example.com", tags=[f"doghouse-ignore:{ERROR}:typo_on_purpose"])
    assert folder.lint("--select", f"{ERROR},ignore-*") == [("warning", "ignore-unused")]
    assert folder.lint("--ignore", ERROR, "--select", "ignore-*") == []


def test_a_tag_of_no_rule_or_of_one_that_cannot_be_ignored_is_said(folder: Folder) -> None:
    folder.monitor("@ops@example.com", tags=["doghouse-ignore:nobody-mentoined:x", "doghouse-ignore:file-not-json:x"])
    assert folder.lint("--select", "ignore-*") == [("warning", "ignore-unknown-rule")] * 2
    assert "did you mean nobody-mentioned?" in folder.output


def test_a_comment_suppresses_in_terraforms_files(folder: Folder) -> None:
    folder.write("main.tf", TERRAFORM.format(ids=ERROR, reason="typo on purpose"))
    assert folder.lint("--select", "message-*,ignore-*") == [("suppressed", ERROR)]
    assert "main.tf:7 datadog_monitor.cpu  message 1:18" in folder.output
    folder.write("main.tf", TERRAFORM.format(ids=f"{ERROR}, refused", reason=""))
    assert folder.lint("--select", "message-*,ignore-*") == [
        ("error", ERROR),
        *[("warning", "ignore-without-reason")] * 2,
    ]


def test_a_comment_that_is_of_use_to_one_of_several_instances_is_of_use(folder: Folder) -> None:
    text = TERRAFORM.format(ids=ERROR, reason="typo on purpose").replace(
        "{\n  name ", '{\n  for_each = { a = "{{vlaue}}", b = "" }\n  name '
    )
    folder.write("main.tf", text.replace('{{vlaue}}"\n}', '${each.value}"\n}'))
    assert folder.lint("--select", "message-*,ignore-*") == [("suppressed", ERROR)]


def test_a_folder_of_downtimes_alone_ends_with_their_count(folder: Folder) -> None:
    folder.write(
        "downtime.json", json.dumps({"scope": "env:prod", "monitor_identifier": {"monitor_tags": ["team:ops"]}})
    )
    folder.lint()
    assert folder.output == "1 downtime: 1 ok, 0 wrong\n"
