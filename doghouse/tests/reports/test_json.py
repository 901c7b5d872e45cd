"""The JSON of each command is what its schema in docs says, and the schema is what the types say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from doghouse.reports import shapes

DOCS = Path(__file__).parents[3] / "docs"
POINTS = "metric,timestamp,value\n" + "".join(f"m,{1_772_445_600 + 60 * n},{95 if n > 9 else 5}\n" for n in range(20))
SPAN = ("--from", "1772445600", "--to", "1772446800", "--json")


def checked(command: str, text: str) -> Any:
    """The document, valid and with no field that the schema does not have."""
    schema = json.loads((DOCS / f"{command}.schema.json").read_text())
    for one in schema["$defs"].values():
        if "properties" in one:
            one["additionalProperties"] = False
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(text)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["version"] == shapes.VERSION
    return document


@pytest.mark.parametrize("command", shapes.DOCUMENTS)
def test_the_schema_in_docs_is_that_of_the_types(command: str) -> None:
    assert json.loads((DOCS / f"{command}.schema.json").read_text()) == shapes.schema(command), (
        "scripts/docs/schemas.py"
    )


def test_lint(repository, run) -> None:
    (repository / "monitors" / "downtime.json").write_text('{"scope": "x y", "schedule": {"start": "never"}}')
    made = checked("lint", run("lint", repository / "monitors", "--json").stdout)
    assert [one["name"] for one in made["monitors"]] == ["fine", "fine", "cpu | 100%, <b>@here</b> #12", "quiet"]
    assert made["monitors"][1]["problems"][0]["rule"] == "unknown-option"
    assert made["monitors"][3]["suppressed"][0]["reason"] == "it is for a later release"
    assert len(made["downtimes"]) == 1


def test_unit_tests(repository, run) -> None:
    made = checked("test", run("test", repository / "tests", "--json").stdout)
    assert [(one["name"], one["passed"]) for one in made["tests"]] == [("it fires", True), ("it stays", False)]
    assert len(made["errors"]) == 1


def test_backtests_of_one_monitor_and_of_several_have_one_shape_with_names(repository, run) -> None:
    (repository / "points.csv").write_text(POINTS)
    (repository / "monitors" / "second.json").write_text((repository / "monitors" / "fine.json").read_text())
    series = ("--series", repository / "points.csv", *SPAN)
    alone = checked("backtest", run("backtest", "fine.json", *series, "--suggest").stdout)
    several = checked("backtest", run("backtest", "fine.json", "second.json", *series).stdout)
    assert [(one["monitor"], one["where"]) for one in several["monitors"]] == [
        *(("fine", "fine.json"), ("fine", "second.json")),
    ]
    assert len(alone["monitors"][0].pop("suggestions")) > 1
    assert alone["monitors"] == several["monitors"][:1]
    assert {key: alone[key] for key in several["monitors"][0]} == several["monitors"][0]
    assert len(alone["transitions"]) == 1
