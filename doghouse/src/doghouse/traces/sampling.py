"""Which traces are stored. All are counted before: the `trace.*` metrics are about every span, stored or not."""

from __future__ import annotations

from doghouse.traces.model import ALONE, KEPT_ALONE, PRIORITY, Chunk


def stored(chunk: Chunk) -> Chunk:
    """The spans of a chunk that are stored: all, none, or those that single span sampling keeps.

    The priority that the tracer decided on (docs: tracing/trace_pipeline/ingestion_mechanisms) counts: 1 and 2 are kept, -1 is not;
    0 is kept where a span failed, as by the Agent's error sampler (GUESS: without its limit of ten a second);
    a trace without a priority is kept (GUESS: as if the Agent's limit for these were never reached).
    """
    priority = _priority(chunk)
    if priority is None or priority > 0 or (priority == 0 and any(span.error for span in chunk)):
        return chunk
    return [span for span in chunk if span.metric(KEPT_ALONE) == ALONE]


def _priority(chunk: Chunk) -> float | None:
    return next((span.metrics[PRIORITY] for span in chunk if span.metrics and PRIORITY in span.metrics), None)


def rates(services: set[tuple[str, str]]) -> dict[str, float]:
    """The rates that tracers are told, by (service, environment): 1, which is everything. The first key is for services that are not known yet."""
    return {"service:,env:": 1.0, **{f"service:{service},env:{env}": 1.0 for service, env in sorted(services)}}
