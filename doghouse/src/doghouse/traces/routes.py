"""The trace Agent's endpoints, for tracers on this machine: no keys, as none are sent (datadog-agent: pkg/trace/api/endpoints.go).

Traces and stats are taken. Remote configuration, telemetry, profiles and the rest are answered so that a tracer is quiet, and are not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.routing import BaseRoute

from doghouse.traces import decoding, normalize
from doghouse.traces.decoding import TracesError
from doghouse.traces.errors import traces_unreadable
from doghouse.traces.intake import TraceIntake
from doghouse.traces.model import Chunk
from doghouse.web import errors
from doghouse.web.access import Keys
from doghouse.web.body.limits import TooMuch
from doghouse.web.http import Call, PlainHandler, Reply, endpoint

Decode = Callable[[bytes], list[Chunk]]
TRACES: dict[str, Decode] = {
    "/v0.3/traces": decoding.decode,
    "/v0.4/traces": decoding.decode,
    "/v0.5/traces": decoding.decode_indexed,
}
STATS = "/v0.6/stats"
CONFIG = "/v0.7/config"
UNKEPT = (
    "/telemetry/proxy/", "/v0.1/pipeline_stats", "/profiling/v1/input", "/debugger/v1/input",
    "/debugger/v1/diagnostics", "/debugger/v2/input", "/symdb/v1/input",
)  # fmt: skip
AGENT_VERSION = "7.70.0"  # whose endpoints these are: tracers choose by it what they send
INFO = {
    "version": AGENT_VERSION,
    "endpoints": [*TRACES, STATS, CONFIG, *UNKEPT],
    "client_drop_p0s": True,
    "span_meta_structs": True,
    "long_running_spans": False,
    "feature_flags": [],
    "peer_tags": [],
    "config": {},
}
MSGPACK = "application/msgpack"


def routes(intake: TraceIntake) -> list[BaseRoute]:
    """The endpoints that a tracer calls."""
    quiet = [*UNKEPT[1:], "/telemetry/proxy/{path:path}"]
    return [
        *(
            endpoint(method, path, take(intake, path, decode), Keys.NONE)
            for path, decode in TRACES.items()
            for method in ("PUT", "POST")
        ),
        *(endpoint(method, STATS, partial(take_stats, intake), Keys.NONE) for method in ("PUT", "POST")),
        endpoint("GET", "/info", lambda _: Reply(INFO), Keys.NONE),
        # An empty answer: there is no configuration for this tracer.
        *(endpoint(method, CONFIG, lambda _: Reply({}), Keys.NONE) for method in ("GET", "POST")),
        *(endpoint("POST", path, lambda _: Reply({}, 202), Keys.NONE) for path in quiet),
    ]


def take(intake: TraceIntake, path: str, decode: Decode) -> PlainHandler:
    """A handler for one form of traces. A body that is not msgpack (or JSON, where the Agent takes it) is refused: no page in a browser can post one."""

    def handler(call: Call) -> Reply:
        kind = _kind(call)
        reader = decoding.decode_json if kind == "application/json" and decode is decoding.decode else decode
        if kind != MSGPACK and reader is decode:
            raise errors.unsupported_content_type(kind)
        try:
            chunks = reader(call.body)
        except TracesError as error:
            raise traces_unreadable(path, str(error)) from None
        except TooMuch as reason:
            raise errors.too_much_in_body(str(reason)) from None
        marked, counted = _is_set(call, "computed-top-level"), _is_set(call, "computed-stats")
        sound = normalize.normalized(chunks, call.headers.get("datadog-meta-lang", ""), call.now)
        return Reply({"rate_by_service": intake.take(sound, marked, counted, call.now)})

    return handler


def take_stats(intake: TraceIntake, call: Call) -> Reply:
    """The endpoint for the counts that a tracer makes itself, in msgpack alone, as `take`."""
    if (kind := _kind(call)) != MSGPACK:
        raise errors.unsupported_content_type(kind)
    try:
        intake.take_stats(call.body, call.now)
    except TracesError as error:
        raise traces_unreadable(STATS, str(error)) from None
    return Reply({})


def _kind(call: Call) -> str:
    """The Content-Type without its parameters."""
    return call.headers.get("content-type", "").partition(";")[0].strip()


def _is_set(call: Call, what: str) -> bool:
    """Whether a header is set to yes: any value but `false`, `0` and the like is a yes (Go's ParseBool, else yes)."""
    return call.headers.get(f"datadog-client-{what}", "").lower() not in ("", "0", "f", "false", "no")
