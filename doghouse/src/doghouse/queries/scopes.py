"""Which series a scope takes (metrics/advanced-filtering)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from doghouse.queries.language import tree
from doghouse.queries.language.tree import Scope
from doghouse.tags import wildcards

if TYPE_CHECKING:
    from doghouse.metrics.model import Series

Predicate = Callable[[Collection[str]], bool]


def matches(scope: Scope, tags: Collection[str]) -> bool:
    """Whether a series with these effective tags (`key:value` or keyless) is in the scope. Any one value of a key is enough.

    GUESS: `env:a,env:b` asks for both, as it does for two keys; there is no silent OR.
    """
    return predicate(scope)(tags)


class Indexed(tuple["Series", ...]):
    """Series of which those with a tag are found without looking at the others: for many scopes over the same series."""

    def having(self, tag: str) -> Sequence[Series]:
        """Those with this tag, in their order."""
        return self._by_tag.get(tag, ())

    @cached_property
    def _by_tag(self) -> dict[str, list[Series]]:
        by_tag: dict[str, list[Series]] = {}
        for series in self:
            for tag in series.tags:
                by_tag.setdefault(tag, []).append(series)
        return by_tag


def select(scope: Scope, series: Sequence[Series]) -> list[Series]:
    """The series that are in the scope, in their order."""
    if isinstance(scope, tree.Everything):
        return list(series)
    if isinstance(series, Indexed) and (tags := _needed(scope)):
        series = min(map(series.having, tags), key=len)
    fits = predicate(scope)
    return [timeseries for timeseries in series if fits(timeseries.tags)]


def _needed(scope: Scope) -> list[str]:
    """Tags without which no series is in the scope."""
    match scope:
        case tree.Tag(key, value) if "*" not in value and "$" not in value:
            return [f"{key}:{value}" if key else value]
        case tree.AllOf(operands):
            return [tag for operand in operands for tag in _needed(operand)]
    return []


@lru_cache(maxsize=1024)
def predicate(scope: Scope) -> Predicate:
    """The scope as a function of tags. A template variable that was given no value filters nothing, as `*` does."""
    match scope:
        case tree.Everything() | tree.Variable():
            return lambda _: True
        case tree.Tag(_, value) if "$" in value:
            return lambda _: True
        case tree.Among(_, values) if any("$" in value for value in values):
            return lambda _: True
        case tree.Tag(key, value):
            return _tag(key, value)
        case tree.Among(key, values):
            return _any([_tag(key, value) for value in values])
        case tree.Not(operand):
            inner = predicate(operand)
            return lambda tags: not inner(tags)
        case tree.AllOf(operands):
            return _all([predicate(operand) for operand in operands])
        case tree.AnyOf(operands):
            return _any([predicate(operand) for operand in operands])


def _tag(key: str, value: str) -> Predicate:
    name = f"{key}:{value}" if key else value
    if "*" not in value:
        return lambda tags: name in tags
    if value == "*" and key:
        prefix = f"{key}:"
        return lambda tags: any(tag.startswith(prefix) for tag in tags)
    is_like = wildcards.matcher(name)
    return lambda tags: any(is_like(tag) for tag in tags)


def _all(predicates: list[Predicate]) -> Predicate:
    return lambda tags: all(predicate(tags) for predicate in predicates)


def _any(predicates: list[Predicate]) -> Predicate:
    return lambda tags: any(predicate(tags) for predicate in predicates)
