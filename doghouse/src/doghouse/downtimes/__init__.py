"""Datadog's downtimes as functions of their arguments: no clock, no disk, no network.

    downtime = parse(attributes, now)                          # of a v2 create body; DowntimeError(field, text)
    lint(attributes)                                           # what is wrong with them, for people: field, text, severity
    status(downtime, now), current(downtime, now)              # `active`, and the stretch that the API shows as current_downtime
    stretches(downtime, start, end)                            # all of them, DST and overlaps worked out
    same_rule(rrule, other)                                    # the same rule, differently written
    occurrences(downtime.schedule, start, end)                 # each by itself, also where they overlap

What they silence, for one group of one monitor (tags: the group's, and the filter tags of the monitor's query):

    mine = [d for d in downtimes if concerns(d, monitor.id, monitor.tags, tags)]
    held = covers(mine, start, end)
    silencer(held, at, recovery=False, episode_start=None)     # the downtime, or None: it is sent
    for cover in releases(held, after, until):                 # ends; `released` says whether the group's state is notified then
"""

from doghouse.downtimes.linting import Problem, lint
from doghouse.downtimes.matching import Cover, concerns, covers, released, releases, silencer
from doghouse.downtimes.model import Downtime, DowntimeError, OneTime, Recurrence, Recurring
from doghouse.downtimes.parsing import parse
from doghouse.downtimes.rrule import same_rule
from doghouse.downtimes.schedule import Stretch, current, idle, occurrences, status, stretches
from doghouse.downtimes.scope import Scope, parse_scope

__all__ = [
    "Cover",
    "Downtime",
    "DowntimeError",
    "OneTime",
    "Problem",
    "Recurrence",
    "Recurring",
    "Scope",
    "Stretch",
    "concerns",
    "covers",
    "current",
    "idle",
    "lint",
    "occurrences",
    "parse",
    "parse_scope",
    "released",
    "releases",
    "same_rule",
    "silencer",
    "status",
    "stretches",
]
