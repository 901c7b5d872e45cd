"""Timeboards: dashboards of layout `ordered`. Marked by a line in the description: a dashboard takes no tag but `team:`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import override

from companion.client import Account
from companion.diff import as_sets
from companion.kinds.model import Existing, Kind, mark_of, marked_text
from companion.problem import Fault

PAGE = 100_000  # as many as there are, in one answer where the server gives them
# Top-level facts of the server's own (recorded: nothing else is added).
SERVER_FIELDS = (
    "id", "url", "author_handle", "author_name", "author_info", "created_at", "modified_at", "deleted_at",
    "experience_type",
)  # fmt: skip
ANY_ORDER = ("notify_list", "tags")


class Timeboards(Kind):
    """Dashboards, over the v1 API."""

    name, noun = "timeboard", "dashboard"
    model = "v1.model.dashboard.Dashboard"
    listed_whole = False  # the list has no widgets

    @override
    def find(self, account: Account) -> list[Existing]:
        rows: dict[str, Mapping[str, Any]] = {}
        while True:  # until nothing new comes: how many a page holds at most, the API reference does not say
            page = account.call("list_dashboards", count=PAGE, start=len(rows))["dashboards"]
            new = {row["id"]: row for row in page if row["id"] not in rows}
            if not new:
                break
            rows |= new
        shown = (row for row in rows.values() if not row.get("deleted_at"))
        return [_existing(row) for row in shown if mark_of(row.get("description"))]

    @override
    def get(self, account: Account, id: str) -> Existing:
        return _existing({**account.call("get_dashboard", dashboard_id=id), "id": id})

    @override
    def filled(self, path: str, value: Any) -> bool:
        return path in SERVER_FIELDS

    @override
    def same(self, path: str, wanted: Any, actual: Any) -> bool:
        """Lists whose order says nothing; and a widget's id, which the server may give anew (kennel and Terraform ignore it too)."""
        is_id = path.startswith("widgets[") and path.endswith("].id")
        return is_id or (path in ANY_ORDER and as_sets(wanted, actual))

    @override
    def update(self, account: Account, existing: Existing, body: Mapping[str, Any]) -> None:
        account.call("update_dashboard", dashboard_id=existing.id, body=dict(body))

    @override
    def broken_rules(self, body: Mapping[str, Any]) -> Iterable[Fault]:
        from doghouse.dashboards import lint

        return (Fault(problem.field, problem.text, problem.severity != "error") for problem in lint(body))

    @override
    def marked(self, body: Mapping[str, Any], mark: str) -> dict[str, Any]:
        kept = {key: value for key, value in body.items() if key not in SERVER_FIELDS}
        return {**kept, "description": marked_text(body.get("description"), mark)}


def _existing(row: Mapping[str, Any]) -> Existing:
    made = (row.get("created_at") or "", row["id"])
    return Existing(mark_of(row.get("description")) or "", row["id"], row.get("title") or row["id"], row, made)
