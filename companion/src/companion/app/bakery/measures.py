"""Where what is counted goes: to the Agent's DogStatsD, or back to whoever plays a week, with its time.

DogStatsD stamps what it gets with the time at which it came (docs: extend/dogstatsd), so it cannot take the hours of a week that is played in a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datadog.dogstatsd.base import DogStatsd


@dataclass(frozen=True, slots=True)
class Measure:
    """So many more of something, or one value of a distribution."""

    type: Literal["count", "distribution"]
    metric: str
    value: float
    tags: tuple[str, ...]


def send(measures: Sequence[Measure]) -> None:
    """To DogStatsD where `DD_AGENT_HOST` and `DD_DOGSTATSD_PORT` say it is (127.0.0.1:8125), with `env`, `service` and `version`."""
    for measure in measures:
        if measure.type == "count":
            _client().increment(measure.metric, measure.value, list(measure.tags))
        else:
            _client().distribution(measure.metric, measure.value, list(measure.tags))


@cache
def _client() -> DogStatsd:
    from datadog.dogstatsd.base import DogStatsd

    return DogStatsd(disable_telemetry=True)
