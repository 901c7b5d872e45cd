"""What is wrong with a downtime before it goes anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from doghouse.downtimes.model import DowntimeError, Recurring
from doghouse.downtimes.parsing import parse
from doghouse.downtimes.schedule import idle


class Problem(NamedTuple):
    """One thing that is wrong (`error`), or that Datadog takes and would not take as it is meant (`warning`). `field` is its path.

    `rule` is the id of the lint rule that it breaks.
    """

    field: str
    text: str
    severity: str = "error"
    rule: str = "downtime-refused"


def lint(attributes: Mapping[str, Any], now: float = 0) -> Iterator[Problem]:
    """What is wrong with the attributes of a v2 create body; what has no start starts at `now` (s UTC)."""
    try:
        downtime = parse(attributes, now)
    except DowntimeError as error:
        yield Problem(error.field, error.text)
        return
    schedule = downtime.schedule
    if isinstance(schedule, Recurring) and schedule.timezone != downtime.display_timezone:
        text = f"it is UTC where none is given, and must be the schedule's zone: {schedule.timezone}"
        yield Problem("display_timezone", text, "warning", "downtime-display-zone")
    for place in idle(downtime):
        text = "never occurs: no day within 30 years of its start fits it"
        yield Problem(f"schedule.recurrences[{place}].rrule", text, rule="downtime-never-occurs")
