"""What a unit test expected beside what its backtest gave: the differences, in a few words each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from msgspec import Struct

from doghouse.backtest.run import Backtest
from doghouse.monitors import Group, Transition
from doghouse.notifications.model import Notification
from doghouse.queries.quantities import known_units, quantity, unit_of_window
from doghouse.queries.units import Pair
from doghouse.tags.pairs import group_text
from doghouse.testing.file import Case, ExpectedNotification, Loaded
from doghouse.testing.notation import offset_text
from doghouse.testing.values import instant, transition


class Difference(Struct, frozen=True):
    """What a test expected and what there was instead, a line each; `line` is the expectation's place in the file."""

    line: int
    expected: Sequence[str]
    got: Sequence[str]


def differences(loaded: Loaded, place: str, case: Case, got: Backtest) -> Iterator[Difference]:
    """What of the test at `place` is otherwise than expected. Raises TestFileError."""
    notifications = got.notifications()
    sent = [one for one in notifications if not one.silenced_by]
    yield from _compare_transitions(loaded, place, case, got)
    yield from _compare_states(loaded, place, case, got)
    nothing = _nothing_sent(got)
    yield from _compare_notifications(
        loaded, f"{place}.notifications", case.notifications or [], sent, case.exact, nothing
    )
    if case.silenced is not None:
        silenced = [one for one in notifications if one.silenced_by]
        yield from _compare_notifications(loaded, f"{place}.silenced", case.silenced, silenced, True, nothing)


def _compare_transitions(loaded: Loaded, place: str, case: Case, got: Backtest) -> list[Difference]:
    if case.transitions is None:
        return []
    expected = [transition(loaded, said, f"{place}.transitions[{i}]") for i, said in enumerate(case.transitions)]
    found = list(got.transitions())
    if _same(expected, [(one.at, one.after.label, group_text(of)) for of, one in found]):
        return []
    several = len(got.timelines) > 1 or any(group for *_, group in expected)
    wanted = [" ".join(filter(None, (offset(loaded, when), state, group))) for when, state, group in expected]
    unit = unit_of_window(got.monitor.asked, known_units)
    return [
        Difference(
            loaded.line(f"{place}.transitions"),
            wanted or ["no transition"],
            [_changed(loaded, of, one, several, unit) for of, one in found] + _waited(loaded, expected, got),
        )
    ]


def _waited(loaded: Loaded, expected: Sequence[tuple[int, str, str | None]], got: Backtest) -> list[str]:
    """Why a change that was expected did not come, where that was because its group was new."""
    delay = got.monitor.rules.new_group_delay if got.monitor.multi else 0
    firsts = [int(line.history.at[0]) for line in got.timelines if len(line.history)]
    early = [when for when, *_ in expected if all(when < first for first in firsts)]
    if not delay or not early:
        return []
    return [
        f"(a new group is left alone for {delay} s: see new_group_delay, and new_host_delay for groups with a host)"
    ]


def _same(expected: Sequence[tuple[int, str, str | None]], found: Sequence[tuple[int, str, str]]) -> bool:
    """Whether these are the same transitions; those of one minute in whatever order, and one that names no group is any group's."""
    left = list(found)
    for when, state, group in sorted(expected, key=lambda one: one[2] is None):
        match = next((one for one in left if one[:2] == (when, state) and group in (None, one[2])), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _compare_states(loaded: Loaded, place: str, case: Case, got: Backtest) -> list[Difference]:
    differences = []
    for said, state in (case.states or {}).items():
        where = f"{place}.states.{said}"
        when = instant(loaded, said, where)
        if when > got.end:
            raise loaded.wrong(
                where, f"'{said}' is after the test's end, {offset(loaded, got.end)}: until says when that is"
            )
        found = {group_text(one.group): one.status_at(when).label for one in got.timelines}
        wanted = state if isinstance(state, dict) else dict.fromkeys(found, state)
        if not found or any(found.get(group) != label for group, label in wanted.items()):
            expected = list(wanted.items()) if isinstance(state, dict) else [("", state)]
            shown = _states(said, found.items()) or ["no group at all"]
            differences.append(Difference(loaded.line(where), _states(said, expected), shown))
    return differences


def _states(when: str, states: Iterable[tuple[str, str]]) -> list[str]:
    return [" ".join(filter(None, (when, label, group))) for group, label in states]


def _compare_notifications(
    loaded: Loaded,
    place: str,
    expected: Sequence[ExpectedNotification],
    got: Sequence[Notification],
    exact: bool,
    nothing: str,
) -> list[Difference]:
    left = list(got)
    differences = []
    for number, wanted in enumerate(expected):
        where = f"{place}[{number}]"
        at = instant(loaded, wanted.at, where)
        match = next((one for one in left if _is(wanted, at, one)), None)
        if match:
            left.remove(match)
            continue
        alike = [one for one in left if one.transition == wanted.transition]
        near = [one for one in left if int(one.at) == at] or alike or left
        shown = [line for one in near for line in _sent_whole(loaded, wanted, one)]
        differences.append(Difference(loaded.line(where), _wanted(wanted), shown or [nothing]))
    if exact and left:
        differences.append(Difference(loaded.line(place), ["nothing more"], [_sent(loaded, one) for one in left]))
    return differences


def _nothing_sent(got: Backtest) -> str:
    """What is said where nothing was sent: a change that nobody is told of is another thing than none."""
    changes = [(group, change) for group, change in got.transitions() if change.notify]
    if changes and not any(got.reaches_somebody(group, change) for group, change in changes):
        return f"nothing: it changed to {changes[0][1].after.label}, but nobody is mentioned in its message"
    return "nothing"


def _is(wanted: ExpectedNotification, at: int, got: Notification) -> bool:
    text = f"{got.subject}\n{got.body}"
    return (
        int(got.at) == at
        and got.transition == wanted.transition
        and (wanted.to is None or sorted(wanted.to) == sorted(got.recipients))
        and wanted.group in (None, group_text(got.group))
        and wanted.subject in (None, got.subject)
        and wanted.by in (None, got.silenced_by)
        and all(part in text for part in wanted.contains)
        and not any(part in text for part in wanted.lacks)
    )


def offset(loaded: Loaded, when: float) -> str:
    """A time as an offset from the test's start: `+13m`, `+1h5m`, `+45s`."""
    return offset_text(int(when) - int(loaded.start.timestamp()))


def _changed(loaded: Loaded, group: Group, transition: Transition, several: bool, unit: Pair | None) -> str:
    shown = quantity(transition.value, unit) if unit else f"{transition.value:g}"
    value = "" if np.isnan(transition.value) else f"({shown})"
    return " ".join(
        filter(
            None, (offset(loaded, transition.at), transition.after.label, group_text(group) if several else "", value)
        )
    )


def _wanted(wanted: ExpectedNotification) -> list[str]:
    lines = [" ".join(filter(None, (wanted.at, wanted.transition, wanted.group)))]
    lines += [f"to {', '.join(wanted.to)}"] if wanted.to is not None else []
    lines += [f"silenced by {wanted.by}"] if wanted.by else []
    lines += [f"subject '{wanted.subject}'"] if wanted.subject else []
    lines += [f"contains '{part}'" for part in wanted.contains] + [f"lacks '{part}'" for part in wanted.lacks]
    return lines


def _sent(loaded: Loaded, got: Notification) -> str:
    first = got.body.strip().splitlines()[0] if got.body.strip() else ""
    silenced = f" (silenced by {got.silenced_by})" if got.silenced_by else ""
    return f"{offset(loaded, got.at)} {got.transition} {group_text(got.group)} → {', '.join(got.recipients)}{silenced}: {first}"


def _sent_whole(loaded: Loaded, wanted: ExpectedNotification, got: Notification) -> list[str]:
    """What was sent: with the texts that it was to have or lack, where only those can be what is wrong."""
    if (offset(loaded, got.at), got.transition) != (wanted.at, wanted.transition):
        return [_sent(loaded, got)]
    subject = [f"subject '{got.subject}'"] if wanted.subject or wanted.contains or wanted.lacks else []
    body = got.body.strip().splitlines() if wanted.contains or wanted.lacks else []
    return [_sent(loaded, got), *subject, *(f"  {line}" for line in body[1:] if line)]
