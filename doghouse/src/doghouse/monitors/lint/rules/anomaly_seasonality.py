"""What an anomaly monitor's algorithm makes of its seasonality and zone (docs: monitors/types/anomaly, dashboards/functions/algorithms)."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.queries import anomaly_settings
from doghouse.time.lengths import DAY

RULE = rule(
    "anomaly-seasonality",
    "An anomaly monitor names a seasonality or a time zone that has no effect",
    "warning",
    order=221,
)


@RULE
def anomaly_seasonality(_: Definition, context: Context) -> Iterator[Problem]:
    """A seasonality where the algorithm knows none; a zone where there are no days or weeks for it to be the zone of."""
    settings = anomaly_settings(context.query.expression) if context.query else None
    if settings is None:
        return
    if "seasonality" in settings.named and not settings.season:
        text = f"'{settings.algorithm}' knows no seasonality: leave it out, or take 'agile' or 'robust'"
        yield RULE.problem("query", text)
    if "timezone" in settings.named and settings.season < DAY and settings.zone != "UTC":
        what = "hourly seasonality" if settings.season else f"'{settings.algorithm}'"
        text = f"{what} looks at no days: timezone has no effect, as it has with daily and weekly seasonality"
        yield RULE.problem("query", text)
