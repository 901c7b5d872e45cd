"""Service-check monitors: the statuses that checks submit, run by run (monitors/types/service_check).

"http.can_connect".over("env:prod").exclude("host:x").by("host","url").last(4).count_by_status()      a check alert: consecutive runs
"ntp.in_sync".over("*").by("env").last(2).pct_by_status()                                             a cluster alert: percent of checks
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from doghouse.monitors.model import Body, Thresholds
from doghouse.monitors.states.machine import Status
from doghouse.monitors.windows.columns import Group
from doghouse.queries import QuerySyntaxError
from doghouse.tags.pairs import split

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
NO_DATA_MINUTES = 24 * 60  # where none is given (the schema of MonitorOptions)
_HEAD = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)')""")
_STEP = re.compile(r"\s*\.(over|exclude|by|last|count_by_status|pct_by_status)\(([^()]*)\)")
_QUOTED = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)')\s*(?:,|$)""")


class CheckQuery(Struct, frozen=True):
    """`over` are tags that a run has all of (`*`: any), `exclude` tags of which it has none. `by` are group keys; `*` is each distinct set of tags.

    `last` is how many runs of a check are looked at. `percent` tells a cluster alert.
    """

    check: str
    over: tuple[str, ...]
    exclude: tuple[str, ...]
    by: tuple[str, ...]
    last: int
    percent: bool

    def takes(self, tags: Collection[str]) -> bool:
        """Whether a run with these tags is in the scope."""
        included = all(tag == "*" or tag in tags for tag in self.over)
        return included and not any(tag in tags for tag in self.exclude)


def parse(text: str) -> CheckQuery:
    """Raises QuerySyntaxError."""
    head = _HEAD.match(text)
    if head is None:
        raise QuerySyntaxError(
            text, 0, 'a service check\'s query begins with its name in quotes: "http.can_connect".over("*")'
        )
    arguments: dict[str, tuple[str, ...]] = {}
    place = head.end()
    while text[place:].strip():
        step = _STEP.match(text, place)
        if step is None:
            expected = '.over("…"), .exclude("…"), .by("…"), .last(3), .count_by_status() or .pct_by_status()'
            raise QuerySyntaxError(text, place, f"expected {expected}")
        arguments[step[1]] = _arguments(text, step)
        place = step.end()
    return _query(text, head[1] or head[2], arguments)


def _arguments(text: str, step: re.Match[str]) -> tuple[str, ...]:
    inside = step[2].strip()
    if not inside:
        return ()
    if step[1] == "last":
        if not re.fullmatch(r"[1-9][0-9]{0,3}", inside):
            raise QuerySyntaxError(text, step.start(2), ".last() takes how many runs, as in .last(3)")
        return (inside,)
    texts, place = [], 0
    while place < len(inside):
        match = _QUOTED.match(inside, place)
        if match is None:
            raise QuerySyntaxError(text, step.start(2) + place, f".{step[1]}() takes tags in quotes")
        texts.append(match[1] if match[1] is not None else match[2])
        place = match.end()
    return tuple(part for quoted in texts for part in quoted.split(",") if part)


def _query(text: str, check: str, arguments: Mapping[str, tuple[str, ...]]) -> CheckQuery:
    if not arguments.get("last"):
        raise QuerySyntaxError(text, len(text), "expected .last(n): how many runs are looked at")
    ends = [name for name in ("count_by_status", "pct_by_status") if name in arguments]
    if len(ends) != 1:
        raise QuerySyntaxError(text, len(text), "expected .count_by_status() or .pct_by_status() at the end")
    return CheckQuery(
        check,
        arguments.get("over", ("*",)),
        arguments.get("exclude", ()),
        arguments.get("by", ()),
        int(arguments["last"][0]),
        ends[0] == "pct_by_status",
    )


class Runs(Struct, frozen=True):
    """One distinct check (a set of tags): its last runs' statuses, oldest first, when the last one was (s UTC), and what it said."""

    tags: tuple[str, ...]
    statuses: Sequence[int]
    last_run: int
    message: str = ""


def statuses(
    monitor: Body, query: CheckQuery, by_group: Mapping[Group, Sequence[Runs]], before: Mapping[Group, Status], now: int
) -> dict[Group, tuple[Status | None, float]]:
    """The status (None: as it was) and value of each group, those that were known before and have no checks any more too.

    A group without runs for `no_data_timeframe` minutes has no data.
    """
    thresholds = monitor.options.thresholds or Thresholds()
    judged: dict[Group, tuple[Status | None, float]] = {}
    for group in dict.fromkeys((*before, *by_group)):
        mine = by_group.get(group, [])
        if _is_silent(monitor, mine, now):
            judged[group] = (Status.NO_DATA, math.nan)
        elif query.percent:
            judged[group] = cluster_status(mine, thresholds)
        else:
            judged[group] = (check_status(before.get(group, Status.NEW), mine, thresholds), math.nan)
    return judged


def unknown(
    monitor: Body,
    by_group: Mapping[Group, Sequence[Runs]],
    judged: Mapping[Group, tuple[Status | None, float]],
    now: int,
) -> set[Group]:
    """Those of the groups as they were judged whose No Data is no silence, but a check that says UNKNOWN."""
    without = (group for group, (status, _) in judged.items() if status is Status.NO_DATA)
    return {group for group in without if not _is_silent(monitor, by_group.get(group, []), now)}


def _is_silent(monitor: Body, runs: Sequence[Runs], now: int) -> bool:
    """Whether a group's checks have not run for as long as makes it one without data."""
    silence = (monitor.options.no_data_timeframe or NO_DATA_MINUTES) * 60
    return not runs or now - max(check.last_run for check in runs) >= silence


def variables(by_group: Mapping[Group, Sequence[Runs]]) -> dict[Group, dict[str, str]]:
    """`check_message` of each group: what the check said that ran last."""
    newest = {group: max(mine, key=lambda check: check.last_run) for group, mine in by_group.items()}
    return {group: {"check_message": check.message} for group, check in newest.items()}


def groups(query: CheckQuery, runs: Sequence[Runs]) -> dict[Group, list[Runs]]:
    """The checks by group; one that lacks a key of `by` is in none. `by("*")` is a group for each set of tags."""
    by_group: dict[Group, list[Runs]] = {}
    for check in runs:
        if not query.takes(check.tags):
            continue
        pairs = dict(split(tag) for tag in check.tags if ":" in tag)
        keys = tuple(sorted(pairs)) if query.by == ("*",) else query.by
        if all(key in pairs for key in keys):
            by_group.setdefault(tuple((key, pairs[key]) for key in keys), []).append(check)
    return by_group


def check_status(previous: Status, runs: Sequence[Runs], thresholds: Thresholds) -> Status | None:
    """A check alert's status: so many consecutive runs of a kind, the last ones; None: neither, the status is kept.

    Critical, warning and ok counts are 1 where none is given. UNKNOWN changes the state where a threshold for it is given, and is grey as No Data is
    (monitors/types/custom_check). GUESS: of several checks in a group, the worst counts.
    """
    judged = [_consecutive(previous, check.statuses, thresholds) for check in runs]
    known = [status for status in judged if status is not None]
    return max(known, default=None)


def _consecutive(previous: Status, statuses: Sequence[int], thresholds: Thresholds) -> Status | None:
    if not statuses:
        return None
    streaks = {
        CRITICAL: (thresholds.critical or 1, Status.ALERT),
        WARNING: (thresholds.warning or 1, Status.WARN),
        OK: (thresholds.ok or 1, Status.OK),
        UNKNOWN: (thresholds.unknown, Status.NO_DATA),
    }
    last = statuses[-1]
    streak = next((n for n, earlier in enumerate(reversed(statuses)) if earlier != last), len(statuses))
    count, status = streaks.get(last, (None, Status.OK))
    if count is not None and streak >= count:
        return status
    return Status.OK if previous is Status.NEW and last == OK else None


def cluster_status(runs: Sequence[Runs], thresholds: Thresholds) -> tuple[Status, float]:
    """A cluster alert's status and its percentage of critical checks: only each check's last run counts.

    GUESS: a threshold is reached when the percentage equals it.
    """
    last = [check.statuses[-1] for check in runs if check.statuses]
    share = {status: 100 * last.count(status) / len(last) for status in (WARNING, CRITICAL)} if last else {}
    critical, warning = share.get(CRITICAL, 0.0), share.get(WARNING, 0.0)
    if thresholds.critical is not None and critical >= thresholds.critical:
        return Status.ALERT, critical
    if thresholds.warning is not None and warning >= thresholds.warning:
        return Status.WARN, critical
    return Status.OK, critical
