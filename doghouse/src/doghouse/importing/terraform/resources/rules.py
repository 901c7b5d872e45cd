"""A notification rule as its attributes in the API."""

from __future__ import annotations

from typing import Any

from doghouse.importing.terraform.resources.provider_values import Values, blocks, first, given, plain, whole


def notification_rule(values: Values, state: bool = False) -> dict[str, Any]:
    """The attributes of a `datadog_monitor_notification_rule` as those of an API body."""
    made: dict[str, Any] = {"name": values["name"]} if values.get("name") is not None else {}
    if values.get("recipients"):
        made["recipients"] = plain(values["recipients"])
    if wanted := given(first(values, "filter")):
        made["filter"] = {key: plain(one) for key, one in wanted.items()}
    if conditional := first(values, "conditional_recipients"):
        made["conditional_recipients"] = {
            "conditions": [_condition(one) for one in blocks(conditional, "conditions")],
            **(
                {"fallback_recipients": plain(fallback)} if (fallback := conditional.get("fallback_recipients")) else {}
            ),
        }
    if bundle := given(first(values, "bundle_config")):
        made["bundle_config"] = {key: whole(one) for key, one in bundle.items()}
    return made


def _condition(block: Values) -> dict[str, Any]:
    return {key: plain(one) for key, one in given(block).items()}
