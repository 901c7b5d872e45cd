"""Product analytics: what visitors did."""

from __future__ import annotations

from doghouse.dashboards.registry import WidgetType, register

register(*(WidgetType(name, ("requests",), "some") for name in ("cohort", "funnel", "retention_curve", "sankey")))
