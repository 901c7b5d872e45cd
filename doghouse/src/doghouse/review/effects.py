"""What else changed reaches a monitor that itself did not: its members, its objective, downtimes, notification rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from msgspec.structs import replace

from doghouse import downtimes as dt
from doghouse.downtimes import Downtime, DowntimeError
from doghouse.importing.things import DowntimeInFile
from doghouse.monitors import Definition
from doghouse.monitors.notification_rules.scope import PRIORITY, TRANSITION_TYPE
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.review.model import NamedRule
from doghouse.tags import pairs


def downtimes(things: Iterable[DowntimeInFile], now: float) -> list[tuple[DowntimeInFile, Downtime]]:
    """The downtimes that can be read, each with what it was read from. What has no start starts at `now` (s UTC)."""
    parsed = []
    for number, thing in enumerate(things, 1):
        try:
            name = str(thing.body.get("name") or thing.body.get("message") or thing.where)
            parsed.append(
                (thing, dt.parse({**thing.body, "name": name.splitlines()[0][:80]}, now, id=f"file {number}"))
            )
        except DowntimeError:
            continue  # lint says what is wrong with it
    return parsed


def is_covered(monitor: Definition, downtime: Downtime) -> bool:
    """Whether a downtime may be for some group of a monitor: of one that alerts for each group the scope is not asked, for its groups are not known."""
    if _keys(monitor):
        everywhere = replace(downtime, scope="*")
        return dt.concerns(everywhere, monitor.id, monitor.tags, ())
    return dt.concerns(downtime, monitor.id, monitor.tags, _filters(monitor))


def is_routed(monitor: Definition, rule: NamedRule) -> bool:
    """Whether a notification rule may be for some group of a monitor. Of one that alerts for each value of a key that the rule asks for it may."""
    known = pairs.by_key(tag.lower() for tag in monitor.tags)
    tags = {key: set(values) for key, values in known.items()}
    unknown = {TRANSITION_TYPE, PRIORITY, *_keys(monitor)}
    return any(bool(unknown & inner.filter.values.keys()) or inner.filter.matches(tags) for inner in rule.rules)


def _filters(monitor: Definition) -> Sequence[str]:
    try:
        return monitor.filters
    except (QuerySyntaxError, NotEvaluated):
        return ()


def _keys(monitor: Definition) -> Sequence[str]:
    try:
        return monitor.keys or ()
    except (QuerySyntaxError, NotEvaluated):
        return ()


def reached_through(
    monitors: Sequence[Definition], changed: Mapping[int, str], objectives: Set[str]
) -> list[list[str]]:
    """Why each of these monitors is reached, none where it is not: it is made of changed ones (their names by id), or looks at changed objectives.

    One that is reached reaches others.
    """
    reasons: list[list[str]] = [[] for _ in monitors]
    reaching = dict(changed)
    again = True
    while again:
        again = False
        for monitor, own in zip(monitors, reasons, strict=True):
            if not own and (further := list(_reasons(monitor, reaching, objectives))):
                own += further
                reaching |= {monitor.id: monitor.name} if monitor.id else {}
                again = True
    return reasons


def _reasons(monitor: Definition, changed: Mapping[int, str], objectives: Set[str]) -> Iterator[str]:
    for member in monitor.members:
        if member in changed:
            yield f"its member {changed[member]} changed"
    if monitor.slo and monitor.slo in objectives:
        yield f"its objective {monitor.slo} changed"
