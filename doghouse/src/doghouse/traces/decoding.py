"""The bodies of the trace intake: a list of traces, each a list of spans (v0.3, v0.4), or with all texts in one table (v0.5).

The forms are the Agent's (datadog-agent: pkg/trace/api/version.go).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from doghouse.traces.model import Chunk, Span

T = TypeVar("T")
Index = Annotated[int, Meta(ge=0)]


class TracesError(ValueError):
    """Why a body cannot be read as traces."""


class Indexed(Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """A span of v0.5: twelve values; a text is its index in the table."""

    service: Index
    name: Index
    resource: Index
    trace_id: int
    span_id: int
    parent_id: int
    start: int
    duration: int
    error: int
    meta: dict[Index, Index] | None
    metrics: dict[Index, float] | None
    type: Index


class Table(Struct, array_like=True, forbid_unknown_fields=True):
    """A body of v0.5."""

    texts: list[str]
    traces: list[list[Indexed]]


_plain = msgspec.msgpack.Decoder(list[Chunk])
_json = msgspec.json.Decoder(list[Chunk])
_table = msgspec.msgpack.Decoder(Table)


def decode(body: bytes) -> list[Chunk]:
    """A body of v0.3 or v0.4. Raises TracesError."""
    return _without_empty(_read(_plain.decode, body))


def decode_json(body: bytes) -> list[Chunk]:
    """A body of v0.3 or v0.4 in JSON, which the Agent takes too. Raises TracesError."""
    return _without_empty(_read(_json.decode, body))


def decode_indexed(body: bytes) -> list[Chunk]:
    """A body of v0.5. Raises TracesError."""
    table = _read(_table.decode, body)
    try:
        return _without_empty([[_span(span, table.texts) for span in chunk] for chunk in table.traces])
    except IndexError:
        raise TracesError(f"a text is named by a place outside the table, which has {len(table.texts)}") from None


def _read(decoder: Callable[[bytes], T], body: bytes) -> T:
    try:
        return decoder(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TracesError(str(error)) from None


def _without_empty(chunks: list[Chunk]) -> list[Chunk]:
    return [chunk for chunk in chunks if chunk]


def _span(span: Indexed, texts: list[str]) -> Span:
    return Span(
        span.trace_id,
        span.span_id,
        span.start,
        span.duration,
        texts[span.name],
        texts[span.service],
        texts[span.resource],
        span.parent_id,
        span.error,
        {texts[key]: texts[value] for key, value in (span.meta or {}).items()},
        {texts[key]: value for key, value in (span.metrics or {}).items()},
        texts[span.type],
    )
