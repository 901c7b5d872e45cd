"""Functions of each value by itself, and running sums (dashboards/functions/arithmetic)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doghouse.queries.functions.arguments import Parameter
from doghouse.queries.functions.later import arithmetic, frames, np
from doghouse.queries.functions.registry import Family, function

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats
    from doghouse.queries.evaluation.arithmetic import Value
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.functions.application import Application

ARITHMETIC = Family("arithmetic", "dashboards/functions/arithmetic")


@function(ARITHMETIC, "abs", "absolute value", pointwise=True, on_numbers=True)
def absolute(frame: Frame) -> Frame:
    """|v|."""
    return frame.with_values(np.abs(frame.values))


@function(ARITHMETIC, "log2", "logarithm to base 2", pointwise=True, on_numbers=True, keeps_unit=False)
def log2(frame: Frame) -> Frame:
    """Logarithm to base 2. GUESS: null for 0 and below."""
    return frame.with_values(_logarithm(frame.values) / np.log(2))


@function(ARITHMETIC, "log10", "logarithm to base 10", pointwise=True, on_numbers=True, keeps_unit=False)
def log10(frame: Frame) -> Frame:
    """Logarithm to base 10. GUESS: null for 0 and below."""
    with np.errstate(all="ignore"):
        return frame.with_values(np.where(frame.values > 0, np.log10(frame.values), np.nan))


def _logarithm(values: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.where(values > 0, np.log(values), np.nan)


@function(ARITHMETIC, "cumsum", "running sum over the window")
def cumsum(frame: Frame) -> Frame:
    """The running sum over the window. GUESS: a null adds 0."""
    return frame.with_values(np.where(frame.points, np.nancumsum(frame.values, axis=1), np.nan), counts=False)


@function(ARITHMETIC, "integral", "running sum of seconds times value", keeps_unit=False)
def integral(frame: Frame) -> Frame:
    """The running sum of seconds since the point before times value, 0 at the first point.

    GUESS: the page's words, time delta times value delta, cannot be meant: their sum is no integral.
    """
    return frame.with_values(frames.along_values(frame.values, frame.ts, _integral), counts=False)


def _integral(values: Floats, times: Floats) -> Floats:
    steps = np.zeros_like(values)
    steps[:, 1:] = np.diff(times, axis=1) * values[:, 1:]
    return np.cumsum(steps, axis=1)


@function(
    ARITHMETIC,
    "pow",
    "the first to the power of the second; either may be a number",
    (Parameter("base", "query"), Parameter("exponent", "query")),
    pointwise=True,
    on_numbers=True,
    keeps_unit=False,
    takes="call",
)
def power(applied: Application) -> Value:
    """The base to the power of the exponent, of which either may be a query or a number."""
    return arithmetic.combine("**", applied.value(0), applied.value(1))
