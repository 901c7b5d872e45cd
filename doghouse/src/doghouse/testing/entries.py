"""What a unit test may write of logs and events: an entry, and when it arrives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec


class Entry(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """When something arrives: `at` a time or several, or `every` so often `for` so long, `from` a time on (default: the test's start).

    Each time it arrives `count` times.
    """

    at: str | list[str] | None = None
    every: str | None = None
    for_: str | None = msgspec.field(default=None, name="for")
    from_: str | None = msgspec.field(default=None, name="from")
    count: Annotated[int, msgspec.Meta(ge=1)] = 1


class LogEntry(Entry, frozen=True, kw_only=True):
    """A log as it is sent: `message` may be JSON, `tags` are `env:prod`. What it says becomes attributes as Datadog's pipelines do that."""

    message: str = ""
    service: str | None = None
    status: str | int | None = None
    host: str | None = None
    source: str | None = None
    tags: list[str] = []
    attributes: dict[str, Any] = {}

    def sent(self) -> dict[str, Any]:
        """The log as an API body. Its own fields go before attributes of the same name."""
        own = {"message": self.message, "service": self.service, "status": self.status, "hostname": self.host}
        body = {**self.attributes, **{name: value for name, value in own.items() if value is not None}}
        return {**body, "ddsource": self.source, "ddtags": ",".join(self.tags)}


class EventEntry(Entry, frozen=True, kw_only=True):
    """An event: `title` and `text`, `status` as events have it, `source` what sent it."""

    title: str = ""
    text: str = ""
    status: Literal["error", "warning", "success", "info"] = "info"
    host: str | None = None
    source: str | None = None
    aggregation_key: str | None = None
    tags: list[str] = []
    attributes: dict[str, Any] = {}


class SpanEntry(Entry, frozen=True, kw_only=True):
    """A span, which counts when it ends: `name` is the operation, `duration` such as 120ms, `attributes` what it carries."""

    service: str = ""
    name: str = ""
    resource: str = ""
    env: str | None = None
    type: str = ""
    status: Literal["ok", "error"] = "ok"
    duration: str = "0ms"
    host: str = ""
    tags: list[str] = []
    attributes: dict[str, str | int | float] = {}
