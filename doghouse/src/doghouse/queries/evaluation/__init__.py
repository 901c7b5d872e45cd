"""Syntax tree → numbers, in Datadog's order: select, roll up in time, interpolate, aggregate in space, then functions and arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doghouse.queries.language.rollups import default_interval

if TYPE_CHECKING:
    from doghouse.metrics.model import Source
    from doghouse.queries.evaluation.scalars import Scalars
    from doghouse.queries.language.formulas import FormulaRequest
    from doghouse.queries.language.tree import Expression
    from doghouse.queries.model import ResultSeries, Window

__all__ = ["default_interval", "evaluate", "evaluate_scalars"]


def evaluate(expression: Expression, source: Source, window: Window) -> list[ResultSeries]:
    """The lines that an expression gives over a window, one a group, ordered by scope (a ranking function: by rank).

    Raises NotEvaluated, naming what doghouse does not evaluate.
    """
    from doghouse.queries.evaluation.engine import (
        run,  # numpy is imported when numbers are wanted, so that linting starts at once
    )

    return run(expression, source, window)


def evaluate_scalars(request: FormulaRequest, source: Source, window: Window) -> Scalars:
    """A number for each formula and group over a window: what a query value, a top list or a table shows. Raises NotEvaluated."""
    from doghouse.queries.evaluation.context import Context
    from doghouse.queries.evaluation.scalars import scalars

    return scalars(request, Context.of(source, window))
