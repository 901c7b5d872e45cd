"""The lines of DogStatsD's protocol, up to version 1.4 (docs: extend/dogstatsd/datagram_shell): pure functions from bytes to values.

Fields about containers (`c:`, `e:`, `card:`) are ignored: there are no containers here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from doghouse.agent.aggregation.samples import Kind
from doghouse.numbers import MAX_KEY, decimal, whole_number

KINDS = {
    "g": Kind.GAUGE,
    "c": Kind.COUNTER,
    "h": Kind.HISTOGRAM,
    "ms": Kind.HISTOGRAM,
    "d": Kind.DISTRIBUTION,
    "s": Kind.SET,
}
ALERT_TYPES = ("error", "warning", "info", "success")
PRIORITIES = ("normal", "low")
# tags that are for the Agent alone
INTERNAL = ("dd.internal.entity_id:", "dd.internal.card:", "dd.internal.jmx_check_name:")


class BadMessage(ValueError):
    """What is wrong with a line that is not a message."""


class MetricMessage(Struct, frozen=True):
    """Values of one metric. `host` is None where no tag says it; `timestamp` (s UTC) is None unless the client has aggregated the values itself."""

    name: str
    kind: Kind
    values: tuple[float, ...]
    member: str  # of a set
    rate: float
    tags: tuple[str, ...]
    host: str | None
    timestamp: int | None


class EventMessage(Struct, frozen=True):
    """An event; `optional` holds the optional fields by the intake's names."""

    title: str
    text: str
    tags: tuple[str, ...]
    host: str | None
    optional: dict[str, str | int] = field(default_factory=dict)


class CheckMessage(Struct, frozen=True):
    """A service check."""

    name: str
    status: int
    tags: tuple[str, ...]
    host: str | None
    message: str
    timestamp: int | None


Message = MetricMessage | EventMessage | CheckMessage


def lines(packet: bytes) -> Iterator[bytes]:
    """The messages of a packet, one a line."""
    return (line for line in packet.split(b"\n") if line.strip())


def parse(line: bytes) -> Message:
    """One message. Raises BadMessage."""
    if line.startswith(b"_e{"):
        return _event(line)
    text = line.decode("utf-8", "replace")
    return _check(text) if text.startswith("_sc") else _metric(text)


def _metric(text: str) -> MetricMessage:
    head, *fields = text.split("|")
    name, colon, value = head.partition(":")
    if not fields or not colon or not name or not value:
        raise BadMessage(f"'{text}' is not NAME:VALUE|TYPE")
    kind = KINDS.get(fields[0])
    if kind is None:
        raise BadMessage(f"'{fields[0]}' is not a type: g, c, h, ms, d or s")
    tags: tuple[str, ...] = ()
    host, rate, timestamp = None, 1.0, None
    for part in fields[1:]:
        if part.startswith("#"):
            tags, host = _tags(part[1:])
        elif part.startswith("@"):
            rate = _rate(part[1:])
        elif part.startswith("T"):
            timestamp = _whole(part[1:], "timestamp", least=1)
    values = () if kind is Kind.SET else _values(value)
    return MetricMessage(name, kind, values, value if kind is Kind.SET else "", rate, tags, host, timestamp)


def _values(text: str) -> tuple[float, ...]:
    try:
        values = tuple(_number(number) for number in text.split(":") if number)
    except ValueError:
        raise BadMessage(f"'{text}' is not a number") from None
    if not values:
        raise BadMessage("there is no value")
    return values


def _number(text: str) -> float:
    """A number, without the blanks that Python would accept. Raises ValueError."""
    if text != text.strip():
        raise ValueError(text)
    return decimal(text)


def _rate(text: str) -> float:
    try:
        rate = _number(text)
    except ValueError:
        raise BadMessage(f"sample rate '{text}' is not a number") from None
    if not 0 < rate <= 1:
        raise BadMessage(f"sample rate {text} is not above 0 and at most 1")
    return rate


def _tags(text: str) -> tuple[tuple[str, ...], str | None]:
    """Tags, and the host that the last `host:` among them names, which is no tag."""
    host: str | None = None
    tags = []
    for tag in text.split(","):
        if tag.startswith("host:"):
            host = tag[len("host:") :]
        elif tag and not tag.startswith(INTERNAL):
            tags.append(tag)
    return tuple(tags), host


_HEADER = re.compile(rb"_e\{([0-9]{1,9}),([0-9]{1,9})\}:")


def _event(line: bytes) -> EventMessage:
    header = _HEADER.match(line)
    if header is None:
        raise BadMessage("an event begins with _e{TITLE LENGTH,TEXT LENGTH}:")
    title_length, text_length = int(header[1]), int(header[2])  # in bytes
    body = line[header.end() :]
    if not title_length:
        raise BadMessage("an event's title is empty")
    if len(body) < title_length + 1 + text_length:
        raise BadMessage("an event is shorter than its header says")
    title, text = body[:title_length], body[title_length + 1 : title_length + 1 + text_length]
    fields = body[title_length + 1 + text_length :].decode("utf-8", "replace").split("|")
    return _with_fields(_clean(title), _clean(text), fields)


def _with_fields(title: str, text: str, fields: Iterable[str]) -> EventMessage:
    """The optional fields; a wrong one is left out, as the Agent does."""
    tags: tuple[str, ...] = ()
    tagged: str | None = None
    optional: dict[str, str | int] = {"alert_type": "info", "priority": "normal"}
    names = {"h": "host", "k": "aggregation_key", "s": "source_type_name"}
    for part in fields:
        key, colon, value = part.partition(":")
        if part.startswith("#"):
            tags, tagged = _tags(part[1:])
        elif colon and key in names:
            optional[names[key]] = value
        elif key == "d" and (timestamp := whole_number(value)) is not None and timestamp <= MAX_KEY:
            optional["timestamp"] = timestamp
        elif key == "t" and value in ALERT_TYPES:
            optional["alert_type"] = value
        elif key == "p" and value in PRIORITIES:
            optional["priority"] = value
    host = optional.pop("host", None)
    return EventMessage(title, text, tags, str(host) if host else tagged, optional)


def _clean(text: bytes) -> str:
    return text.decode("utf-8", "replace").replace("\\n", "\n")


def _check(text: str) -> CheckMessage:
    parts = text.split("|")
    if len(parts) < 3 or parts[0] != "_sc" or not parts[1]:
        raise BadMessage(f"'{text}' is not _sc|NAME|STATUS")
    if parts[2] not in ("0", "1", "2", "3"):
        raise BadMessage(f"status '{parts[2]}' is not 0, 1, 2 or 3")
    tags: tuple[str, ...] = ()
    tagged = host = timestamp = None
    message = ""
    for part in parts[3:]:
        if part.startswith("#"):
            tags, tagged = _tags(part[1:])
        elif part.startswith("d:"):
            timestamp = _whole(part[2:], "timestamp", least=1)
        elif part.startswith("h:"):
            host = part[2:]
        elif part.startswith("m:"):
            message = part[2:].replace("\\n", "\n").replace("m\\:", "m:")
    return CheckMessage(parts[1], int(parts[2]), tags, host or tagged, message, timestamp)


def _whole(text: str, what: str, least: int) -> int:
    number = whole_number(text)
    if number is None or not least <= number <= MAX_KEY:
        raise BadMessage(f"{what} '{text}' is not a whole number of at least {least}")
    return number
