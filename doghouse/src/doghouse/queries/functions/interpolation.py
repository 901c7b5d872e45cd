"""Values where there are none (dashboards/functions/interpolation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from doghouse.queries.functions.arguments import QUERY, Parameter
from doghouse.queries.functions.later import interpolation, np
from doghouse.queries.functions.registry import Family, function

if TYPE_CHECKING:
    from doghouse.metrics.model import Ints
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.functions.application import Application

INTERPOLATION = Family("interpolation", "dashboards/functions/interpolation")


@function(INTERPOLATION, "default_zero", "0 where there is no value", on_numbers=True, takes="call")
def default_zero(applied: Application) -> Frame:
    """0 in every bucket without a value."""
    return _default(applied, 0.0)


@function(
    INTERPOLATION,
    "default",
    "a value where there is none",
    (QUERY, Parameter("value", "number")),
    on_numbers=True,
    takes="call",
)
def default(applied: Application) -> Frame:
    """A value of one's own in every bucket without one."""
    return _default(applied, applied.number(1))


def _default(applied: Application, value: float) -> Frame:
    frame = applied.frame()
    return default_value(frame, applied.buckets(frame), value, grouped=applied.grouped())


def default_value(frame: Frame, buckets: Ints, value: float, *, grouped: bool) -> Frame:
    """A value in every bucket of the window: its own, else an interpolated one where the query interpolates, else `value`.

    A query without groups gets a series even where it found none. GUESS: with groups it gets none, as none are known.
    """
    if not frame.groups:
        if grouped:
            return frame
        values = np.full((1, len(buckets)), value)
        return replace(frame, ts=buckets, values=values, points=np.ones(values.shape, np.bool_), groups=((),))
    wide = frame.on(np.union1d(frame.ts, buckets))
    values = interpolation.interpolate(wide.values, wide.ts, wide.fill)
    values = np.where(np.isnan(values), value, values)
    return replace(wide, values=values, points=np.ones(values.shape, np.bool_))
