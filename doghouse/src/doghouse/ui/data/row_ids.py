"""Ids in the address of a page."""

from __future__ import annotations

GREATEST = 2**63 - 1  # of a row in SQLite


def row_id(text: str) -> int | None:
    """The id of a row; None for what no row can have."""
    if not (text.isascii() and text.isdigit()):
        return None
    number = int(text) if len(text) <= len(str(GREATEST)) else GREATEST + 1
    return number if number <= GREATEST else None
