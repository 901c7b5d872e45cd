"""What a call of anomalies() says: read in one place, for the band and for the monitor that judges by it."""

from __future__ import annotations

from msgspec import Struct

from doghouse.queries.functions.application import plain
from doghouse.queries.language.spans import length_seconds
from doghouse.queries.language.tree import Call
from doghouse.time.lengths import DAY, HOUR, WEEK
from doghouse.time.zones import spelled

FUNCTION = "anomalies"
ALERT_WINDOW_S = 900  # where the call has none, as in graphs
DIRECTIONS = ("above", "below", "both")
SEASONS = {"hourly": HOUR, "daily": DAY, "weekly": WEEK}  # s
DEFAULT_SEASONALITY = "weekly"  # dashboards/functions/algorithms
LEAST_SEASONS = 3  # of points before a bucket, or it has no band (monitors/types/anomaly, required data history)
SEASONAL = ("agile", "robust")


class Settings(Struct, frozen=True):
    """The algorithm and the band's width in deviations; the alert window and the bucket (s; None: the default); whether a missing count is 0; the season's
    length (s; 0: the algorithm knows none) and the zone whose days and weeks are meant; the direction from which a monitor judges; what the call names."""

    algorithm: str
    bounds: float
    alert_window: int = ALERT_WINDOW_S
    interval: int | None = None
    missing_is_zero: bool = False
    season: int = 0
    zone: str = "UTC"
    direction: str = "both"
    named: frozenset[str] = frozenset()

    @property
    def history(self) -> int:
        """How long there have to be points before a bucket, or it has no band (s; 0: minutes do)."""
        return LEAST_SEASONS * self.season

    @property
    def approximation(self) -> str:
        """What every answer says of the band."""
        return f"anomalies '{self.algorithm}' is an approximation: the original algorithm is not published"

    @property
    def needs(self) -> str:
        """The history that a band needs, in words; empty where that is minutes."""
        units = {HOUR: "hours", DAY: "days", WEEK: "weeks"}
        return f"{LEAST_SEASONS} {units[self.season]}" if self.season else ""


def settings_of(expression: object) -> Settings | None:
    """The settings of a call of anomalies(), which the parser has checked; None for any other expression."""
    if not isinstance(expression, Call) or expression.function != FUNCTION:
        return None
    algorithm, bounds = (plain(argument) for argument in expression.arguments[1:3])
    named = {name: _text(plain(value)) for name, value in expression.named}
    known, seasonality = str(algorithm).lower(), named.get("seasonality", DEFAULT_SEASONALITY)
    return Settings(
        known,
        float(bounds),  # type: ignore[arg-type]
        length_seconds(named["alert_window"]) if named.get("alert_window") else ALERT_WINDOW_S,
        length_seconds(named["interval"]) if named.get("interval") else None,
        named.get("count_default_zero", "").lower() == "true",
        SEASONS[seasonality.lower()] if known in SEASONAL else 0,
        spelled(named.get("timezone", "UTC")),  # public monitors have it in small letters, as `europe/paris` and `utc`
        (named.get("direction") or "both").lower(),
        frozenset(named),
    )


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)
