"""What a widget asks for: its requests, in the old form (`q`) and the new one (`queries` and `formulas`), read once into values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from doghouse.dashboards.vocabulary import OLD_QUERIES
from doghouse.queries import Expression, QuerySyntaxError, parse, parse_formula, substitute, variables
from doghouse.queries.beyond.reading import SOURCES
from doghouse.queries.beyond.templated import templated, written
from doghouse.queries.language.formulas import bound
from doghouse.queries.language.substitution import Chosen

METRICS = "metrics"
MOST_ROWS = 500  # of a request that says how its rows are sorted, and not how many


class Query(Struct, frozen=True):
    """A query of a request: its name, the source of data that it asks (`metrics`, `logs`, …), its text and what reduces it to one number."""

    name: str
    source: str
    text: str
    aggregator: str | None = None


class Line(Struct, frozen=True):
    """One thing to evaluate: a metrics query's text, or a formula over named ones.

    `queries` maps a formula's names to their texts; it is empty where `text` is a query itself. `beyond` has those of them that are of no
    metric. `unevaluated` says what it is that doghouse does not evaluate. `formats` are its own conditional formats, `cell` is how a table shows it.
    """

    text: str
    queries: Mapping[str, str] = field(default_factory=dict)
    alias: str | None = None
    aggregators: Mapping[str, str] = field(default_factory=dict)
    limit: tuple[int, str] | None = None
    unevaluated: str | None = None
    beyond: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    formats: Sequence[Mapping[str, Any]] = ()
    cell: str = "number"

    @property
    def title(self) -> str:
        """The line as a person would write it: the formula with its queries in the place of their names."""
        if self.text in self.queries:
            return self.queries[self.text]
        if not self.queries:
            return self.text
        return f"{self.text}  where  " + ", ".join(f"{name} = {text}" for name, text in self.queries.items())

    def expressions(self, values: Mapping[str, Chosen]) -> tuple[Expression, ...]:
        """What the line evaluates with these template variables: several where its query has commas. Raises QuerySyntaxError."""
        if not self.queries:
            return tuple(substitute(expression, values) for expression in parse(self.text))
        return (bound(self.formula(), self.named(values)),)

    def formula(self) -> Expression:
        """A formula over the names of its queries. Raises QuerySyntaxError, too where a name is none of them."""
        parsed = parse_formula(self.text)
        for name in variables(parsed):
            if name not in self.queries:
                names = ", ".join(self.queries)
                problem = f"'{name}' is no query of this widget; it has {names}"
                raise QuerySyntaxError(self.text, self.text.find(name), problem)
        return parsed

    def named(self, values: Mapping[str, Chosen]) -> dict[str, Expression]:
        """A formula's queries by their names. Raises QuerySyntaxError, NotEvaluated."""
        named: dict[str, Expression] = {}
        for name, text in self.queries.items():
            if name in self.beyond:
                named[name] = templated(self.beyond[name], values)
                continue
            expressions = parse(text)
            if len(expressions) != 1:
                raise QuerySyntaxError(text, 0, f"'{name}' is {len(expressions)} queries; a formula's query is one")
            named[name] = substitute(expressions[0], values)
        return named


class Request(Struct, frozen=True):
    """One request of a widget: its lines, and how they are drawn.

    `key` is its place among the requests: `0`, or a name (`fill` of a host map). `queries` are the named ones, `q` the query of the old form.
    `limit` is how many rows are shown, and which first; `sorted_by` the formula (its index) or the tag that decides, where one does.
    """

    lines: tuple[Line, ...]
    display: str = "line"
    style: Mapping[str, Any] = field(default_factory=dict)
    right_axis: bool = False
    aggregator: str | None = None
    formats: Sequence[Mapping[str, Any]] = ()
    key: str = "0"
    q: str | None = None
    queries: tuple[Query, ...] = ()
    limit: tuple[int, str] | None = None
    sorted_by: int | str = 0

    @property
    def metric_queries(self) -> Iterator[str]:
        """The texts of its queries of metrics."""
        if self.q is not None:
            yield self.q
        yield from (query.text for query in self.queries if query.source == METRICS)


def requests(definition: Mapping[str, Any]) -> tuple[Request, ...]:
    """Every request of a widget's definition. A host map's or scatter plot's are in the order of their names' appearance."""
    raw = definition.get("requests")
    keyed = raw.items() if isinstance(raw, Mapping) else enumerate(raw if isinstance(raw, list) else ())
    return tuple(request(body, str(key)) for key, body in keyed if isinstance(body, Mapping))


def request(raw: Mapping[str, Any], key: str = "0") -> Request:
    """A request as it stands in a definition."""
    q = raw["q"] if isinstance(raw.get("q"), str) else None
    queries = tuple(_query(mapping) for mapping in mappings(raw, "queries"))
    return Request(
        tuple(_lines(raw, q, queries)),
        str(raw.get("display_type") or "line"),
        raw.get("style") or {},
        bool(raw.get("on_right_yaxis")),
        raw.get("aggregator"),
        mappings(raw, "conditional_formats"),
        key,
        q,
        queries,
        *_sort(raw),
    )


def mappings(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in a list; what is no list holds none."""
    value = holder.get(name)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _query(raw: Mapping[str, Any]) -> Query:
    name, source = str(raw.get("name", "")), str(raw.get("data_source", METRICS))
    text = written(raw) if source in SOURCES else str(raw.get("query", ""))
    return Query(name, source, text, str(raw["aggregator"]) if raw.get("aggregator") else None)


def _lines(raw: Mapping[str, Any], q: str | None, queries: tuple[Query, ...]) -> Iterator[Line]:
    if q is not None:
        metadata = mappings(raw, "metadata")
        aliases = {str(mapping.get("expression")): mapping.get("alias_name") for mapping in metadata}
        cells = raw.get("cell_display_mode")  # a list of one, of a query in the old form
        cell = str(cells[0]) if isinstance(cells, list) and cells else "number"
        yield Line(q, alias=raw.get("alias") or aliases.get(q), cell=cell)
    elif queries:
        yield from _formulas(raw, queries)
    else:
        yield from (Line("", unevaluated=name) for name in (*OLD_QUERIES, "query") if raw.get(name))


def _formulas(raw: Mapping[str, Any], queries: tuple[Query, ...]) -> Iterator[Line]:
    """The formulas of a request; where it has none, each query by itself."""
    texts = {query.name: query.text for query in queries}
    aggregators = {query.name: query.aggregator for query in queries if query.aggregator}
    other = next((query.source for query in queries if query.source not in (METRICS, *SOURCES)), None)
    of_no_metric = {
        str(mapping.get("name", "")): mapping
        for mapping in mappings(raw, "queries")
        if mapping.get("data_source") in SOURCES
    }
    missing = f"queries of {other.replace('_', ' ')}" if other else None
    for formula in mappings(raw, "formulas") or [{"formula": name} for name in texts]:
        yield Line(
            str(formula.get("formula", "")),
            texts,
            formula.get("alias"),
            aggregators,
            _limit(formula.get("limit")),
            missing,
            of_no_metric,
            mappings(formula, "conditional_formats"),
            str(formula.get("cell_display_mode") or "number"),
        )


def _limit(raw: Any) -> tuple[int, str] | None:
    """How many of a formula's rows are shown, and which first."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("count"), int) or not raw["count"]:
        return None
    return raw["count"], str(raw.get("order", "desc"))


def _sort(raw: Mapping[str, Any]) -> tuple[tuple[int, str] | None, int | str]:
    """How many rows a request shows, which first, and what decides: `sort` of the new form, `limit` and `order` of the old one."""
    sort = raw.get("sort")
    if not isinstance(sort, Mapping):
        return _limit({"count": raw.get("limit"), "order": raw.get("order") or "desc"}), 0
    first = next(iter(mappings(sort, "order_by")), {})
    by = str(first.get("name", "")) if first.get("type") == "group" else first.get("index", 0)
    return _limit({"count": sort.get("count") or MOST_ROWS, "order": first.get("order") or "desc"}), by
