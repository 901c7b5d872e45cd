"""From good and all events (or seconds) to the SLI, the error budget and the burn rate (docs.datadoghq.com: service_level_objectives/error_budget, burn_rate).

Everything follows from the burn rate: the share that is bad, in units of the share that may be. Over the SLO's whole timeframe 100 times the burn rate is how
much of the error budget is used, in percent. Numbers may be single ones or columns; what has no events at all is NaN.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from doghouse.metrics.model import Floats
from doghouse.time.lengths import DAY

DIGITS = 12  # significant ones: what floating point adds beyond is noise, and 14.4 must be 14.4
LONG_S = 30 * DAY


def allowed(target: float) -> float:
    """The error budget in percent: 100 less the target, as exact as the target was written."""
    return float(100 - Fraction(repr(float(target))))


def sli(good: Any, total: Any) -> Floats:
    """The service level indicator in percent: one ratio of sums. GUESS: where there is more good than there is, it is above 100."""
    return _clean(_ratio(100 * np.asarray(good, np.float64), total))


def burn_rate(good: Any, total: Any, target: float) -> Floats:
    """How many times as fast as allowed the error budget is used up."""
    bad = np.asarray(total, np.float64) - np.asarray(good, np.float64)
    return _clean(_ratio(100 * bad, np.asarray(total, np.float64) * allowed(target)))


def consumed(good: Any, total: Any, target: float) -> Floats:
    """How much of the error budget is used, in percent: 150 is half as much again as there was."""
    return _clean(100 * burn_rate(good, total, target))


def remaining(good: Any, total: Any, target: float) -> Floats:
    """How much of the error budget is left, in percent; less than 0 where it is overdrawn."""
    return _clean(100 - consumed(good, total, target))


def raw_remaining(good: float, total: float, target: float) -> float:
    """How many more bad events (or seconds) there may be."""
    return float(_clean(total * allowed(target) / 100 - (total - good)))


def state(good: float, total: float, target: float, warning: float | None) -> str:
    """`breached`, `warning`, `ok` or `no_data`. GUESS: an SLI that equals a target has reached it."""
    if total == 0:
        return "no_data"
    if burn_rate(good, total, target) > 1:
        return "breached"
    return "warning" if warning is not None and burn_rate(good, total, warning) > 1 else "ok"


def longest_burn(target: float) -> float:
    """The burn rate of a service that only fails."""
    return float(_clean(100 / allowed(target)))


def decimals(type: str, target: float, span: int) -> int:
    """How many decimals of an SLI are shown: by the time it covers (s), and of events by the target's own (service_level_objectives/metric, monitor)."""
    if type == "metric":
        return min(places(target) + 1, 4)
    return 2 if span <= LONG_S else 3


def places(number: float) -> int:
    """How many decimals a number is written with."""
    exponent = Decimal(repr(float(number))).normalize().as_tuple().exponent
    return max(0, -int(exponent))


def printed(value: float, decimals: int) -> str:
    """A percentage as it is shown. GUESS: it is cut off and not rounded, so that 99.995 never shows as 100."""
    return str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN))


def _ratio(above: Floats, below: Any) -> Floats:
    below = np.asarray(below, np.float64)
    with np.errstate(all="ignore"):
        return np.where(below != 0, above / below, np.nan)


def _clean(values: Any) -> Floats:
    """Rounded to DIGITS significant digits."""
    values = np.asarray(values, np.float64)
    with np.errstate(all="ignore"):
        size = np.where((values != 0) & np.isfinite(values), np.floor(np.log10(np.abs(values))), 0)
        scale = 10.0 ** (DIGITS - 1 - size)
        cleaned: Floats = np.where(np.isfinite(values), np.round(values * scale) / scale, values)
    return cleaned
