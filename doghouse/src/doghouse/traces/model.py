"""What a span and a trace are (docs.datadoghq.com/tracing/glossary), in the fields of the tracers' msgpack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

UPPER_BITS = "_dd.p.tid"  # of the first span of a chunk: the upper 64 bits of its trace's id, in hex
PRIORITY = "_sampling_priority_v1"
TOP_LEVEL = "_dd.top_level"
MEASURED = "_dd.measured"
PARTIAL = "_dd.partial_version"  # a span that is not finished yet
KEPT_ALONE = "_dd.span_sampling.mechanism"  # single span sampling: kept although its trace is not
ALONE = 8.0


class Span(Struct, gc=False, omit_defaults=True):
    """One unit of work: `start` and `duration` in ns (start: since 1970 UTC), ids of 64 bits, `error` 1 where it failed.

    `parent_id` is 0 for the first span of a trace.
    """

    trace_id: int
    span_id: int
    start: int
    duration: int
    name: str = ""
    service: str | None = ""
    resource: str | None = ""
    parent_id: int | None = 0
    error: int | None = 0
    meta: dict[str, str] | None = None
    metrics: dict[str, float] | None = None
    type: str | None = ""
    meta_struct: dict[str, bytes] | None = None
    span_links: list[Any] | None = None
    span_events: list[Any] | None = None

    def tag(self, name: str, default: str = "") -> str:
        """A text that the span carries."""
        return (self.meta or {}).get(name, default)

    def metric(self, name: str, default: float = 0.0) -> float:
        """A number that the span carries."""
        return (self.metrics or {}).get(name, default)

    @property
    def end(self) -> int:
        """When the span ended (ns since 1970 UTC)."""
        return self.start + self.duration


Chunk = list[Span]  # spans of one trace that one tracer sent together


def trace_id(chunk: Sequence[Span]) -> str:
    """The 32 hex digits of a chunk's trace. Only the first span of a chunk carries the upper 64 bits."""
    upper = next((digits for span in chunk if (digits := span.tag(UPPER_BITS))), "")
    return f"{upper:0>16}{chunk[0].trace_id:016x}"


def entries(chunk: Chunk, marked: bool) -> list[Span]:
    """The service-entry (top-level) spans: `marked` by the tracer, else those without a parent in the chunk, or with one of another service.

    The rule is the Agent's (datadog-agent: pkg/trace/traceutil/trace.go, ComputeTopLevel).
    """
    if marked:
        return [span for span in chunk if (metrics := span.metrics) and metrics.get(TOP_LEVEL) == 1]
    services = {span.span_id: span.service for span in chunk}
    return [span for span in chunk if not span.parent_id or services.get(span.parent_id) != span.service]


def root(chunk: Chunk) -> Span:
    """The root of a chunk: the first span without a parent in it."""
    present = {span.span_id for span in chunk}
    return next((span for span in chunk if span.parent_id not in present), chunk[0])


def in_order(spans: Iterable[Span]) -> list[Span]:
    """The spans by start; of spans that start together, parents come before children."""
    by_id = {span.span_id: span for span in spans}

    def depth(span: Span) -> int:
        count, above = 0, span
        while (parent := by_id.get(above.parent_id or 0)) and count < len(by_id):
            count, above = count + 1, parent
        return count

    return sorted(by_id.values(), key=lambda span: (span.start, depth(span)))
