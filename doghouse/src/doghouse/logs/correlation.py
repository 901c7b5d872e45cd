"""Which trace and span a log names (docs: tracing/other_telemetry/connect_logs_and_traces)."""

from __future__ import annotations

import re

from doghouse.logs.model import Log
from doghouse.numbers import whole_number
from doghouse.search.record import attribute

# As the documented format of Python's text logs has them: [dd.service=… dd.trace_id=… dd.span_id=…]
IN_TEXT = {name: re.compile(rf"\bdd\.{name}=([0-9A-Za-z]+)") for name in ("trace_id", "span_id")}


def trace_of(log: Log) -> str | None:
    """The 32 hex digits of the trace; None where the log names none, as outside of spans, where tracers write 0."""
    return canonical_id(_named(log, "trace_id"))


def span_of(log: Log) -> int | None:
    """The span's id of 64 bits, or None."""
    return whole_number(_named(log, "span_id")) or None


def canonical_id(text: str) -> str | None:
    """A trace's id in 32 hex digits, from the forms that tracers log: 32 hex digits, or 64 bits in decimal. None for 0 and for anything else."""
    lowered = text.strip().lower()
    if re.fullmatch("[0-9a-f]{32}", lowered):
        return lowered if int(lowered, 16) else None
    if re.fullmatch("[0-9]{1,20}", lowered) and 0 < int(lowered) < 2**64:
        return f"{int(lowered):032x}"
    return None


def _named(log: Log, name: str) -> str:
    """An attribute `dd.trace_id`, also in Log4j's `contextMap`, or what a text says."""
    for path in (f"dd.{name}", f"contextMap.dd.{name}"):
        if values := attribute(log.attributes, path):
            return str(values[0])
    written = IN_TEXT[name].search(log.message)
    return written[1] if written else ""
