"""Timeboards: dashboards of layout `ordered`. Marked by a line in the description: a dashboard takes no tag but `team:`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from companion.client import Account
from companion.diff import Change, as_sets, differences
from companion.kinds.model import Found, Kind, Wanted, mark_of, marked_text

PAGE = 100_000  # as many as there are, in one answer where the server gives them
SERVER_FIELDS = (
    "id", "url", "author_handle", "author_name", "author_info", "created_at", "modified_at", "deleted_at",
    "experience_type",
)  # fmt: skip


class Timeboards(Kind):
    """Dashboards, over the v1 API."""

    name = "timeboard"
    found_whole = False  # the list has no widgets

    @override
    def find(self, account: Account) -> list[Found]:
        rows: dict[str, Mapping[str, Any]] = {}
        while True:  # until nothing new comes: how many a page holds at most, the API reference does not say
            page = account.call("list_dashboards", count=PAGE, start=len(rows))["dashboards"]
            new = {row["id"]: row for row in page if row["id"] not in rows}
            if not new:
                break
            rows |= new
        return [_found(row) for row in rows.values() if mark_of(row.get("description")) and not row.get("deleted_at")]

    @override
    def get(self, account: Account, id: str) -> Found:
        return _found({**account.call("get_dashboard", dashboard_id=id), "id": id})

    @override
    def differences(self, wanted: Mapping[str, Any], held: Mapping[str, Any]) -> list[Change]:
        return differences(wanted, held, _filled, _same)

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


def _found(row: Mapping[str, Any]) -> Found:
    made = (row.get("created_at") or "", row["id"])
    return Found(mark_of(row.get("description")) or "", row["id"], row.get("title") or row["id"], row, made)


def _filled(path: str, value: Any) -> bool:
    """Top-level facts of the server's own (recorded: nothing else is added)."""
    return path in SERVER_FIELDS


ANY_ORDER = as_sets("notify_list", "tags")


def _same(path: str, wanted: Any, held: Any) -> bool:
    """Lists whose order says nothing; and a widget's id, which the server may give anew (kennel and Terraform ignore it too)."""
    return ANY_ORDER(path, wanted, held) or (path.startswith("widgets[") and path.endswith("].id"))
