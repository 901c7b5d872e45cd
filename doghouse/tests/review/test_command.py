"""`doghouse diff` as a person or a CI calls it: two folders, files or git revisions; what it prints, and when it exits with 1."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

START = 1_772_445_600  # 2026-03-02T10:00:00Z
Run = Callable[..., tuple[int, str, str]]
Write = Callable[..., Path]


def body(name: str = "cpu_high", threshold: float = 90, **changed: Any) -> dict[str, Any]:
    return {
        "type": "metric alert",
        "name": name,
        "query": f"avg(last_1m):avg:m{{*}} by {{host}} > {threshold:g}",
        "message": "{{host.name}} has {{value}} @ops@example.com",
        "tags": ["team:a"],
        "options": {"thresholds": {"critical": threshold}, "new_host_delay": 0},
        **changed,
    }


@pytest.fixture
def run(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command in the test's folder."""
    monkeypatch.chdir(tmp_path)
    return partial(run, "diff")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files below the test's folder; a document becomes JSON."""

    def files(**contents: Any) -> Path:
        for name, content in contents.items():
            path = tmp_path / name.replace("__", "/").replace("_json", ".json").replace("_test_yaml", ".test.yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return tmp_path

    return files


@pytest.fixture
def points(tmp_path: Path) -> tuple[str, ...]:
    """Options of history: two hours of two hosts; `a` is at 95 for 15 minutes, then spikes to 95 each ten minutes; `b` is quiet."""
    lines = ["timestamp,metric,value,tags"]
    for minute in range(120):
        high = 30 <= minute < 45 or (minute >= 60 and minute % 10 == 0)
        lines.append(f"{START + 60 * minute},m,{95 if high else 50},host:a")
        lines.append(f"{START + 60 * minute},m,20,host:b")
    (tmp_path / "points.csv").write_text("\n".join(lines) + "\n")
    return "--series", "points.csv", "--from", str(START), "--to", str(START + 7200)


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., None]:
    """Runs git in the test's folder, as somebody who has no settings of their own."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "a"), ("EMAIL", "a@example.com"))
        },
    }

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, env=env, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    return git


def commit(git: Callable[..., None], text: str) -> None:
    git("add", "-A")
    git("commit", "-q", "-m", text)


# -- what is compared


def test_two_folders_changed_new_removed_renamed_are_told_apart_and_the_unchanged_counted(
    run: Run, write: Write
) -> None:
    write(
        old__a_json=body("a"), old__b_json=body("b"), old__c_json=body("c"), old__same_json=body("same"),
        new__a_json=body("a", 95), new__b_json=body("b renamed"), new__d_json=body("d", query="avg(last_1m):avg:d{*} > 90"), new__same_json=body("same"),
    )  # fmt: skip
    code, out, err = run("old", "new")
    assert (code, err) == (0, "")
    assert "a: query, critical 90 → 95" in out
    assert "b renamed: was b" in out
    assert "d: new\n" in out
    assert "\nc: removed\n" in out
    assert "same" not in out
    assert out.splitlines()[-1] == "1 monitor changed, 1 renamed, 1 new, 1 removed; 1 unchanged"


def test_two_git_revisions_with_a_path(run: Run, write: Write, repository: Callable[..., None]) -> None:
    write(monitors__a_json=body("a"), other__b_json=body("b"))
    commit(repository, "first")
    repository("checkout", "-q", "-b", "topic")
    write(monitors__a_json=body("a", 95), other__b_json=body("b", 50))
    commit(repository, "second")
    code, out, err = run("main", "HEAD", "monitors/")
    assert (code, err) == (0, "")
    assert "monitors/a.json" in out
    assert out.splitlines()[-1] == "1 monitor changed; 0 unchanged"
    assert run("main", "topic")[1].splitlines()[-1] == "2 monitors changed; 0 unchanged"


def test_the_working_tree_beside_a_revision(run: Run, write: Write, repository: Callable[..., None]) -> None:
    write(monitors__a_json=body("a"))
    commit(repository, "first")
    write(monitors__a_json=body("a", 95))
    assert run("HEAD", "monitors")[1].splitlines()[-1] == "1 monitor changed; 0 unchanged"
    assert run("main", ".", "monitors")[1].splitlines()[-1] == "1 monitor changed; 0 unchanged"


def test_a_module_beside_the_path_is_read_too(
    run: Run, write: Write, repository: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "modules/m").mkdir(parents=True)
    (tmp_path / "live").mkdir()
    (tmp_path / "live/main.tf").write_text('module "m" {\n  source = "../modules/m"\n}\n')
    module = """
resource "datadog_monitor" "cpu" {
  name = "cpu"
  type = "metric alert"
  message = "@a@example.com"
  query = "avg(last_5m):avg:m{*} > 90"
}
"""
    (tmp_path / "modules/m/main.tf").write_text(module)
    commit(repository, "first")
    (tmp_path / "modules/m/main.tf").write_text(module.replace("90", "95"))
    commit(repository, "second")
    code, out, _ = run("HEAD~1", "HEAD", "live")
    assert code == 0
    assert "cpu: query" in out


def test_a_value_that_begins_to_hover_is_a_new_warning_unless_somebody_wants_it(
    run: Run, write: Write, tmp_path: Path
) -> None:
    lines = [f"{START + 60 * minute},m,{92 if minute % 8 < 4 else 88},host:a" for minute in range(120)]
    (tmp_path / "points.csv").write_text("\n".join(["timestamp,metric,value,tags", *lines]) + "\n")
    over = ("--series", "points.csv", "--from", str(START), "--to", str(START + 7200))
    write(old__a_json=body(threshold=99), new__a_json=body())
    code, out, _ = run("old", "new", *over, "--fail-on", "warning")
    assert (code, "new warning" in out, "threshold-hovers" in out) == (1, True, True)
    assert "threshold-hovers" not in run("old", "new")[1]
    assert "cured   options.thresholds.critical_recovery: the value of host:a hovers" in run("new", "old", *over)[1]
    wanted = body(tags=["doghouse-ignore:threshold-hovers:it_is_a_demonstration"])
    write(new__a_json=wanted)
    assert "new warning" not in run("old", "new", *over)[1]
    assert "ignore-unused" not in run("old", "new")[1]


def test_variables_are_given_beside_both_revisions(run: Run, repository: Callable[..., None], tmp_path: Path) -> None:
    module = """
variable "level" {}
resource "datadog_monitor" "cpu" {
  name = "cpu"
  type = "metric alert"
  message = "@a@example.com"
  query = "avg(last_5m):avg:m{*} > ${var.level}"
}
"""
    (tmp_path / "main.tf").write_text(module)
    commit(repository, "first")
    (tmp_path / "main.tf").write_text(module.replace("${var.level}", "${var.level * 2}"))
    (tmp_path / "prod.tfvars").write_text("level = 40\n")
    out = run("HEAD", ".", "--var-file", "prod.tfvars")[1]
    assert "query: avg(last_5m):avg:m{*} > [-40-]{+80+}" in out
    code, _, err = run("HEAD", ".", "--var-file", "none.tfvars")
    assert (code, err.count("\n"), "--var-file: none.tfvars" in err) == (64, 1, True)


def test_two_plans_of_terraform_pair_by_address(run: Run, write: Write) -> None:
    def plan(name: str, threshold: str) -> dict[str, Any]:
        values = {
            "name": name,
            "type": "metric alert",
            "query": f"avg(last_5m):avg:m{{*}} > {threshold}",
            "message": "@a@example.com",
        }
        resource = {"address": "datadog_monitor.cpu", "mode": "managed", "type": "datadog_monitor", "values": values}
        return {"format_version": "1.2", "planned_values": {"root_module": {"resources": [resource]}}}

    write(before_json=plan("cpu", "90"), after_json=plan("processor", "95"))
    code, out, _ = run("before.json", "after.json")
    assert code == 0
    assert "processor: query, name cpu → processor" in out or "processor: name cpu → processor, query" in out


def test_a_commit_of_base_that_head_lacks_is_said(run: Run, write: Write, repository: Callable[..., None]) -> None:
    write(a_json=body("a"))
    commit(repository, "first")
    repository("branch", "topic")
    write(a_json=body("a", 95))
    commit(repository, "second")
    assert "1 commit of main is not in topic" in run("main", "topic")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "HEAD"), "'nowhere' is no revision that git knows here"),
        (("main", "--fail-on=error", "gone"), "'gone' is no revision that git knows here"),
        (("main", "HEAD", "nowhere"), "'nowhere' is neither in main nor in HEAD"),
        (("main", "HEAD", "../other"), "'../other' is outside of the repository"),
        (("a.json", "a.json", "a.json"), "'a.json' is a file: PATH names parts of folders and revisions"),
    ],
)
def test_what_is_not_there_is_one_sentence_and_exit_64(
    run: Run, write: Write, repository: Callable[..., None], arguments: tuple[str, ...], said: str
) -> None:
    write(a_json=body("a"))
    commit(repository, "first")
    code, out, err = run(*arguments)
    assert (code, out, err) == (64, "", f"doghouse: {said}\n")


def test_without_a_repository_a_name_that_is_no_path_is_said_to_be_none(run: Run, write: Write) -> None:
    write(a_json=body("a"))
    code, _, err = run("main", "a.json")
    assert code != 0
    assert "'main' is no file or folder, and there is no git repository here" in err


def test_without_git_it_says_so(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(a_json=body("a"))
    monkeypatch.setenv("PATH", "/nowhere")
    code, _, err = run("main", "HEAD")
    assert (code, err.count("\n"), "git is not installed" in err) == (1, 1, True)


def test_a_link_that_leads_out_of_the_repository_is_not_followed(
    run: Run, write: Write, repository: Callable[..., None], tmp_path: Path
) -> None:
    write(**{"../outside_json": body("outside")})
    write(monitors__a_json=body("a"))
    (tmp_path / "monitors/out.json").symlink_to("../../outside.json")
    (tmp_path / "monitors/in.json").symlink_to("a.json")
    commit(repository, "first")
    write(monitors__a_json=body("a", 95))
    commit(repository, "second")
    code, out, _ = run("HEAD~1", "HEAD", "--json")
    assert code == 0
    assert {change["where"] for change in json.loads(out)["monitors"]} == {
        "monitors/a.json"
    }  # in.json is the same file


# -- problems and tests


def test_new_and_cured_problems_are_listed_and_old_ones_are_not(run: Run, write: Write) -> None:
    broken = "{{#is_alert}} a @ops@example.com"
    write(
        old__a_json=body("a"), old__b_json=body("b", message=broken), old__c_json=body("c", message=broken),
        new__a_json=body("a", message=broken), new__b_json=body("b", message="@ops@example.com"), new__c_json=body("c", message=broken, tags=["x:y"]),
    )  # fmt: skip
    _, out, _ = run("old", "new", "--json")
    problems = {one["name"]: (one["new_problems"], one["cured_problems"]) for one in json.loads(out)["monitors"]}
    assert [one["rule"] for one in problems["a"][0]] == ["message-unclosed-block"]
    assert [one["rule"] for one in problems["b"][1]] == ["message-unclosed-block"]
    assert problems["c"] == ([], [])


TEST = """
monitor: a.json
start: 2026-03-02T10:00:00Z
tests:
  - name: it fires at 92
    series: {"m{host:a}": 50x2 92x3}
    transitions: [+3m Alert]
  - name: it never fires at all
    series: {"m{host:a}": 50x5}
    transitions: [+1m Alert]
"""


def test_a_unit_test_that_fails_now_and_did_not_before_is_listed_and_one_that_failed_before_is_not(
    run: Run, write: Write
) -> None:
    write(old__a_json=body("a"), new__a_json=body("a", 95), old__a_test_yaml=TEST, new__a_test_yaml=TEST)
    code, out, err = run("old", "new", "--fail-on", "error")
    assert code == 1
    assert "2 unit tests ran: 1 fails that did not before, 1 failed before too" in out
    assert "it fires at 92" in out
    assert "it never fires at all" not in out
    assert err == "doghouse: error: 1 unit test fails that did not before\n"


def test_a_unit_test_that_the_change_does_not_reach_is_not_run(run: Run, write: Write) -> None:
    write(
        old__a_json=body("a"),
        new__a_json=body("a"),
        old__b_json=body("b"),
        new__b_json=body("b", 95),
        old__a_test_yaml=TEST,
        new__a_test_yaml=TEST,
    )
    assert json.loads(run("old", "new", "--json")[1])["tests"]["ran"] == 0


# -- history


def test_the_headline_says_notifications_a_week_and_the_first_alert(
    run: Run, write: Write, points: tuple[str, ...]
) -> None:
    write(old__a_json=body(), new__a_json=body(query="avg(last_5m):avg:m{*} by {host} > 90"))
    _, out, _ = run("old", "new", *points)
    assert "cpu_high: 1,176 → 168 notifications a week, first alert 4 min later\n" in out
    assert "  notifications: 14 → 2\n" in out
    assert "  before  ▁" in out
    assert "  after   ▁" in out


def test_new_and_removed_monitors_count_from_nothing_and_to_nothing(
    run: Run, write: Write, points: tuple[str, ...]
) -> None:
    write(old__a_json=body("a"), new__b_json=body("b", query="min(last_1m):avg:m{*} by {host} > 90"))
    made = json.loads(run("old", "new", *points, "--json")[1])
    history = {change["name"]: change["history"] for change in made["monitors"]}
    assert (history["a"]["after"], history["b"]["before"]) == (None, None)
    assert made["notifications"] == {"before": 14, "after": 14}


def test_a_history_in_which_neither_version_sees_anything_is_no_comparison(
    run: Run, write: Write, points: tuple[str, ...]
) -> None:
    write(
        old__a_json=body(query="avg(last_5m):avg:n{*} > 90"),
        new__a_json=body(threshold=95, query="avg(last_5m):avg:n{*} > 95"),
    )
    _, out, _ = run("old", "new", *points)
    assert "not evaluated: there are no points of n in that time and scope" in out
    assert "notifications a week" not in out


def test_a_version_that_sees_nothing_any_more_is_said_to(run: Run, write: Write, points: tuple[str, ...]) -> None:
    write(old__a_json=body(), new__a_json=body(query="avg(last_5m):avg:typo{*} by {host} > 90"))
    _, out, _ = run("old", "new", *points)
    assert "0 notifications a week, no alert any more, sees nothing now" in out
    assert "  after: there are no points of typo in that time and scope\n" in out
    assert "after: there are no points of typo" in run("old", "new", *points, "--format", "markdown")[1]


def test_groups_that_are_new_or_gone_are_named(run: Run, write: Write, points: tuple[str, ...]) -> None:
    write(old__a_json=body(), new__a_json=body(query="avg(last_1m):avg:m{host:a} by {host} > 90"))
    assert "groups gone: host:b" in run("old", "new", *points)[1]


def test_a_message_that_reads_differently_is_shown_in_words_for_each_state(
    run: Run, write: Write, points: tuple[str, ...]
) -> None:
    write(old__a_json=body(), new__a_json=body(message="{{host.name}} now has {{value}} @dev@example.com"))
    messages = json.loads(run("old", "new", *points, "--json")[1])["monitors"][0]["history"]["messages"]
    assert [one["transition"] for one in messages] == ["Triggered", "Recovered"]
    assert (messages[0]["recipients_gone"], messages[0]["recipients_new"]) == (["ops@example.com"], ["dev@example.com"])
    changed = [(one["change"], one["text"].strip()) for one in messages[0]["words"] if one["change"] != "same"]
    assert changed == [("new", "now"), ("gone", "@ops@example.com"), ("new", "@dev@example.com")]


def test_changes_of_state_are_in_the_headline_where_nobody_is_told(
    run: Run, write: Write, points: tuple[str, ...]
) -> None:
    write(old__a_json=body(message="x"), new__a_json=body(message="x", threshold=40))
    assert (
        "cpu_high: 0 notifications a week, as before, first alert 30 min earlier, 14 → 1 changes of state\n"
        in run("old", "new", *points)[1]
    )


def test_the_course_tells_alert_from_warn(run: Run, write: Write, points: tuple[str, ...]) -> None:
    warns = {"thresholds": {"critical": 99, "warning": 40}, "new_host_delay": 0}
    query = "avg(last_1m):avg:m{host:a} by {host} > "
    write(old__a_json=body(query=f"{query}99", options=warns), new__a_json=body(query=f"{query}40", threshold=40))
    history = json.loads(run("old", "new", *points, "--json")[1])["monitors"][0]["history"]
    assert (set(history["before"]["course"]), set(history["after"]["course"])) == ({"▅"}, {"█"})


def test_only_what_changed_is_evaluated(
    run: Run, write: Write, points: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from doghouse.cli.diff import history

    replayed = []
    monkeypatch.setattr(
        history,
        "replay",
        lambda monitor, *rest, real=history.replay: replayed.append(monitor.name) or real(monitor, *rest),
    )
    write(old__a_json=body("a"), new__a_json=body("a", 80), old__b_json=body("b", 70), new__b_json=body("b", 70))
    assert run("old", "new", *points, "--no-suggest")[0] == 0
    assert replayed == ["a", "a"]


def test_a_version_that_datadog_would_refuse_is_not_evaluated(run: Run, write: Write, points: tuple[str, ...]) -> None:
    refused = body(options={"thresholds": {"critical": 80}, "new_host_delay": 0})
    write(old__a_json=body(), new__a_json=refused, old__b_json=refused | {"name": "b"}, new__b_json=body("b"))
    out = run("old", "new", *points)[1]
    why = "Datadog refuses this monitor: options.thresholds.critical: Alert threshold (80.0) does not match that used in the query (90.0)."
    assert f"after: {why}" in out
    assert f"before: {why}" in out
    assert "notifications" not in out


def test_a_downtime_that_changed_shows_what_it_silences_of_an_unchanged_monitor(
    run: Run, write: Write, points: tuple[str, ...]
) -> None:
    schedule = {"start": "2026-03-02T10:20:00Z", "end": "2026-03-02T10:50:00Z"}
    tagged = {"monitor_tags": ["team:a"]}
    downtime = {"name": "deploy", "scope": "*", "monitor_identifier": tagged, "schedule": schedule}
    other = body("other", tags=[], query="avg(last_1m):avg:o{*} > 1")
    write(
        old__a_json=body(),
        new__a_json=body(),
        old__other_json=other,
        new__other_json=other,
        new__downtime_json=downtime,
    )
    code, out, _ = run("old", "new", *points)
    assert code == 0
    assert "downtime deploy: new, for 1 monitor (cpu_high)" in out
    assert "cpu_high: 1,176 → 1,008 notifications a week" in out
    assert "  silenced: 0 → 2" in out
    assert out.splitlines()[-1] == "1 monitor affected; 1 unchanged"
    without = run("old", "new")[1]
    assert "downtime deploy: new, for 1 monitor (cpu_high)" in without
    assert without.splitlines()[-1] == "no monitor changed; 2 unchanged"


def test_a_notification_rule_that_changed_shows_whom_it_reaches(
    run: Run, write: Write, points: tuple[str, ...]
) -> None:
    rule = {"name": "team a", "filter": {"tags": ["team:a"]}, "recipients": ["slack-a"]}
    write(
        old__a_json=body(message="x"),
        new__a_json=body(message="x"),
        old__rules_json=rule,
        new__rules_json=rule | {"recipients": ["slack-b"]},
    )
    code, out, _ = run("old", "new", *points)
    assert code == 0
    assert "notification rule team a: changed, for 1 monitor (cpu_high)" in out
    assert "to: no more slack-a, now slack-b" in out


def test_a_setting_that_would_do_better_is_one_line(run: Run, write: Write, points: tuple[str, ...]) -> None:
    write(old__a_json=body("a", 94), new__a_json=body("a", 90))
    (line,) = [line for line in run("old", "new", *points)[1].splitlines() if "better: " in line]
    assert (
        line
        == "  better: last_2m would send 168 notifications a week, first alert 1 min later, 6 alerts missed, short ones too"
    )


def test_settings_are_varied_unasked_only_as_far_as_it_takes_little_time(
    run: Run, write: Write, points: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from doghouse.cli.diff import history

    write(old__a_json=body("a", 94), new__a_json=body("a", 90), old__b_json=body("b", 94), new__b_json=body("b", 91))
    monkeypatch.setattr(history, "MOST_UNASKED", 300)  # evaluations: of two groups over two hours there are 240
    unasked, asked, unwanted = (
        run("old", "new", *points, *more)[1] for more in ((), ("--suggest",), ("--no-suggest",))
    )
    assert unasked.count("better: ") == 1
    assert "note: other settings were tried for 1 of 2 monitors: --suggest tries them for all" in unasked
    assert asked.count("better: ") == 2
    assert "better: " not in unwanted


# -- --fail-on


@pytest.mark.parametrize(
    ("old", "new", "wanted", "objection"),
    [
        (body(), body(threshold=40), ("noisier",), None),
        (body(threshold=99), body(), ("noisier",), "noisier: 0 → 14 notifications over the range"),
        (body(), body(query="avg(last_1m):avg:m{*} by {host} > 90 "), ("noisier",), None),
        (body(), body(threshold=99), ("missed-alert",), "missed-alert: cpu_high: 1 alert of ten minutes and more no longer there"),
        (body(), body(query="avg(last_5m):avg:m{*} by {host} > 90"), ("missed-alert",), None),
        (body(), body(message="x"), ("error",), None),
        (body(), body(message="x"), ("warning",), "warning: 1 new warning"),
        (body(), body(message="{{#is_alert}} @a@example.com"), ("warning",), "error: 1 new error"),
        (body(), body(threshold=99), ("error", "missed-alert"), "missed-alert: cpu_high: 1 alert of ten minutes and more no longer there"),
    ],
)  # fmt: skip
def test_fail_on_objects_to(
    run: Run,
    write: Write,
    points: tuple[str, ...],
    old: dict[str, Any],
    new: dict[str, Any],
    wanted: tuple[str, ...],
    objection: str | None,
) -> None:
    write(old__a_json=old, new__a_json=new)
    code, _, err = run("old", "new", *points, "--no-suggest", "--fail-on", ",".join(wanted))
    assert (code, err) == ((1, f"doghouse: {objection}\n") if objection else (0, ""))
    separate = [word for one in wanted for word in ("--fail-on", one)]
    assert run("old", "new", *points, "--no-suggest", *separate)[::2] == (code, err)


def test_noisier_by_up_to_a_percentage_is_let_through(run: Run, write: Write, points: tuple[str, ...]) -> None:
    louder = body("b", 94)
    write(old__a_json=body("a"), new__a_json=body("a", 91), new__b_json=louder)  # 14 → 28
    assert run("old", "new", *points, "--fail-on", "noisier=99")[0] == 1
    assert run("old", "new", *points, "--fail-on", "noisier=100")[0] == 0


def test_a_removed_monitor_misses_its_alerts(run: Run, write: Write, points: tuple[str, ...]) -> None:
    write(old__a_json=body(), old__b_json=body("b", 99), new__b_json=body("b", 99))
    code, _, err = run("old", "new", *points, "--fail-on", "missed-alert")
    assert (code, "missed-alert: cpu_high" in err) == (1, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fail-on", "louder"), "--fail-on: 'louder' is none of error, warning, noisier[=PERCENT], missed-alert"),
        (
            ("--fail-on", "noisier=much"),
            "--fail-on: 'much' is no percentage: expected a number of 0 and more, as in noisier=20",
        ),
        (("--fail-on", "noisier"), "--fail-on noisier needs history: --series, --logs or --datadog"),
        (("--series", "points.csv"), "history needs its start: --from, as in --from now-30d"),
        (
            ("--series", "points.csv", "--from", "2", "--to", "1"),
            "--from is not before --to: 1970-01-01T00:00:02+00:00 and 1970-01-01T00:00:01+00:00",
        ),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_64(run: Run, write: Write, options: tuple[str, ...], said: str) -> None:
    write(old__a_json=body(), new__a_json=body())
    assert run("old", "new", *options) == (64, "", f"doghouse: {said}\n")


# -- what is broken


BROKEN = (
    "", "{", "[]", "[[", "null", "3", '"x"', "[1, 2]", '{"type": "metric alert", "query": 3}', '{"type": 1, "query": "x", "options": 7}',
    '{"type": "metric alert", "query": "avg(last_5m):avg:m{*} >", "name": ["x"], "message": 5, "tags": "x", "options": {"thresholds": []}}',
    '{"type": "composite", "query": "1 && 2", "name": null}', '{"type": "metric alert", "query": "avg(last_5m):avg:m{*} > 90", "name": "\\ud800"}',
    '{"scope": 5, "schedule": []}', '{"name": "r", "recipients": 5}', '{"id": [1], "type": "slo alert", "query": "x"}', "\x00\x01",
)  # fmt: skip


@pytest.mark.parametrize("format", ["text", "markdown", "json"])
@pytest.mark.parametrize("text", BROKEN)
def test_what_is_broken_on_either_side_is_no_traceback(
    run: Run, write: Write, points: tuple[str, ...], text: str, format: str
) -> None:
    write(
        old__a_json=body(),
        new__a_json=text,
        old__b_json=text,
        new__b_json=body("b"),
        old__c_json=text,
        new__c_json=text,
    )
    code, out, _ = run("old", "new", *points, "--format", format, "--no-suggest")
    assert code == 0
    assert out


def test_a_file_that_cannot_be_read_now_is_an_error(run: Run, write: Write) -> None:
    write(old__a_json=body(), new__a_json="{", old__b_json="{", new__b_json="{")
    code, out, err = run("old", "new", "--fail-on", "error")
    assert (code, err) == (1, "doghouse: error: 1 new error\n")
    assert "new/a.json:1" in out
    assert "b.json" not in out


def test_json_is_what_its_schema_in_docs_says(run: Run, write: Write, points: tuple[str, ...]) -> None:
    import jsonschema

    downtime = {"name": "x", "scope": "*", "schedule": {"start": "2026-03-02T10:20:00Z", "end": "2026-03-02T10:50:00Z"}}
    broken = body(message="{{#is_alert}} @dev@example.com", threshold=94.5)
    write(old__a_json=body(), new__a_json=broken, old__b_json=body("b", 96), new__d_json=downtime, new__x_json="{")
    write(old__a_test_yaml=TEST, new__a_test_yaml=TEST)
    schema = json.loads((Path(__file__).parents[3] / "docs/diff.schema.json").read_text())
    for one in schema["$defs"].values():
        if "properties" in one:
            one["additionalProperties"] = False
    for options in ((), (*points, "--suggest")):
        document = json.loads(run("old", "new", *options, "--json", "--fail-on", "error")[1])
        jsonschema.Draft202012Validator(schema).validate(document)
        assert [one["change"] for one in document["monitors"]] == ["changed", "removed"]
