"""A correction of an SLO as its attributes in the API."""

from __future__ import annotations

from typing import Any

from doghouse.importing.terraform.resources.provider_values import Values, filled, whole

TEXTS = ("slo_id", "slo_query", "category", "description", "rrule", "timezone")
WHOLE = ("start", "end", "duration")  # s UTC; s


def correction(values: Values, state: bool = False) -> dict[str, Any]:
    """The attributes of a `datadog_slo_correction`."""
    fields = filled({name: values.get(name) for name in (*TEXTS, *WHOLE)})
    return {key: whole(value) if key in WHOLE else str(value) for key, value in fields.items()}
