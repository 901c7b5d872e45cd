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

    @property
    def sentence(self) -> str:
        """Both in one sentence."""
        return f"expected {'; '.join(self.expected)}; got {'; '.join(self.got) or 'nothing'}"


def differences(loaded: Loaded, place: str, case: Case, backtest: Backtest) -> Iterator[Difference]:
    """What of the test at `place` is otherwise than expected. Raises TestFileError."""
    notifications = backtest.notifications()
    sent = [notification for notification in notifications if not notification.silenced_by]
    yield from _compare_transitions(loaded, place, case, backtest)
    yield from _compare_states(loaded, place, case, backtest)
    nothing = _nothing_sent(backtest)
    yield from _compare_notifications(
        loaded, f"{place}.notifications", case.notifications or [], sent, case.exact, nothing
    )
    if case.silenced is not None:
        silenced = [notification for notification in notifications if notification.silenced_by]
        yield from _compare_notifications(loaded, f"{place}.silenced", case.silenced, silenced, True, nothing)


def _compare_transitions(loaded: Loaded, place: str, case: Case, backtest: Backtest) -> list[Difference]:
    if case.transitions is None:
        return []
    expected = [transition(loaded, text, f"{place}.transitions[{i}]") for i, text in enumerate(case.transitions)]
    changes = list(backtest.transitions())
    if _same(expected, [(change.at, change.after.label, group_text(of)) for of, change in changes]):
        return []
    several = len(backtest.timelines) > 1 or any(group for *_, group in expected)
    lines = [" ".join(filter(None, (offset(loaded, when), state, group))) for when, state, group in expected]
    unit = unit_of_window(backtest.monitor.asked, known_units)
    return [
        Difference(
            loaded.line(f"{place}.transitions"),
            lines or ["no transition"],
            [_changed(loaded, of, change, several, unit) for of, change in changes]
            + _waited(loaded, expected, backtest),
        )
    ]


def _waited(loaded: Loaded, expected: Sequence[tuple[int, str, str | None]], backtest: Backtest) -> list[str]:
    """Why a change that was expected did not come, where that was because its group was new."""
    delay = backtest.monitor.rules.new_group_delay if backtest.monitor.multi else 0
    firsts = [int(line.history.at[0]) for line in backtest.timelines if len(line.history)]
    early = [when for when, *_ in expected if all(when < first for first in firsts)]
    if not delay or not early:
        return []
    return [
        f"(a new group is left alone for {delay} s: see new_group_delay, and new_host_delay for groups with a host)"
    ]


def _same(expected: Sequence[tuple[int, str, str | None]], actual: Sequence[tuple[int, str, str]]) -> bool:
    """Whether these are the same transitions; those of one minute in whatever order, and one that names no group is any group's."""
    remaining = list(actual)
    for when, state, group in sorted(expected, key=lambda change: change[2] is None):
        match = next(
            (change for change in remaining if change[:2] == (when, state) and group in (None, change[2])), None
        )
        if match is None:
            return False
        remaining.remove(match)
    return not remaining


def _compare_states(loaded: Loaded, place: str, case: Case, backtest: Backtest) -> list[Difference]:
    differences = []
    for text, state in (case.states or {}).items():
        where = f"{place}.states.{text}"
        when = instant(loaded, text, where)
        if when > backtest.end:
            raise loaded.wrong(
                where, f"'{text}' is after the test's end, {offset(loaded, backtest.end)}: until says when that is"
            )
        states = {group_text(timeline.group): timeline.status_at(when).label for timeline in backtest.timelines}
        labels = state if isinstance(state, dict) else dict.fromkeys(states, state)
        if not states or any(states.get(group) != label for group, label in labels.items()):
            expected = list(labels.items()) if isinstance(state, dict) else [("", state)]
            shown = _states(text, states.items()) or ["no group at all"]
            differences.append(Difference(loaded.line(where), _states(text, expected), shown))
    return differences


def _states(when: str, states: Iterable[tuple[str, str]]) -> list[str]:
    return [" ".join(filter(None, (when, label, group))) for group, label in states]


def _compare_notifications(
    loaded: Loaded,
    place: str,
    expected: Sequence[ExpectedNotification],
    notifications: Sequence[Notification],
    exact: bool,
    nothing: str,
) -> list[Difference]:
    remaining = list(notifications)
    differences = []
    for number, expectation in enumerate(expected):
        where = f"{place}[{number}]"
        at = instant(loaded, expectation.at, where)
        match = next((notification for notification in remaining if _is(expectation, at, notification)), None)
        if match:
            remaining.remove(match)
            continue
        alike = [notification for notification in remaining if notification.transition == expectation.transition]
        near = [notification for notification in remaining if int(notification.at) == at] or alike or remaining
        shown = [line for notification in near for line in _sent_whole(loaded, expectation, notification)]
        differences.append(Difference(loaded.line(where), _expectation(expectation), shown or [nothing]))
    if exact and remaining:
        differences.append(
            Difference(
                loaded.line(place), ["nothing more"], [_sent(loaded, notification) for notification in remaining]
            )
        )
    return differences


def _nothing_sent(backtest: Backtest) -> str:
    """What is said where nothing was sent: a change that nobody is told of is another thing than none."""
    changes = [(group, change) for group, change in backtest.transitions() if change.notify]
    if changes and not any(backtest.reaches_somebody(group, change) for group, change in changes):
        return f"nothing: it changed to {changes[0][1].after.label}, but nobody is mentioned in its message"
    return "nothing"


def _is(expectation: ExpectedNotification, at: int, notification: Notification) -> bool:
    text = f"{notification.subject}\n{notification.body}"
    return (
        int(notification.at) == at
        and notification.transition == expectation.transition
        and (expectation.to is None or sorted(expectation.to) == sorted(notification.recipients))
        and expectation.group in (None, group_text(notification.group))
        and expectation.subject in (None, notification.subject)
        and expectation.by in (None, notification.silenced_by)
        and all(part in text for part in expectation.contains)
        and not any(part in text for part in expectation.lacks)
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


def _expectation(expectation: ExpectedNotification) -> list[str]:
    lines = [" ".join(filter(None, (expectation.at, expectation.transition, expectation.group)))]
    lines += [f"to {', '.join(expectation.to)}"] if expectation.to is not None else []
    lines += [f"silenced by {expectation.by}"] if expectation.by else []
    lines += [f"subject '{expectation.subject}'"] if expectation.subject else []
    lines += [f"contains '{part}'" for part in expectation.contains] + [f"lacks '{part}'" for part in expectation.lacks]
    return lines


def _sent(loaded: Loaded, notification: Notification) -> str:
    first = notification.body.strip().splitlines()[0] if notification.body.strip() else ""
    silenced = f" (silenced by {notification.silenced_by})" if notification.silenced_by else ""
    change = f"{offset(loaded, notification.at)} {notification.transition} {group_text(notification.group)}"
    return f"{change} → {', '.join(notification.recipients)}{silenced}: {first}"


def _sent_whole(loaded: Loaded, expectation: ExpectedNotification, notification: Notification) -> list[str]:
    """What was sent: with the texts that it was to have or lack, where only those can be what is wrong."""
    if (offset(loaded, notification.at), notification.transition) != (expectation.at, expectation.transition):
        return [_sent(loaded, notification)]
    subject = (
        [f"subject '{notification.subject}'"]
        if expectation.subject or expectation.contains or expectation.lacks
        else []
    )
    body = notification.body.strip().splitlines() if expectation.contains or expectation.lacks else []
    return [_sent(loaded, notification), *subject, *(f"  {line}" for line in body[1:] if line)]
