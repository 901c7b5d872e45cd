"""A notification rule as its attributes in the API."""

from __future__ import annotations

from typing import Any

from doghouse.importing.terraform.resources.provider_values import Values, blocks, filled, first, plain, whole


def notification_rule(values: Values, state: bool = False) -> dict[str, Any]:
    """The attributes of a `datadog_monitor_notification_rule` as those of an API body."""
    attributes: dict[str, Any] = {"name": values["name"]} if values.get("name") is not None else {}
    if values.get("recipients"):
        attributes["recipients"] = plain(values["recipients"])
    if fields := filled(first(values, "filter")):
        attributes["filter"] = {key: plain(value) for key, value in fields.items()}
    if conditional := first(values, "conditional_recipients"):
        attributes["conditional_recipients"] = {
            "conditions": [
                {key: plain(value) for key, value in filled(block).items()}
                for block in blocks(conditional, "conditions")
            ],
            **(
                {"fallback_recipients": plain(fallback)} if (fallback := conditional.get("fallback_recipients")) else {}
            ),
        }
    if bundle := filled(first(values, "bundle_config")):
        attributes["bundle_config"] = {key: whole(value) for key, value in bundle.items()}
    return attributes
