"""What the JSON of each result holds: docs/lint.schema.json and its siblings are made of these types.

`version` grows when a field is renamed, removed or means something else; new fields alone do not change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

import msgspec

from doghouse.reports.shapes import backtests, lint, reviews, tests

VERSION = 1
DOCUMENTS: dict[str, Sequence[type]] = {  # by command
    "lint": [lint.Lint],
    "test": [tests.UnitTests],
    "diff": [reviews.Review],
    "backtest": [backtests.BacktestOfOne, backtests.Backtests],
}


def schema(command: str) -> dict[str, Any]:
    """The JSON Schema of what a command prints with --json."""
    tops, parts = msgspec.json.schema_components(DOCUMENTS[command], ref_template="#/$defs/{name}")
    for part in parts.values():
        if "description" in part:
            part["description"] = cleandoc(part["description"])  # which Python does itself from 3.13 on
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"doghouse {command} --json"}
    return {**described, **(tops[0] if len(tops) == 1 else {"anyOf": list(tops)}), "$defs": parts}
