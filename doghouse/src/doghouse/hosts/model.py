"""What a host is: its name, what its Agent sent about it, its tags by source, whether it is muted (OpenAPI v1: Host, HostMeta)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

ALIVE_S = 3 * 3600  # a host counts as up, and is listed, if it reported within this time (OpenAPI v1: listHosts)
AGENT = "Datadog"  # the source of tags that the Agent sends
USERS = "users"  # the source of tags that the API sets where none is named


class Mute(Struct, frozen=True):
    """A mute of a host: it ends at `end` (s UTC; None: when somebody unmutes the host)."""

    message: str | None = None
    end: int | None = None

    def holds(self, now: float) -> bool:
        """Whether the host is still muted by it at `now` (s UTC)."""
        return self.end is None or now < self.end


class Host(Struct, frozen=True):
    """A host. `reported` is when it last reported (s UTC; 0: never). `meta` is what its Agent sent, as the API returns it."""

    id: int
    name: str
    reported: float = 0
    meta: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mute: Mute | None = None

    def is_up(self, now: float) -> bool:
        """Whether it reported within ALIVE_S before `now` (s UTC)."""
        return now - self.reported < ALIVE_S

    def is_muted(self, now: float) -> bool:
        """Whether it is muted at `now` (s UTC)."""
        return self.mute is not None and self.mute.holds(now)

    def all_tags(self) -> tuple[str, ...]:
        """Its tags from all sources, sorted, each once."""
        return tuple(sorted({tag for tags in self.tags.values() for tag in tags}))
