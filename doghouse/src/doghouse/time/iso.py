"""Times as text: ISO 8601 as it is read, and as Datadog writes it in answers."""

from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """An ISO 8601 time, with its offset; one that names none is UTC. Raises ValueError."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def instant(text: str) -> float:
    """An ISO 8601 time as s UTC; one that names no offset is UTC. Raises ValueError."""
    return moment(text).timestamp()


def microseconds(when: float) -> str:
    """`2024-11-15T19:33:05.172609+00:00`: how every `created` and `modified` in text is written (all recordings). `when` in s, UTC."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="microseconds")


def seconds(when: float) -> str:
    """`2050-01-02T03:04:05+00:00`. `when` in s, UTC; a fraction is cut off."""
    return datetime.fromtimestamp(int(when), UTC).isoformat(timespec="seconds")


def milliseconds(when: float) -> str:
    """`2023-06-28T17:23:57.324000+00:00`: cut to milliseconds, yet written with six digits. `when` in s, UTC."""
    return microseconds(int(when * 1000) / 1000)


def utc_milliseconds(when: int) -> str:
    """`2022-04-12T09:51:55.414Z`: how logs have it (recorded: v2 search_logs). `when` in ms, UTC."""
    return datetime.fromtimestamp(when // 1000, UTC).strftime(f"%Y-%m-%dT%H:%M:%S.{when % 1000:03}Z")
