"""What a person reads of a backtest: one idea a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from doghouse.backtest.figures import Figures
from doghouse.backtest.run import Backtest
from doghouse.monitors import Group, Status, Transition
from doghouse.notifications.model import Notification
from doghouse.queries.quantities import known_units, quantity, unit_of_window
from doghouse.queries.units import Pair
from doghouse.tags.pairs import group_text

if TYPE_CHECKING:
    from rich.console import Console

    from doghouse.backtest.suggesting import Suggestion

STYLES = {"OK": "green", "Warn": "yellow", "Alert": "red", "No Data": "bright_black"}
MOST_RECIPIENTS = 3  # that have a column of their own
MAX_ROWS = 40  # of a table for a person; --json has all
LARGE = 1000  # from here on a fraction says nothing


def backtest_table(screen: Console, test: Backtest, counts: Figures, timezone: str) -> None:
    """The timeline and the figures."""
    table = Table(box=None, pad_edge=False, header_style="bright_black")
    for name in ("time", "group", "change", "value", "told", ""):
        table.add_column(name, justify="right" if name == "value" else "left", no_wrap=name != "")
    rows = list(_rows(test, ZoneInfo(timezone)))
    for row in rows[:MAX_ROWS]:
        table.add_row(*row)
    if rows:
        screen.print(table)
    if len(rows) > MAX_ROWS:
        screen.print("… and so on: --json has every line", style="bright_black")
    night = f"{_short(counts.a_day)} a day, {counts.at_night:,} at night"
    screen.print(
        f"{people_days(counts.days)}, {_many(counts.evaluations, 'evaluation')} of {_many(counts.groups, 'group')}: "
        f"{_many(counts.changes, 'change')}, {_many(counts.sent, 'notification')} ({night}), {counts.silenced:,} silenced"
    )
    screen.print("in " + " · ".join(f"{label} {share:.1%}" for label, share in counts.shares.items()))


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _rows(test: Backtest, zone: ZoneInfo) -> Iterator[list[str]]:
    """A line a change of state, with who was told; a line a notification that no change made. The first lines of many."""
    until = _enough(test)
    notifications = test.notifications(until)
    notified = {
        (notification.at, notification.group): notification
        for notification in notifications
        if not notification.released_by
    }
    unit = unit_of_window(test.monitor.asked, known_units)
    changed: set[tuple[float, Group]] = set()
    events: list[tuple[float, str, list[str]]] = []
    for group, change in test.transitions(until):
        changed.add((change.at, group))
        text = group_text(group)
        events.append((change.at, text, _change(change, text, notified.get((change.at, group)), unit)))
    for notification in notifications:
        if (notification.at, notification.group) not in changed or notification.released_by:
            events.append((notification.at, group_text(notification.group), _repeat(test, notification)))
    for at, _, cells in sorted(events, key=lambda event: event[:2]):
        yield [clock(at, zone), *cells]


def _enough(test: Backtest) -> int:
    """A time (s UTC) up to which there are more lines than are shown, or the end."""
    times = sorted(int(at) for timeline in test.timelines for at in timeline.history.at[: MAX_ROWS + 1])
    return times[MAX_ROWS] if len(times) > MAX_ROWS else test.end


def _change(transition: Transition, group: str, notification: Notification | None, unit: Pair | None) -> list[str]:
    before = "new" if transition.before is Status.NEW else transition.before.label
    change = f"{before} → [{STYLES[transition.after.label]}]{transition.after.label}[/]"
    return [escape(group), change, _value(transition.value, unit), *_recipient_cells(notification)]


def _repeat(test: Backtest, repeat: Notification) -> list[str]:
    state = next(
        (timeline.status_at(repeat.at).label for timeline in test.timelines if timeline.group == repeat.group), ""
    )
    return [
        escape(group_text(repeat.group)),
        f"still [{STYLES.get(state, '')}]{state}[/]" if state else repeat.transition,
        "",
        *_recipient_cells(repeat),
    ]


def _recipient_cells(notification: Notification | None) -> list[str]:
    if notification is None:
        return ["–", ""]
    if notification.silenced_by:
        return ["–", escape(f"silenced by '{notification.silenced_by}'")]
    why = (
        f"downtime '{notification.released_by}' ended"
        if notification.released_by
        else notification.transition
        if notification.transition.startswith("Re-")
        else ""
    )
    return [", ".join(notification.recipients), escape(why)]


def _value(value: float, unit: Pair | None) -> str:
    if value != value:
        return ""
    return quantity(value, unit) if unit else f"{value:.4g}"


def clock(when: float, zone: ZoneInfo) -> str:
    """`Mon 2026-03-02 09:04`, by the clocks of the zone."""
    return datetime.fromtimestamp(when, zone).strftime("%a %Y-%m-%d %H:%M")


def _short(number: float) -> str:
    """`2.5`, `0.1429`, `20,790`: four digits, or all of the whole number."""
    return f"{number:,.0f}" if number >= LARGE else f"{number:.4g}"


def people_days(days: float) -> str:
    """A stretch of time for people: `7 days`, `2.5 days`, `3 h 20 min`."""
    if days >= 1:
        return f"{_short(days)} day{'' if days == 1 else 's'}"
    minutes = round(days * 1440)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def suggestions(screen: Console, listed: Sequence[Suggestion]) -> None:
    """What each setting would have sent, to whom, and which alerts it would have missed or told later."""
    recipients = list(listed[0].figures.recipients)[:MOST_RECIPIENTS] if listed else []
    to = recipients if len(recipients) > 1 else []
    table = Table(box=None, pad_edge=False, header_style="bright_black")
    table.add_column("setting")
    shares = [f"to {escape(recipient)}" for recipient in to]
    for name in ("sent", "a day", "at night", "silenced", *shares, "missed", "later"):
        table.add_column(name, justify="right")
    for suggestion in listed:
        figures = suggestion.figures
        cells = (f"{figures.sent:,}", _short(figures.a_day), f"{figures.at_night:,}", f"{figures.silenced:,}")
        counts = (f"{figures.recipients.get(recipient, 0):,}" for recipient in to)
        table.add_row(suggestion.setting, *cells, *counts, f"{suggestion.missed:,}", _later(suggestion))
    screen.print(table)
    screen.print(
        "missed, later: alerts, of all groups, that the setting does not tell of within an hour, or tells of later",
        style="bright_black",
    )


def _later(suggestion: Suggestion) -> str:
    if not suggestion.delayed:
        return "0"
    return f"{suggestion.delayed:,}, by up to {suggestion.longest_delay // 60:,} min"
