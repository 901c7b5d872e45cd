"""What changed: each group's value over the range, beside its value an hour, a day, a week or a month earlier (widget `change`)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from doghouse.dashboards.board import Widget
from doghouse.metrics.model import Source
from doghouse.ui.frame import Frame
from doghouse.ui.widgets import scalars
from doghouse.ui.widgets.graphs import WidgetView

DAY_S = 86_400
EARLIER = {  # how long ago (s), and in words
    "hour_before": (3600, "an hour ago"),
    "day_before": (DAY_S, "a day ago"),
    "week_before": (7 * DAY_S, "a week ago"),
    "month_before": (30 * DAY_S, "a month ago"),
}
# What a row is ordered by: the place of a number in `values`, or its label.
ORDERS: dict[str, int] = {"present": 0, "past": 1, "change": 2}


def changes(widget: Widget, source: Source, asked: WidgetView) -> dict[str, Any]:
    """Rows with the value now, the one before, and the change: JSON for js/widgets/change.mjs. GUESS: a month is 30 days, as `month_before()` has it."""
    request = widget.requests[0]
    wish = _wish(widget)
    back, words = EARLIER.get(str(wish.get("compare_to")), EARLIER["hour_before"])
    single = msgspec.structs.replace(widget, requests=(request,))
    present = scalars.scalars(single, source, asked)
    past = scalars.scalars(single, source, replace(asked, frame=earlier(asked.frame, back)))
    before = {row["group"]: row["value"] for row in past["rows"]}
    rows = [_row(row, before.get(row["group"]), wish) for row in present["rows"]]
    order = ORDERS.get(str(wish.get("order_by")))
    known = [row for row in rows if row["values"][2] is not None]
    known.sort(
        key=lambda row: row["label"] if order is None else row["values"][order], reverse=wish.get("order_dir") == "desc"
    )
    unknown = [row for row in rows if row["values"][2] is None]
    return present | {"rows": known + unknown, "before": words}


def _wish(widget: Widget) -> dict[str, Any]:
    raw = widget.definition.get("requests")
    return dict(raw[0]) if isinstance(raw, list) and raw and isinstance(raw[0], dict) else {}


def earlier(frame: Frame, seconds: int) -> Frame:
    """The frame that many seconds before."""
    return replace(frame, start=frame.start - seconds, end=frame.end - seconds)


def _row(row: dict[str, Any], past: float | None, wish: dict[str, Any]) -> dict[str, Any]:
    present, change = row["value"], None
    if present is not None and past is not None:
        change = present - past
        if wish.get("change_type") == "relative":
            change = None if past == 0 else 100 * change / abs(past)
    good = None if not change else (change > 0) == (wish.get("increase_good") is not False)
    return row | {
        "values": [present, past, change],
        "relative": wish.get("change_type") == "relative",
        "paints": [{} if good is None else {"tone": "good" if good else "bad"}],
    }
