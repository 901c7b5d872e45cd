"""What can be read off a monitor's query text, of whatever type: what lists, searches and answers say about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doghouse.monitors.model import METRIC_TYPES

# `by {host}`, `.by("host")`, `.by(job_name,workspace)`: recorded 177 of 177; an alert on `.by("*")` counts as grouped.
GROUPED = re.compile(r"""\bby\s*\{[^}]*\}|\.by\(\s*[^)\s]""")
SELECTOR = re.compile(r"([A-Za-z][\w.\-/]*)\{([^{}]*)\}")
CHECK = re.compile(r"""^\s*"([^"]+)"\s*\.over\(([^)]*)\)""")
INTEGRATION_PREFIXES = ("aws.", "azure.", "gcp.")  # GUESS: which metrics make a monitor one of an integration
# Events, logs, spans: what has `groupby_simple_monitor` (recorded for log, ci-*, rum, error-tracking and llm-observability; GUESS: the others).
EVENT_TYPES = frozenset(
    f"{kind} alert"
    for kind in (
        *("log", "rum", "ci-pipelines", "ci-tests", "error-tracking", "llm-observability"),
        *("event-v2", "audit", "trace-analytics", "database-monitoring", "network-performance", "network-path"),
    )
)


@dataclass(frozen=True, slots=True)
class Facts:
    """`metrics` are metric or check names; `scopes` filter tags as written (`*` where there is no filter)."""

    metrics: tuple[str, ...]
    scopes: tuple[str, ...]
    grouped: bool


def facts(document: Mapping[str, Any]) -> Facts:
    """What a stored monitor's query says."""
    kind, query = document["type"], document["query"]
    if kind == "service check":
        metrics, scopes = _check(query)
    elif kind in METRIC_TYPES or kind == "event alert":
        metrics, scopes = _selectors(query)
    else:
        metrics, scopes = (), ()
    return Facts(metrics, scopes, is_grouped(kind, query))


def is_grouped(kind: str, query: str) -> bool:
    """Whether the monitor alerts for each group (`multi`)."""
    return kind != "composite" and GROUPED.search(query) is not None


def members(document: Mapping[str, Any]) -> tuple[int, ...]:
    """The ids of the monitors that a composite is made of."""
    if document["type"] != "composite":
        return ()
    return tuple(dict.fromkeys(int(one) for one in re.findall(r"\d+", document["query"])))


def classification(document: Mapping[str, Any]) -> str:
    """The word under which searches know a monitor's type (recorded: monitors_search_returns_ok_response)."""
    kind: str = document["type"]
    if kind in METRIC_TYPES:
        return _metric_kind(document["query"])
    if kind == "service check":
        return "custom"
    return kind.removesuffix(" alert")


def notified(message: str) -> list[dict[str, str]]:
    """The handles that a message mentions, as searches show them: without a team's or service's account (recorded: `@hipchat-channel`)."""
    handles = dict.fromkeys(re.findall(r"(?<![\w@.])@([A-Za-z0-9_][\w.+\-@:/#]*\w)", message))
    return [{"handle": one, "name": one.capitalize() if one == "pagerduty" else one} for one in handles]


def _metric_kind(query: str) -> str:
    for function in ("anomalies", "outliers", "forecast"):
        if f"{function}(" in query:
            return {"anomalies": "anomaly", "outliers": "outlier"}.get(function, function)
    names = [name for name, _ in SELECTOR.findall(query)]
    return "integration" if any(name.startswith(INTEGRATION_PREFIXES) for name in names) else "metric"


def _check(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = CHECK.match(query)
    if found is None:
        return (), ()
    return (found[1],), tuple(one.strip().strip('"') for one in found[2].split(",") if one.strip())


def _selectors(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    text = re.sub(r"\bby\s*\{[^}]*\}", "", query)
    found = SELECTOR.findall(text)
    metrics = dict.fromkeys(name for name, _ in found)
    scopes = dict.fromkeys(tag for _, scope in found for tag in _tags(scope))
    return tuple(metrics), tuple(scopes)


def _tags(scope: str) -> list[str]:
    words = re.split(r",|\s+(?:AND|OR|and|or)\s+", scope)
    return [word.strip(" ()") for word in words if word.strip(" ()")] or ["*"]
