"""What a widget asks for: its requests, in the old form (`q`) and the new one (`queries` and `formulas`), as lines to be evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NAMED_SOURCES = {"metrics": "", "cloud_cost": "cloud cost queries"}
OLD_QUERIES = (  # the keys of a request that hold something other than a metrics query (OpenAPI: TimeseriesWidgetRequest and its like)
    "log_query",
    "apm_query",
    "rum_query",
    "event_query",
    "network_query",
    "process_query",
    "profile_metrics_query",
    "security_query",
    "audit_query",
    "apm_stats_query",
    "query",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to evaluate: a metrics query's text, or a formula over named ones.

    `queries` maps a formula's names to their texts; it is empty where `text` is a query itself. `unevaluated` says what it is that doghouse does not evaluate.
    """

    text: str
    queries: Mapping[str, str] = field(default_factory=dict)
    alias: str | None = None
    aggregators: Mapping[str, str] = field(default_factory=dict)
    limit: tuple[int, str] | None = None
    unevaluated: str | None = None

    @property
    def title(self) -> str:
        """The line as a person would write it: the formula with its queries in the place of their names."""
        if self.text in self.queries:
            return self.queries[self.text]
        if not self.queries:
            return self.text
        return f"{self.text}  where  " + ", ".join(f"{name} = {text}" for name, text in self.queries.items())


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a widget: its lines, and how they are drawn."""

    lines: tuple[Line, ...]
    display: str = "line"
    style: Mapping[str, Any] = field(default_factory=dict)
    right_axis: bool = False
    aggregator: str | None = None
    formats: Sequence[Mapping[str, Any]] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def requests(definition: Mapping[str, Any]) -> tuple[Request, ...]:
    """Every request of a widget's definition. A host map's or scatter plot's are in the order of their names' appearance."""
    given = definition.get("requests") or ()
    if isinstance(given, Mapping):
        given = list(given.values())
    return tuple(_request(one) for one in given if isinstance(one, Mapping))


def _request(raw: Mapping[str, Any]) -> Request:
    return Request(
        tuple(_lines(raw)),
        str(raw.get("display_type") or "line"),
        raw.get("style") or {},
        bool(raw.get("on_right_yaxis")),
        raw.get("aggregator"),
        raw.get("conditional_formats") or (),
        raw,
    )


def _lines(raw: Mapping[str, Any]) -> Iterator[Line]:
    if isinstance(raw.get("q"), str):
        aliases = {one.get("expression"): one.get("alias_name") for one in raw.get("metadata") or ()}
        yield Line(raw["q"], alias=aliases.get(raw["q"]))
    elif raw.get("queries"):
        yield from _formulas(raw)
    else:
        yield from (Line("", unevaluated=name) for name in OLD_QUERIES if raw.get(name))


def _formulas(raw: Mapping[str, Any]) -> Iterator[Line]:
    """The formulas of a request; where it has none, each query by itself."""
    texts = {str(one.get("name", "")): str(one.get("query", "")) for one in raw["queries"]}
    aggregators = {str(one.get("name", "")): str(one["aggregator"]) for one in raw["queries"] if one.get("aggregator")}
    missing = _unevaluated(raw["queries"])
    for formula in raw.get("formulas") or [{"formula": name} for name in texts]:
        limit = formula.get("limit") or {}
        yield Line(
            str(formula.get("formula", "")),
            texts,
            formula.get("alias"),
            aggregators,
            (int(limit["count"]), str(limit.get("order", "desc"))) if limit.get("count") else None,
            missing,
        )


def _unevaluated(queries: Sequence[Mapping[str, Any]]) -> str | None:
    """The first source of data among the queries that is not metrics."""
    for query in queries:
        source = str(query.get("data_source", "metrics"))
        if source != "metrics":
            return f"queries of {source.replace('_', ' ')}"
    return None
