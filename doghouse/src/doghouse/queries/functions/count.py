"""How many groups there are (dashboards/functions/count)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from doghouse.queries.functions.later import np
from doghouse.queries.functions.registry import Family, function

if TYPE_CHECKING:
    from doghouse.queries.evaluation.frames import Bools, Frame

COUNT = Family("count", "dashboards/functions/count")


@function(COUNT, "count_nonzero", "how many groups are not 0", on_numbers=True, keeps_unit=False, one_series=True)
def count_nonzero(frame: Frame) -> Frame:
    """How many groups have a value other than 0: one series."""
    return _counted(frame, ~np.isnan(frame.values) & (frame.values != 0))


@function(COUNT, "count_not_null", "how many groups have a value", on_numbers=True, keeps_unit=False, one_series=True)
def count_not_null(frame: Frame) -> Frame:
    """How many groups have a value: one series."""
    return _counted(frame, ~np.isnan(frame.values))


function(
    COUNT, "count_nonzero_finite", "the same as count_nonzero", on_numbers=True, keeps_unit=False, one_series=True
)(count_nonzero)


def _counted(frame: Frame, cells: Bools) -> Frame:
    if not frame.groups:
        return frame
    values = cells.sum(axis=0, dtype=np.float64)[None, :]
    return replace(
        frame, values=values, points=np.ones(values.shape, np.bool_), groups=((),), counts=False, ranked=False
    )
