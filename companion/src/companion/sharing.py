"""Public links to a dashboard: who has one sees that board alone, without an account."""

from __future__ import annotations

from typing import Any

from companion.client import PREVIEW, Account

RANGE = {"global_time": {"live_span": "1h"}, "global_time_selectable_enabled": True}


def links(account: Account, board: str) -> list[dict[str, Any]]:
    """The open links to a dashboard that work now."""
    links = [row["attributes"] for row in account.call(PREVIEW, dashboard_id=board)["data"]]
    return [link for link in links if (link["share_type"], link["status"]) == ("open", "active")]


def share(account: Account, board: str) -> str:
    """Share a dashboard with whoever has the link that this gives."""
    body = {"dashboard_id": board, "dashboard_type": "custom_timeboard", "share_type": "open", **RANGE}
    return str(account.call("create_public_dashboard", body=body)["public_url"])
