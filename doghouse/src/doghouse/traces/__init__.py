"""Traces: what a tracer sends to the Agent on its own machine, stored whole, and counted into the `trace.*` metrics.

What other folders (the pages among them) use:

    store = TraceStore(database)                          # traces.store
    store.find(Search(service="shop", resource="GET /", errors=False), start, end, limit=100) -> list[Entry]   # newest first
    store.spans("6b04a022000000002fe37f8a1794844b") -> list[Span]    # by start; a parent before its children
    store.known(["6b04…", …]) -> set[str]                 # which of them are stored

    summary.services(points, start, end) -> list[Row]     # traces.summary: requests, errors, latency of each service
    summary.resources(points, "shop", start, end) -> list[Row]      # and of each resource of one

    log_store.of_trace("6b04…") -> list[Log]              # logs.store.LogStore: the logs of a trace, by time
    trace_of(log) -> str | None                           # logs.correlation: the 32 hex digits of the trace that a log names
    span_of(log) -> int | None                            # and its span

`app.state.traces` is the store and `app.state.trace_intake` the intake of a running doghouse.

Times are s UTC. A trace's id is its 128 bits in 32 hex digits; a tracer that makes 64-bit ids has 16 zeros in front.
"""
