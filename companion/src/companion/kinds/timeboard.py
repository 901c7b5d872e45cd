"""Timeboards: dashboards of layout `ordered`. Marked by a line in the description: a dashboard takes no tag but `team:`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import override

from companion.client import Account
from companion.kinds.model import Existing, Kind
from companion.problem import Fault

PAGE = 100_000  # as many as there are, in one answer where the server gives them


class Timeboards(Kind):
    """Dashboards, over the v1 API."""

    name, noun = "timeboard", "dashboard"
    mark_field, name_field = "description", "title"
    replaced = True
    model = "v1.model.dashboard.Dashboard"
    server_fields = (  # top-level facts (recorded: nothing else is added)
        "id", "url", "author_handle", "author_name", "author_info", "created_at", "modified_at", "deleted_at", "experience_type",
    )  # fmt: skip
    any_order = ("notify_list", "tags")
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
        return [board for board in map(self.existing, shown) if board.mark]

    @override
    def same(self, path: str, expected: Any, actual: Any) -> bool:
        """A widget's id means nothing: the server may give it anew (kennel and Terraform ignore it too)."""
        is_id = path.startswith("widgets[") and path.endswith("].id")
        return is_id or super().same(path, expected, actual)

    @override
    def broken_rules(self, body: Mapping[str, Any]) -> Iterable[Fault]:
        from doghouse.dashboards import lint

        return (Fault(problem.field, problem.text, problem.severity != "error") for problem in lint(body))
