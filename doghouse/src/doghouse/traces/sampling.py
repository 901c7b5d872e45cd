"""Which traces are kept. All are counted first: the `trace.*` metrics are of every span, kept or not."""

from __future__ import annotations

from doghouse.traces.model import ALONE, KEPT_ALONE, PRIORITY, Chunk


def kept(chunk: Chunk) -> Chunk:
    """The spans of a chunk that are kept: all, none, or those that single span sampling keeps.

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
    """What tracers are told to sample at, by (service, environment): everything. The first key is for services not yet heard of."""
    return {"service:,env:": 1.0, **{f"service:{service},env:{env}": 1.0 for service, env in sorted(services)}}
