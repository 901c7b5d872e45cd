"""What monitors and downtimes, which do not know one another, say about both: which downtimes hold which groups now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

Group = tuple[tuple[str, str], ...]  # `(("host", "a"),)`, in the query's order; `()` for a simple alert


class Hold(Struct, frozen=True):
    """An active downtime over some groups of a monitor, or one of the monitor itself, which may be of groups that it does not have yet.

    `id` is its v1 id, `monitor_id` None if it goes by tags; times in s UTC, `end` None: for ever.
    """

    id: int
    uuid: str
    monitor_id: int | None
    start: float
    end: float | None
    scope: Sequence[str]
    groups: Sequence[Group]


# Of a monitor: its id, its tags, the filter tags of its query, its groups → the downtimes that hold it.
Holding = Callable[[int, Sequence[str], Sequence[str], Sequence[Group]], Sequence[Hold]]
