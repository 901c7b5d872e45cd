"""GitLab's code quality report: what each entry must have, and that an entry is the same as long as its problem is."""

from __future__ import annotations

import json
from typing import Any


def entries(run: Any, *arguments: object) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(run(*arguments, "--format", "gitlab").stdout)
    return made


def test_each_problem_has_its_place_its_rule_and_how_bad_it_is(repository, run) -> None:
    made = entries(run, "lint", repository / "monitors")
    assert [(one["severity"], one["check_name"], one["location"]["path"]) for one in made] == [
        ("major", "message-unclosed-block", "monitors/many.json"),
        ("minor", "unknown-option", "monitors/many.json"),
    ]
    lines = (repository / "monitors" / "many.json").read_text().splitlines()
    assert ["message" in lines[one["location"]["lines"]["begin"] - 1] for one in made] == [True, False]


def test_fingerprints_differ_and_stay_where_a_problem_moves_to_another_line(repository, run) -> None:
    before = {one["fingerprint"] for one in entries(run, "lint", repository / "monitors")}
    path = repository / "monitors" / "many.json"
    path.write_text("\n\n" + path.read_text())
    assert {one["fingerprint"] for one in entries(run, "lint", repository / "monitors")} == before
    assert len(before) == 2


def test_the_same_problem_twice_is_two_entries(repository, run) -> None:
    path = repository / "monitors" / "many.json"
    path.write_text(json.dumps(json.loads(path.read_text())[:1] * 2))
    made = [one for one in entries(run, "lint", path) if one["check_name"] == "unknown-option"]
    assert len({one["fingerprint"] for one in made}) == 2


def test_unit_tests_and_a_review_have_entries_too(repository, run) -> None:
    assert [one["check_name"] for one in entries(run, "test", repository / "tests")] == ["test-failed", "test-unread"]
    (repository / "empty").mkdir()
    made = entries(run, "diff", repository / "empty", repository / "monitors")
    assert {"message-unclosed-block", "unknown-option"} <= {one["check_name"] for one in made}


def test_standard_input_has_a_place_that_gitlab_takes(run) -> None:
    (one,) = entries(run, "lint", "-")
    assert one["location"] == {"path": "standard input", "lines": {"begin": 1}}
