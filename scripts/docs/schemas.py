#!/usr/bin/env python3
"""Writes docs/lint.schema.json and its siblings: the schemas of what commands print with --json, made of the types in doghouse.reports.shapes."""

import json
from pathlib import Path

from doghouse.reports import shapes

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def page(command: str) -> str:
    """The text of a command's schema."""
    return json.dumps(shapes.schema(command), indent=2) + "\n"


if __name__ == "__main__":
    for command in shapes.DOCUMENTS:
        (DOCS / f"{command}.schema.json").write_text(page(command))
