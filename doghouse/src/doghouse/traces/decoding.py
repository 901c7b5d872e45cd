"""The bodies of the trace intake: a list of traces, each a list of spans (v0.3, v0.4), or with all texts in one table (v0.5).

The forms are the Agent's (datadog-agent: pkg/trace/api/version.go).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from doghouse.traces.model import Chunk, Span
from doghouse.web.body.limits import TooMuch

T = TypeVar("T")
Index = Annotated[int, Meta(ge=0)]
INDEXED_TAGS = 2_000_000  # of all spans of a v0.5 body: one takes 37 bytes of memory for its two
WRITTEN_OUT = 64 * 1024 * 1024  # characters of their texts: 70 KB of spans that name one long text were 500 MB


class TracesError(ValueError):
    """Why a body cannot be read as traces."""


class Indexed(Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """A span of v0.5: twelve values; a text is its index in the table. Its maps are read when the entries of all are counted."""

    service: Index
    name: Index
    resource: Index
    trace_id: int
    span_id: int
    parent_id: int
    start: int
    duration: int
    error: int
    meta: Raw
    metrics: Raw
    type: Index


class Table(Struct, array_like=True, forbid_unknown_fields=True):
    """A body of v0.5."""

    texts: list[str]
    traces: list[list[Indexed]]


_plain = msgspec.msgpack.Decoder(list[Chunk])
_json = msgspec.json.Decoder(list[Chunk])
_table = msgspec.msgpack.Decoder(Table)
_texts = msgspec.msgpack.Decoder(dict[Index, Index] | None)
_numbers = msgspec.msgpack.Decoder(dict[Index, float] | None)


def decode(body: bytes) -> list[Chunk]:
    """A body of v0.3 or v0.4. Raises TracesError."""
    return _without_empty(_read(_plain.decode, body))


def decode_json(body: bytes) -> list[Chunk]:
    """A body of v0.3 or v0.4 in JSON, which the Agent takes too. Raises TracesError."""
    return _without_empty(_read(_json.decode, body))


def decode_indexed(body: bytes) -> list[Chunk]:
    """A body of v0.5. Raises TracesError or TooMuch."""
    table = _read(_table.decode, body)
    if sum(_entries(span.meta) + _entries(span.metrics) for chunk in table.traces for span in chunk) > INDEXED_TAGS:
        raise TooMuch(f"more than {INDEXED_TAGS:,} tags")
    written = Written()
    try:
        return _without_empty([[written.span(span, table.texts) for span in chunk] for chunk in table.traces])
    except IndexError:
        raise TracesError(f"a text is named by a place outside the table, which has {len(table.texts)}") from None


def _read(decoder: Callable[[bytes | Raw], T], body: bytes | Raw) -> T:
    try:
        return decoder(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TracesError(str(error)) from None


def _without_empty(chunks: list[Chunk]) -> list[Chunk]:
    return [chunk for chunk in chunks if chunk]


def _entries(packed: Raw) -> int:
    """How many entries a map has, by its first bytes; 0 of what is no map."""
    head = bytes(memoryview(packed)[:5])
    if 0x80 <= head[0] <= 0x8F:
        return head[0] - 0x80
    return int.from_bytes(head[1 : {0xDE: 3, 0xDF: 5}.get(head[0], 1)], "big")


class Written:
    """Writes out the texts of spans, of all together WRITTEN_OUT characters at most."""

    def __init__(self) -> None:
        self._left = WRITTEN_OUT

    def span(self, span: Indexed, texts: list[str]) -> Span:
        """A span with its texts. Raises IndexError, TracesError or TooMuch."""
        meta = {texts[key]: texts[value] for key, value in (_read(_texts.decode, span.meta) or {}).items()}
        metrics = {texts[key]: value for key, value in (_read(_numbers.decode, span.metrics) or {}).items()}
        own = texts[span.name], texts[span.service], texts[span.resource], texts[span.type]
        self._left -= sum(sum(map(len, part)) for part in (own, meta, meta.values(), metrics))
        if self._left < 0:
            raise TooMuch(f"more than {WRITTEN_OUT:,} characters of text, each written where it is named")
        name, service, resource, kind = own
        return Span(
            span.trace_id, span.span_id, span.start, span.duration, name, service, resource, span.parent_id, span.error,
            meta, metrics, kind,
        )  # fmt: skip
