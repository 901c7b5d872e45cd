"""Timeboards: dashboards of layout `ordered`. Marked by a line in the description: a dashboard takes no tag but `team:`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from companion.client import Account
from companion.diff import Change, as_sets, differences
from companion.kinds.model import Found, Kind, Wanted, mark_of, marked_text

PAGE = 100_000  # GUESS: one answer lists as many as asked for; the API reference names no upper limit
SERVER_FIELDS = (
    "id", "url", "author_handle", "author_name", "author_info", "created_at", "modified_at", "deleted_at",
    "is_read_only", "restricted_roles", "experience_type",
)  # fmt: skip


class Timeboards(Kind):
    """Dashboards, over the v1 API."""

    name = "timeboard"
    found_whole = False  # the list has no widgets

    @override
    def find(self, account: Account) -> list[Found]:
        found: list[Found] = []
        start = 0
        while True:
            page = account.call("list_dashboards", count=PAGE, start=start)["dashboards"]
            for row in page:
                mark = mark_of(row.get("description"))
                if mark and not row.get("deleted_at"):
                    found.append(Found(mark, row["id"], row["title"], row, (row["created_at"], row["id"])))
            if len(page) < PAGE:
                return found
            start += len(page)

    @override
    def get(self, account: Account, id: str) -> Found:
        body = account.call("get_dashboard", dashboard_id=id)
        return Found(mark_of(body.get("description")) or "", id, body["title"], body, (body["created_at"], id))

    @override
    def differences(self, wanted: Mapping[str, Any], held: Mapping[str, Any]) -> list[Change]:
        return differences(wanted, held, _filled, as_sets("notify_list", "tags"))

    @override
    def create(self, account: Account, wanted: Wanted) -> str:
        return str(account.call("create_dashboard", body=dict(wanted.body))["id"])

    @override
    def update(self, account: Account, found: Found, body: Mapping[str, Any]) -> None:
        account.call("update_dashboard", dashboard_id=found.id, body=dict(body))

    @override
    def remove(self, account: Account, found: Found) -> None:
        account.call("delete_dashboard", dashboard_id=found.id)

    @override
    def marked(self, body: Mapping[str, Any], mark: str) -> dict[str, Any]:
        kept = {key: value for key, value in body.items() if key not in SERVER_FIELDS}
        return {**kept, "description": marked_text(body.get("description"), mark)}


def _filled(path: str, value: Any) -> bool:
    """Top-level facts of the server's own, and the ids that it gives to widgets (recorded: nothing else is added)."""
    return path in SERVER_FIELDS or (path.startswith("widgets[") and path.endswith(".id"))
