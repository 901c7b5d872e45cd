"""What of a monitor's query is never evaluated, whatever series there are: so that lint can say it without any."""

from __future__ import annotations

from doghouse.queries import Expression, MetricQuery, anomaly_settings, function_names
from doghouse.queries.functions.anomalies.settings import FUNCTION
from doghouse.queries.language import tree
from doghouse.queries.language.inspection import children, result_keys, walk

EVERY_TAG = "*"


def undefined(expression: Expression) -> str:
    """The first thing in it that is not evaluated; empty where all is, given series of the right type."""
    if anomaly_settings(expression) is None and FUNCTION in function_names(expression):
        return f"{FUNCTION}() inside another function, or in arithmetic: a monitor judges by its band"
    return next(filter(None, map(_undefined, walk(expression))), "")


def _undefined(part: Expression) -> str:
    match part:
        case MetricQuery() if EVERY_TAG in part.by:
            return "by {*}"
        case MetricQuery() if part.aggregator != "sum" and any(
            modifier.name == "weighted" for modifier in part.modifiers
        ):
            return f".weighted() of anything but a sum (here {part.aggregator or 'without an aggregator'})"
        case tree.Call(function, (*_, tree.Keys(names))):
            keys = result_keys(children(part)[0])
            missing = [key for key in names if key not in keys]
            return f"{function}() by '{missing[0]}', which its query does not group by" if missing else ""
        case _:
            return ""
