"""Composites of monitors that have no groups in common (docs: monitors/types/composite, composite monitors and groups)."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.queries import NotEvaluated, QuerySyntaxError

RULE = rule("composite-without-common-groups", "A composite's monitors group by tags that they do not share", order=120)


@RULE
def composite_groups(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Members that stand in the folder and group by different keys: the API refuses the composite."""
    grouped: dict[int, tuple[str, ...]] = {}
    for member in monitor.members:
        definition = context.beside.by_id.get(member)
        try:
            keys = (definition.keys if definition is not None else None) or ()
        except (NotEvaluated, QuerySyntaxError):
            continue
        if keys and keys != ("*",):
            grouped[member] = keys
    if len(grouped) > 1 and not set.intersection(*(set(keys) for keys in grouped.values())):
        listed = ", ".join(f"{member} by {', '.join(keys)}" for member, keys in grouped.items())
        yield RULE.problem("query", f"Composite results require common groupings, and there are none: {listed}")
