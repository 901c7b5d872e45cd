"""A query function as one would be added: one module, one decorated function. `test_recipe` imports it and looks for it everywhere."""

from __future__ import annotations

from doghouse.queries.evaluation.frames import Frame
from doghouse.queries.functions import Family, Parameter, function
from doghouse.queries.functions.arguments import QUERY

RECIPES = Family("recipes", "no/page/of/datadog")


def _not_zero(name: str, value: float | str) -> str | None:
    return f"{name}() by 0 leaves nothing" if value == 0 else None


@function(
    RECIPES,
    "scaled_for_test",
    "the values so many times",
    (QUERY, Parameter("factor", "number", check=_not_zero)),
    pointwise=True,
    on_numbers=True,
    keeps_unit=False,
)
def scaled(frame: Frame, factor: float) -> Frame:
    """Each value, so many times."""
    return frame.with_values(frame.values * factor)
