"""What is sent as a log becomes a log: reserved attributes by their names, and a message of JSON as attributes (docs: logs/log_configuration/pipelines).

Of several names the first that is present wins (GUESS: in the order of the page). GUESS: what a message of JSON says of date,
status, service and source goes before what stands beside the message; the host is the one beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from doghouse.logs.model import Log
from doghouse.logs.statuses import status
from doghouse.numbers import whole_number
from doghouse.search.record import attribute, text_of
from doghouse.tags import naming
from doghouse.time import iso

DATE = ("@timestamp", "timestamp", "_timestamp", "Timestamp", "eventTime", "date", "published_date", "syslog.timestamp")
HOST = ("host", "hostname", "syslog.hostname")
SERVICE = ("service", "syslog.appname", "dd.service")  # GUESS: the last, which tracers write into logs
STATUS = ("status", "severity", "level", "syslog.severity")
MESSAGE = ("message", "msg", "log")  # GUESS: all but the first, which loggers use
SOURCE = ("ddsource",)
ADDRESS = ("ddsource", "hostname", "service")  # what the address may say, beside tags
NO_ATTRIBUTES = frozenset(("message", "ddsource", "ddtags"))
MOST_BYTES = 1024 * 1024  # of a message; the rest is cut off (docs of the endpoint; there it is the whole log)
PAST_S = 18 * 3600  # an older log is not kept, though the intake accepts it (docs: logs/log_configuration/pipelines)
AHEAD_S = 2 * 3600  # nor is one further ahead (documentation pull request 9498)
DAY_S = 86400


def stored(sent: Mapping[str, Any], defaults: Mapping[str, str], now: float, *, undated: float | None = None) -> Log:
    """The log that is kept for one that was sent. `defaults` are `ddsource`, `ddtags`, `hostname` and `service` from the address.

    `now` is s UTC, and the time of a log without a date unless `undated` is given.
    """
    envelope = {**{name: defaults[name] for name in ADDRESS if name in defaults}, **sent}
    message = first(envelope, MESSAGE[:1]) or ""
    inner = _object(message)
    layers = (inner, envelope) if inner else (envelope,)
    source = _first_of(layers, SOURCE)
    tags = (*tags_of(defaults.get("ddtags")), *tags_of(sent.get("ddtags")), *tags_of(inner.get("ddtags")))
    return Log(
        timestamp=next(_dates(layers, now), now if undated is None else undated),
        message=_cut(first(inner, MESSAGE) or message),
        source=source,
        service=_first_of(layers, SERVICE),
        host=_first_of((envelope, inner), HOST),
        status=status(_first_of(layers, STATUS) or ""),
        tags=(*tags, *tags_of([f"source:{source}"] if source else [])),
        attributes={name: value for name, value in {**sent, **inner}.items() if name not in NO_ATTRIBUTES},
    )


def is_kept(log: Log, now: float) -> bool:
    """Whether a log that arrives at `now` is young enough (all s UTC)."""
    return now - PAST_S <= log.timestamp <= now + AHEAD_S


def _object(message: str) -> Mapping[str, Any]:
    """The JSON object that a message is, or an empty one."""
    if not message.lstrip().startswith("{"):
        return {}
    try:
        decoded: dict[str, Any] = msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return decoded


def _first_of(layers: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str | None:
    return next((text for layer in layers if (text := first(layer, names)) is not None), None)


def first(layer: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """The first of these attributes that has a text or a number, as text."""
    for name in names:
        for value in attribute(layer, name):
            if isinstance(value, str) and value:
                return value
            if isinstance(value, int | float) and not isinstance(value, bool):
                return text_of(value)
    return None


def _cut(message: str) -> str:
    return message.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")


def tags_of(value: Any) -> list[str]:
    """The tags of a list or of a text with commas, as Datadog keeps them."""
    texts = [str(tag) for tag in value] if isinstance(value, list) else str(value or "").split(",")
    return [name for text in texts if (name := naming.tag(text))]


def _dates(layers: Sequence[Mapping[str, Any]], now: float) -> Iterator[float]:
    """The dates that can be read, s UTC: of each layer the first that is present."""
    for layer in layers:
        value = next((value for name in DATE for value in attribute(layer, name)), None)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield value / 1000
        elif isinstance(value, str) and (read := _date(value, now)) is not None:
            yield read


def _date(text: str, now: float) -> float | None:
    """ISO 8601 (UTC where no zone is named), ms since 1970, or RFC 3164, as s UTC; None where it is none of them."""
    if len(text) > 8 and (milliseconds := whole_number(text)) is not None:
        return milliseconds / 1000
    try:
        return iso.instant(text)
    except ValueError:
        return _rfc_3164(text, now)


def _rfc_3164(text: str, now: float) -> float | None:
    """`Mar  2 10:00:00`, which names no year. GUESS: it is UTC, and of the year in which it is not more than a day ahead."""
    year = datetime.fromtimestamp(now, UTC).year
    for candidate in (year + 1, year, year - 1):
        try:
            moment = datetime.strptime(f"{candidate} {text}", "%Y %b %d %H:%M:%S").replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
        if moment <= now + DAY_S:
            return moment
    return None
