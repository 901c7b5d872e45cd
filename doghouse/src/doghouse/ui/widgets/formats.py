"""Conditional formats: how a value is painted, by the first one that it meets (WidgetConditionalFormat in Datadog's schema)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from doghouse.queries.language.tree import COMPARISONS

# a colour in a palette's name → tone
TONES = {"green": "good", "yellow": "warn", "orange": "warn", "red": "bad", "gray": "plain"}
CUSTOM = {"custom_bg": ("background", "custom_bg_color"), "custom_text": ("color", "custom_fg_color")}
HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def paint(value: float, formats: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A value's paint for js/parts/values.mjs: a `tone`, or a `background` or `color` of the author's own; empty where no format is met.

    `hidden`: the format asks that the value itself is not shown.
    """
    met = next((entry for entry in formats if _meets(value, entry)), None)
    if met is None:
        return {}
    hidden = {"hidden": True} if met.get("hide_value") is True else {}
    return _colours(met) | hidden


def _meets(value: float, entry: Mapping[str, Any]) -> bool:
    sign, limit = str(entry.get("comparator")), entry.get("value")
    compare = COMPARISONS.get("==" if sign == "=" else sign)
    return compare is not None and isinstance(limit, int | float) and bool(compare(value, limit))


def _colours(entry: Mapping[str, Any]) -> dict[str, str]:
    palette = str(entry.get("palette", ""))
    if palette in CUSTOM:
        part, key = CUSTOM[palette]
        colour = str(entry.get(key, ""))
        return {part: colour} if HEX.fullmatch(colour) else {}
    tone = next((name for colour, name in TONES.items() if re.search(rf"(?<![a-z]){colour}", palette)), None)
    return {"tone": tone} if tone else {}
