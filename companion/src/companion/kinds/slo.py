"""SLOs. Marked by a tag."""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from companion.client import Account
from companion.kinds.model import MARK, Existing, Kind, Resource


class Slos(Kind):
    """SLOs, over the v1 API."""

    name = noun = "slo"
    mark_field = "tags"
    replaced = True
    model = "v1.model.service_level_objective_request.ServiceLevelObjectiveRequest"
    server_fields = (  # what the server adds, or works out from `thresholds`
        "id", "creator", "created_at", "modified_at", "type_id", "monitor_tags", "timeframe", "target_threshold", "warning_threshold",
    )  # fmt: skip
    any_order = ("tags",)

    @override
    def find(self, account: Account) -> list[Existing]:
        every = map(self.existing, account.call("list_slos", tags_query=MARK)["data"])
        return [slo for slo in every if slo.mark]

    @override
    def filled(self, path: str, value: Any) -> bool:
        # of `query` and `sli_specification` the server makes the other (terraform-provider-datadog issue 3479)
        return super().filled(path, value) or path in ("query", "sli_specification") or path.endswith("_display")

    @override
    def create(self, account: Account, resource: Resource) -> str:
        return str(account.call("create_slo", body=dict(resource.body))["data"][0]["id"])
