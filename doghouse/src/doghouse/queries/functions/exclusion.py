"""Values and groups that are left out (dashboards/functions/exclusion)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doghouse.queries.functions.arguments import LIMIT, QUERY
from doghouse.queries.functions.later import np
from doghouse.queries.functions.registry import Family, function
from doghouse.queries.model import NOT_AVAILABLE

if TYPE_CHECKING:
    from doghouse.queries.evaluation.frames import Frame

EXCLUSION = Family("exclusion", "dashboards/functions/exclusion")


@function(EXCLUSION, "exclude_null", "without groups that have N/A among their tags", on_numbers=True)
def exclude_null(frame: Frame) -> Frame:
    """Without the groups that have N/A as the value of any tag."""
    return frame.rows([row for row, group in enumerate(frame.groups) if NOT_AVAILABLE not in dict(group).values()])


@function(
    EXCLUSION, "clamp_min", "values below the limit become the limit", (QUERY, LIMIT), pointwise=True, on_numbers=True
)
def clamp_min(frame: Frame, limit: float) -> Frame:
    """Values below the limit become the limit, and so do nulls (the page says so)."""
    return frame.with_values(np.where(frame.points, np.fmax(frame.values, limit), np.nan))


@function(
    EXCLUSION, "clamp_max", "values above the limit become the limit", (QUERY, LIMIT), pointwise=True, on_numbers=True
)
def clamp_max(frame: Frame, limit: float) -> Frame:
    """Values above the limit become the limit, and so do nulls (the page says so)."""
    return frame.with_values(np.where(frame.points, np.fmin(frame.values, limit), np.nan))


@function(
    EXCLUSION, "cutoff_min", "values below the limit are dropped", (QUERY, LIMIT), pointwise=True, on_numbers=True
)
def cutoff_min(frame: Frame, limit: float) -> Frame:
    """Values below the limit become null; the limit itself stays."""
    with np.errstate(invalid="ignore"):
        return frame.with_values(np.where(frame.values < limit, np.nan, frame.values))


@function(
    EXCLUSION, "cutoff_max", "values above the limit are dropped", (QUERY, LIMIT), pointwise=True, on_numbers=True
)
def cutoff_max(frame: Frame, limit: float) -> Frame:
    """Values above the limit become null; the limit itself stays."""
    with np.errstate(invalid="ignore"):
        return frame.with_values(np.where(frame.values > limit, np.nan, frame.values))
