"""What a downtime is: the attributes of a v2 downtime as one typed value (docs.datadoghq.com: api/latest/downtimes, monitors/downtimes)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

END_STATES = frozenset({"alert", "no data", "warn"})
END_TYPES = frozenset({"canceled", "expired"})


class DowntimeError(ValueError):
    """Why a downtime is refused: `field` is the path of what is wrong (`schedule.recurrences[0].rrule`), `text` Datadog's words where they are known."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field
        self.text = text

    @property
    def sentence(self) -> str:
        """The text, behind its field where it does not begin with that."""
        return self.text if self.text.startswith(self.field) else f"{self.field}: {self.text}"


class OneTime(Struct, frozen=True):
    """From `start` to `end` (s UTC, fractional); `end` is infinity where it has none."""

    start: float
    end: float


class Recurrence(Struct, frozen=True):
    """`start` is a wall time without offset, `duration` seconds, `rrule` as given."""

    start: datetime
    duration: int
    rrule: str


class Recurring(Struct, frozen=True):
    """Recurrences on the clocks of one time zone."""

    timezone: str
    recurrences: tuple[Recurrence, ...]


class Downtime(Struct, frozen=True):
    """A downtime. Either `monitor_id` or `monitor_tags` says which monitors; neither means whatever monitor it is given to (a backtest's).

    `label` is what outputs call it: its name, else its id. `created` and `canceled` are s UTC. `document` holds the attributes as given.
    """

    id: str
    label: str
    scope: str
    schedule: OneTime | Recurring
    monitor_id: int | None = None
    monitor_tags: tuple[str, ...] | None = None
    message: str | None = None
    display_timezone: str = "UTC"
    mute_first_recovery: bool = False
    notify_end_states: frozenset[str] = END_STATES
    notify_end_types: frozenset[str] = frozenset({"expired"})
    created: float = 0.0
    canceled: float | None = None
    document: Mapping[str, Any] | None = None
