"""SLOs. Marked by a tag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from companion.client import Account
from companion.kinds.model import MARK, Existing, Kind, Wanted, mark_of_tags

# What the server adds, or works out from `thresholds`.
SERVER_FIELDS = (
    "id", "creator", "created_at", "modified_at", "type_id", "monitor_tags", "timeframe", "target_threshold", "warning_threshold",
)  # fmt: skip


class Slos(Kind):
    """SLOs, over the v1 API."""

    name = noun = "slo"
    model = "v1.model.service_level_objective_request.ServiceLevelObjectiveRequest"

    @override
    def find(self, account: Account) -> list[Existing]:
        rows = account.call("list_slos", tags_query=MARK)["data"]
        return [_existing(row) for row in rows if MARK in (row.get("tags") or [])]

    @override
    def get(self, account: Account, id: str) -> Existing:
        return _existing(account.call("get_slo", slo_id=id)["data"])

    @override
    def filled(self, path: str, value: Any) -> bool:
        return path in SERVER_FIELDS or path.endswith("_display")

    @override
    def same(self, path: str, wanted: Any, actual: Any) -> bool:
        return path == "tags" and set(wanted or ()) == set(actual or ())

    @override
    def create(self, account: Account, wanted: Wanted) -> str:
        return str(account.call("create_slo", body=dict(wanted.body))["data"][0]["id"])

    @override
    def update(self, account: Account, existing: Existing, body: Mapping[str, Any]) -> None:
        account.call("update_slo", slo_id=existing.id, body=dict(body))


def _existing(row: Mapping[str, Any]) -> Existing:
    made = (str(row.get("created_at") or ""), row["id"])
    return Existing(mark_of_tags(row.get("tags")), row["id"], row.get("name") or row["id"], row, made)
