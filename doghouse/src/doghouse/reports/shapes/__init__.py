"""What the JSON of each result holds: docs/lint.schema.json and its siblings are made of these types.

`version` grows when a field is renamed, removed or means something else; new fields alone do not change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

import msgspec

from doghouse.reports.shapes.backtests import (
    Backtested,
    BacktestOfOne,
    Backtests,
    Figures,
    LeftOut,
    Notification,
    Shard,
    Suggestion,
    Transition,
)
from doghouse.reports.shapes.lint import Lint, Linted, Mend, Problem, Suppressed
from doghouse.reports.shapes.reviews import (
    ChangedMessage,
    ChangedMonitor,
    ChangedThing,
    Field,
    Past,
    PlacedProblem,
    ReachedTests,
    Review,
    Versions,
)
from doghouse.reports.shapes.tests import Coverage, Covered, Difference, Missed, Share, UnitTest, UnitTests

__all__ = [
    "DOCUMENTS",
    "VERSION",
    "BacktestOfOne",
    "Backtested",
    "Backtests",
    "ChangedMessage",
    "ChangedMonitor",
    "ChangedThing",
    "Coverage",
    "Covered",
    "Difference",
    "Field",
    "Figures",
    "LeftOut",
    "Lint",
    "Linted",
    "Mend",
    "Missed",
    "Notification",
    "Past",
    "PlacedProblem",
    "Problem",
    "ReachedTests",
    "Review",
    "Shard",
    "Share",
    "Suggestion",
    "Suppressed",
    "Transition",
    "UnitTest",
    "UnitTests",
    "Versions",
    "schema",
]

VERSION = 1


DOCUMENTS: dict[str, Sequence[type]] = {  # by command
    "lint": [Lint],
    "test": [UnitTests],
    "diff": [Review],
    "backtest": [BacktestOfOne, Backtests],
}


def schema(command: str) -> dict[str, Any]:
    """The JSON Schema of what a command prints with --json."""
    tops, parts = msgspec.json.schema_components(DOCUMENTS[command], ref_template="#/$defs/{name}")
    for one in parts.values():
        if "description" in one:
            one["description"] = cleandoc(one["description"])  # which Python does itself from 3.13 on
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"doghouse {command} --json"}
    return {**described, **(tops[0] if len(tops) == 1 else {"anyOf": list(tops)}), "$defs": parts}
