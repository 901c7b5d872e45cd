"""SLOs. Marked by a tag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from companion.client import Account
from companion.kinds.model import MARK, Existing, Kind, Wanted, mark_of_tags


class Slos(Kind):
    """SLOs, over the v1 API."""

    name = noun = "slo"
    model = "v1.model.service_level_objective_request.ServiceLevelObjectiveRequest"
    server_fields = (  # what the server adds, or works out from `thresholds`
        "id", "creator", "created_at", "modified_at", "type_id", "monitor_tags", "timeframe", "target_threshold", "warning_threshold",
    )  # fmt: skip
    any_order = ("tags",)

    @override
    def find(self, account: Account) -> list[Existing]:
        rows = account.call("list_slos", tags_query=MARK)["data"]
        return [_existing(row) for row in rows if MARK in (row.get("tags") or [])]

    @override
    def get(self, account: Account, id: str) -> Existing:
        return _existing(account.call("get_slo", slo_id=id)["data"])

    @override
    def filled(self, path: str, value: Any) -> bool:
        return super().filled(path, value) or path.endswith("_display")

    @override
    def create(self, account: Account, wanted: Wanted) -> str:
        return str(account.call("create_slo", body=dict(wanted.body))["data"][0]["id"])


def _existing(row: Mapping[str, Any]) -> Existing:
    made = (str(row.get("created_at") or ""), row["id"])
    return Existing(mark_of_tags(row.get("tags")), row["id"], row.get("name") or row["id"], row, made)
