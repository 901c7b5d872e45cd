"""An SLO from its body, checked as Datadog checks it. Texts that no recording or public issue has are ours, in the form of those that are known (GUESS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from doghouse.queries import Expression, QuerySyntaxError, function_names, parse, parse_formula, variables
from doghouse.queries.language.formulas import bound
from doghouse.queries.language.tree import Arithmetic
from doghouse.slos import budget
from doghouse.slos.model import TIMEFRAMES, TYPE_IDS, Counts, Objective, Slices, SloError, Threshold, Uptime
from doghouse.time.lengths import MINUTE

COMPARATORS = (">", ">=", "<", "<=")
SLICES_S = (MINUTE, 5 * MINUTE)
UNCOUNTED = "Metric queries require the 'as count' modifier"
MOST_MONITORS, MOST_GROUPS = 20, 100  # the page on monitor-based SLOs; the schema (the page has 20 groups)


class _Threshold(msgspec.Struct):
    timeframe: str
    target: float
    warning: float | None = None


class _Query(msgspec.Struct):
    numerator: str
    denominator: str


class _Formula(msgspec.Struct):
    formula: str


class _NamedQuery(msgspec.Struct):
    name: str
    query: str
    data_source: str = "metrics"


class _Count(msgspec.Struct):
    queries: list[_NamedQuery]
    good_events_formula: _Formula
    total_events_formula: _Formula | None = None
    bad_events_formula: _Formula | None = None


class _SliceQuery(msgspec.Struct):
    formulas: list[_Formula]
    queries: list[_NamedQuery]


class _Slice(msgspec.Struct):
    query: _SliceQuery
    comparator: str
    threshold: float
    query_interval_seconds: int = 5 * MINUTE


class _Specification(msgspec.Struct):
    count: _Count | None = None
    time_slice: _Slice | None = None


class Body(msgspec.Struct):
    """ServiceLevelObjectiveRequest of the schema, and the id of one that stands in a file."""

    name: str
    type: str
    thresholds: list[_Threshold]
    id: str = ""
    timeframe: str | None = None
    tags: list[str] | None = None
    monitor_ids: list[int] | None = None
    groups: list[str] | None = None
    query: _Query | None = None
    sli_specification: _Specification | None = None


def read(document: Mapping[str, Any]) -> Objective:
    """The SLO of a body. Raises SloError."""
    try:
        body = msgspec.convert({key: value for key, value in document.items() if value is not None}, Body)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from None
    if body.type not in TYPE_IDS:
        raise invalid(f"'{body.type}' is not a type of SLO: expected one of {', '.join(sorted(TYPE_IDS))}")
    sli = _sli(body)
    thresholds = _thresholds(body)
    shortest = min(thresholds, key=lambda threshold: threshold.seconds).timeframe
    if body.timeframe is not None and all(threshold.timeframe != body.timeframe for threshold in thresholds):
        raise invalid(f"timeframe '{body.timeframe}' has no threshold")
    return Objective(
        body.id, body.name, body.type, thresholds, body.timeframe or shortest, tuple(body.tags or ()), sli, document
    )


def invalid(text: str) -> SloError:
    """A body that is refused: recorded texts begin so."""
    return SloError(f"Invalid payload: {text}")


def _thresholds(body: Body) -> tuple[Threshold, ...]:
    if not body.thresholds:
        raise invalid("must specify thresholds")
    thresholds = tuple(_threshold(body.type, threshold) for threshold in body.thresholds)
    if len({threshold.timeframe for threshold in thresholds}) < len(thresholds):
        raise invalid("a timeframe has more than one threshold")
    return thresholds


def _threshold(type: str, threshold: _Threshold) -> Threshold:
    """Datadog's limits: inside 0 to 100 (terraform-provider-datadog issue 1704), the warning above the target (the schema), so many decimals (the pages)."""
    if threshold.timeframe not in TIMEFRAMES:
        raise invalid(f"timeframe '{threshold.timeframe}' is not one of {', '.join(TIMEFRAMES)}")
    most = 2 if type == "monitor" and threshold.timeframe != "90d" else 3
    for name, value in (("target", threshold.target), ("warning", threshold.warning)):
        if value is None:
            continue
        if not 0 < value < 100:
            raise invalid(f"{name} must be greater than 0 and less than 100, not {value:g}")
        if budget.places(value) > most:
            raise invalid(f"{name} {value!r} has more than {most} decimals")
    if threshold.warning is not None and threshold.warning <= threshold.target:
        raise invalid(
            f"warning must be greater than target: {threshold.warning:g} is not greater than {threshold.target:g}"
        )
    return Threshold(threshold.timeframe, threshold.target, threshold.warning)


def _sli(body: Body) -> Counts | Uptime | Slices:
    specification = body.sli_specification or _Specification()
    if body.type == "monitor":
        return _uptime(body)
    if body.type == "time_slice":
        if specification.time_slice is None:
            raise invalid("must specify the sli_specification.time_slice for time_slice types")
        return _slices(specification.time_slice)
    if specification.count is not None:
        return _counts(specification.count)
    if body.query is None:
        raise invalid("must specify the query for count types")  # recorded: update_an_slo_returns_bad_request_response
    return _counted(_expression("numerator", body.query.numerator), _expression("denominator", body.query.denominator))


def _counted(good: Expression, total: Expression) -> Counts:
    """Both count (datadog-sync-cli pull request 534; GUESS: one `.as_count()` in each is enough)."""
    if any("as_count" not in function_names(expression) for expression in (good, total)):
        raise SloError(UNCOUNTED)
    return Counts(good, total)


def _uptime(body: Body) -> Uptime:
    monitors, groups = tuple(dict.fromkeys(body.monitor_ids or ())), tuple(body.groups or ())
    if not monitors:
        raise invalid("must specify monitor_ids")  # recorded: create_an_slo_object_returns_bad_request_response
    if len(monitors) > MOST_MONITORS:
        raise invalid(f"an SLO has at most {MOST_MONITORS} monitors, not {len(monitors)}")
    if groups and len(monitors) > 1:
        raise invalid("groups can be specified for a single monitor only")
    if len(groups) > MOST_GROUPS:
        raise invalid(f"an SLO has at most {MOST_GROUPS} groups, not {len(groups)}")
    return Uptime(monitors, groups)


def _counts(count: _Count) -> Counts:
    queries = _named(count.queries)
    if (count.total_events_formula is None) == (count.bad_events_formula is None):
        raise invalid("must specify exactly one of total_events_formula and bad_events_formula")
    good = _bound(count.good_events_formula, queries)
    if count.total_events_formula is not None:
        return _counted(good, _bound(count.total_events_formula, queries))
    assert count.bad_events_formula is not None
    return _counted(good, Arithmetic("+", good, _bound(count.bad_events_formula, queries)))


def _slices(specification: _Slice) -> Slices:
    if specification.comparator not in COMPARATORS:
        raise invalid(f"comparator '{specification.comparator}' is not one of {', '.join(COMPARATORS)}")
    if specification.query_interval_seconds not in SLICES_S:
        raise invalid(f"query_interval_seconds must be one of {', '.join(map(str, SLICES_S))}")
    if len(specification.query.formulas) != 1:
        raise invalid("must specify exactly one formula")
    expression = _bound(specification.query.formulas[0], _named(specification.query.queries))
    return Slices(expression, specification.comparator, specification.threshold, specification.query_interval_seconds)


def _named(queries: Sequence[_NamedQuery]) -> dict[str, Expression]:
    for query in queries:
        if query.data_source != "metrics":
            raise invalid(f"the data source of query '{query.name}' is '{query.data_source}': expected metrics")
    return {query.name: _expression(query.name, query.query) for query in queries}


def _bound(formula: _Formula, queries: Mapping[str, Expression]) -> Expression:
    try:
        tree = parse_formula(formula.formula)
    except QuerySyntaxError as error:
        raise invalid(f"formula '{formula.formula}': {error}") from None
    if unknown := [name for name in variables(tree) if name not in queries]:
        raise invalid(f"formula '{formula.formula}' names '{unknown[0]}', which is none of the queries")
    return bound(tree, queries)


def _expression(name: str, text: str) -> Expression:
    try:
        expressions = parse(text)
    except QuerySyntaxError as error:
        raise invalid(f"{name}: {error}") from None
    if len(expressions) != 1:
        raise invalid(f"{name}: expected one query, not {len(expressions)}")
    return expressions[0]
