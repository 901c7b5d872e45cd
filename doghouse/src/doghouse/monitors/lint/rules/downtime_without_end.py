"""Alerts that reach nobody because a downtime of the folder never ends (docs: monitors/downtimes)."""

from __future__ import annotations

import math
from collections.abc import Iterator

from doghouse.downtimes import Downtime, Recurring, concerns
from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, finds, rule
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.time.lengths import HOUR

FOR_EVER = rule("silenced-without-end", "A downtime without an end silences the monitor", "warning", order=530)
AT_NIGHT = rule("silenced-at-night", "A downtime silences the monitor each night, without an end", "warning", order=531)


@finds(FOR_EVER, AT_NIGHT)
def downtime_without_end(monitor: Definition, context: Context) -> Iterator[Problem]:
    """Downtimes over every group of the monitor that end never, or come again each night for ever."""
    for where, downtime in context.beside.downtimes:
        if not _over_all(downtime, monitor):
            continue
        schedule = downtime.schedule
        if not isinstance(schedule, Recurring):
            if math.isinf(schedule.end) and downtime.canceled is None:
                yield FOR_EVER.problem("message", f"nobody is told of an alert: the downtime in {where} has no end")
        elif any(
            _night(recurrence.start.hour, recurrence.duration) and _for_ever(recurrence.rrule)
            for recurrence in schedule.recurrences
        ):
            text = f"nobody is told of an alert at night: the downtime in {where} comes again without an end"
            yield AT_NIGHT.problem("message", text)


def _over_all(downtime: Downtime, monitor: Definition) -> bool:
    if downtime.monitor_id is None and downtime.monitor_tags is None:
        return False  # of whichever monitor it is given to: which that is nobody says
    try:
        return concerns(downtime, monitor.id, monitor.tags, monitor.filters)
    except (NotEvaluated, QuerySyntaxError):
        return False


def _night(hour: int, duration: int) -> bool:
    """Whether what begins in that hour and lasts so long (s) covers the middle of the night."""
    end = hour + duration / HOUR
    return hour <= 24 + 2 <= end or hour <= 2 <= end


def _for_ever(rrule: str) -> bool:
    """Whether a rule comes on most days, and has no end. One of a day in the week leaves the other nights."""
    text = rrule.upper()
    days = text.partition("BYDAY=")[2].partition(";")[0]
    often = "FREQ=DAILY" in text or len(days.split(",")) > 3
    return often and "UNTIL=" not in text and "COUNT=" not in text
