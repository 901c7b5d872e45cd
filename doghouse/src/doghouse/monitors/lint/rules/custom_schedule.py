"""Zones and rules of a custom schedule (docs: monitors/guide/custom_schedules)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Problem, rule
from doghouse.time.zones import is_zone

_REFUSED = ("DTSTART", "DTEND", "DURATION")  # what says how long is not supported


RULE = rule("custom-schedule", "A custom schedule has an RRULE or a time zone that cannot be", order=600)


@RULE
def custom_schedule(monitor: Definition, _: Context) -> Iterator[Problem]:
    """Each recurrence's rule and zone."""
    options = monitor.options.scheduling_options or {}
    place = "options.scheduling_options"
    schedule = options.get("custom_schedule")
    recurrences = schedule.get("recurrences") if isinstance(schedule, Mapping) else None
    for number, recurrence in enumerate(recurrences if isinstance(recurrences, list) else []):
        where = f"{place}.custom_schedule.recurrences[{number}]"
        yield from _recurrence(f"{where}.rrule", recurrence)
        zone = recurrence.get("timezone") if isinstance(recurrence, Mapping) else None
        if zone is not None and not is_zone(str(zone)):
            yield RULE.problem(f"{where}.timezone", f"'{zone}' is no time zone of the IANA database")


def _recurrence(where: str, recurrence: object) -> Iterator[Problem]:
    rrule = recurrence.get("rrule") if isinstance(recurrence, Mapping) else None
    if not isinstance(rrule, str):
        yield RULE.problem(where, "a recurrence has an rrule, as FREQ=WEEKLY;BYDAY=MO is")
        return
    refused = [name for name in _REFUSED if f"{name}=" in rrule.upper() or f"{name}:" in rrule.upper()]
    if refused:
        yield RULE.problem(where, f"{refused[0]} is not supported in an rrule")
        return
    from dateutil.rrule import rrulestr  # slow to import, and few monitors have one

    try:
        rrulestr(rrule.removeprefix("RRULE:"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        yield RULE.problem(where, f"'{rrule}' is no RRULE: {error}")
