"""Spans as the Agent lets them through: faults are mended where possible, else the trace is dropped (datadog-agent: pkg/trace/agent/normalizer.go)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from doghouse.traces.model import Chunk, Span

LONGEST_BYTES = 100  # of a service, a name and a type
LONGEST_TAG = 200
NO_NAME = "unnamed_operation"
YEAR_2000_NS = 946_684_800 * 10**9
LATEST_NS = 2**63 - 1
STATUS = "http.status_code"
# runs of other characters than letters, digits and : . / - become one underscore
_OTHER = re.compile(r"(?:[^\w:./-]|_)+")
_REMEMBERED = 4096
_CODES = {str(code): code for code in range(100, 600)}


def normalized(chunks: Iterable[Chunk], language: str, now: float) -> list[Chunk]:
    """The chunks that are not dropped, their spans mended in place. `language` is the tracer's, for the service of spans that name none; `now` in s UTC.

    A chunk with an id of 0, or with spans of two traces, is left out.
    """
    sound, now_ns = [chunk for chunk in chunks if _sound(chunk)], int(now * 1e9)
    for chunk in sound:
        for span in chunk:
            _mend(span, language, now_ns)
    return sound


def _sound(chunk: Chunk) -> bool:
    trace = chunk[0].trace_id
    return trace != 0 and all(span.span_id != 0 and span.trace_id == trace for span in chunk)


def _mend(span: Span, language: str, now_ns: int) -> None:
    span.service = service(span.service or "", language)
    span.name = name(span.name)
    span.resource = span.resource or span.name
    if span.type and len(span.type) > LONGEST_BYTES:
        span.type = _cut(span.type)
    if span.parent_id == span.trace_id == span.span_id:
        span.parent_id = 0
    if not 0 <= span.duration <= LATEST_NS - span.start:
        span.duration = 0
    if span.start < YEAR_2000_NS:
        span.start = now_ns - span.duration if span.duration <= now_ns else now_ns
    if span.meta:
        _mend_meta(span.meta)


def _mend_meta(meta: dict[str, str]) -> None:
    if (env := meta.get("env")) is not None:
        meta["env"] = tag(env)
    if STATUS in meta and not status(meta[STATUS]):
        del meta[STATUS]


def status(code: str | float) -> int:
    """An HTTP status code, or 0 where the value is not one."""
    return _CODES.get(str(code).removesuffix(".0"), 0)  # tracers send it as a text or as a number


def status_of(span: Span) -> int:
    """The HTTP status code of a span, or 0."""
    return status(span.tag(STATUS) or span.metric(STATUS))


@lru_cache(_REMEMBERED)
def service(sent: str, language: str = "") -> str:
    """A service's name: lower-case, as a tag; without one `unnamed-python-service`."""
    return tag(_cut(sent)) or (f"unnamed-{language}-service" if language else "unnamed-service")


@lru_cache(_REMEMBERED)
def name(sent: str) -> str:
    """A span's name, as a metric's: letters, digits, underscores and dots, beginning with a letter, no two underscores in a row."""
    text = re.sub(r"^[^a-zA-Z]+", "", _cut(sent))
    text = re.sub(r"[^a-zA-Z0-9.]+", "_", text)
    text = re.sub(r"_?\._?", ".", text)
    return text.removesuffix("_") or NO_NAME


@lru_cache(_REMEMBERED)
def tag(sent: str) -> str:
    """A tag as the trace Agent writes it."""
    first = next((place for place, sign in enumerate(sent) if sign.isalpha() or sign == ":"), len(sent))
    return _OTHER.sub("_", sent[first:].lower())[:LONGEST_TAG].removesuffix("_")


def _cut(text: str) -> str:
    return text.encode("utf-8", "replace")[:LONGEST_BYTES].decode("utf-8", "ignore")
