"""Which groups are shown, and in which order (dashboards/functions/rank)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from doghouse.queries.functions.arguments import QUERY, Parameter
from doghouse.queries.functions.later import np
from doghouse.queries.functions.nested_queries import summary
from doghouse.queries.functions.registry import Family, function

if TYPE_CHECKING:
    from doghouse.metrics.model import Floats
    from doghouse.queries.evaluation.frames import Frame

RANK = Family("rank", "dashboards/functions/rank")
RANKINGS = ("max", "mean", "min", "sum", "last", "l2norm", "area")
COUNTS = (5, 10, 15, 20)  # of the short forms, as top10_mean


def _how_many(function: str, value: float | str) -> str | None:
    number = float(value)
    whole = number >= 1 and number == int(number)
    return None if whole else f"{function}() takes a whole number here, 1 or more; {number:g} given"


@function(
    RANK,
    "top",
    "the first groups by a ranking",
    (
        QUERY,
        Parameter("count", "number", check=_how_many),
        Parameter("by", "text", RANKINGS),
        Parameter("order", "text", ("asc", "desc")),
    ),
)
def top(frame: Frame, count: float, by: str, order: str) -> Frame:
    """The first `count` groups ranked by max, mean, min, sum, last, l2norm or area of their values, in that order; ties as their tags sort."""
    scores = score(frame, by.lower())
    keys = -scores if order.lower() == "desc" else scores
    ranked = np.argsort(np.where(np.isnan(keys), np.inf, keys), kind="stable")
    return replace(frame.rows(ranked[: int(count)]), ranked=True)


for _end, _order in (("top", "desc"), ("bottom", "asc")):
    for _count in COUNTS:
        for _by in RANKINGS:
            function(RANK, f"{_end}{_count}_{_by}", f"{_end}({_count}, {_by})", short=True)(
                partial(top, count=_count, by=_by, order=_order)
            )


def score(frame: Frame, by: str) -> Floats:
    """One number a group, NaN where it has no values. `area` is signed. GUESS: it is the sum of value times the bucket's seconds."""
    values = frame.values
    if values.shape[1] == 0:
        return np.full(len(values), np.nan)
    with np.errstate(all="ignore"):
        match by:
            case "last":
                return _last(values)
            case "l2norm":
                return np.sqrt(summary(values * values, "sum"))
            case "area":
                return summary(values * frame.widths(), "sum")
            case _:
                return summary(values, "avg" if by == "mean" else by)


def _last(values: Floats) -> Floats:
    real = ~np.isnan(values)
    column = values.shape[1] - 1 - np.argmax(real[:, ::-1], axis=1)
    last: Floats = values[np.arange(len(values)), column]
    return last
