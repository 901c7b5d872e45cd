"""Texts of which a part is not known before a plan: `${var.env}` stands in them as it is written. What lint can say of the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from doghouse import monitors as mon
from doghouse.monitors.message.reachable import HOLE

_COMPARED_WITH = re.compile(r"([<>=]\s*)" + HOLE.pattern + r"\s*\Z")


def with_holes(body: Mapping[str, Any]) -> mon.Definition | None:
    """The monitor with words for what is not known of its query: the expression as a tag's value, 1 as a threshold. None where it is none all the same."""
    query = body.get("query")
    if not isinstance(query, str):
        return None
    query = HOLE.sub(lambda hole: re.sub(r"[^\w.]+", "_", hole[0][2:-1]), _COMPARED_WITH.sub(r"\g<1>1", query))
    try:
        return mon.parse({**body, "query": query})
    except mon.MonitorError:
        return None
