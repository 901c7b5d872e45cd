"""What somebody else saved of a thing since it was opened to be edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doghouse.review.fields import changed_fields


def conflict(base: Mapping[str, Any], theirs: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The whole of theirs, and the fields that changed, for js/workbench/conflict.mjs. None: nobody saved anything; `theirs` None: they deleted it."""
    if theirs is None:
        return {"theirs": None, "changes": []}
    changes = [
        {"field": change.field, "opened": change.old, "theirs": change.new} for change in changed_fields(base, theirs)
    ]
    return {"theirs": theirs, "changes": changes} if changes else None
