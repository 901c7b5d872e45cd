"""Where points come in: `/api/v1/series`, `/api/v2/series`, and `/doghouse/import` for history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec
from starlette.routing import Route

from doghouse.metrics.door import Full, MetricStore, Points
from doghouse.metrics.errors import payload_unreadable
from doghouse.metrics.intake import sketches, v1, v2
from doghouse.metrics.intake.batch import Batch, Numbered, columns, numbered
from doghouse.metrics.intake.exporting import export, export_days
from doghouse.metrics.intake.importing import received
from doghouse.metrics.intake.repeats import Repeats
from doghouse.metrics.intake.sketches import SentSketches
from doghouse.metrics.model import Columns
from doghouse.web import errors
from doghouse.web.access import Keys
from doghouse.web.http import AsyncHandler, Call, PlainHandler, Reply, endpoint
from doghouse.web.threads import in_thread

T = TypeVar("T")
IMPORT_PATIENCE_S = 60  # an import is as fast as DuckDB takes it
ON_THE_LOOP_BYTES = 512 * 1024  # a larger body (some 3 ms of decoding) is decoded in a thread
JSON_TYPES = ("", "application/json", "text/json", "text/plain", "application/x-www-form-urlencoded")


def routes(store: MetricStore, counts: Callable[[], dict[str, int]]) -> list[Route]:
    """The intakes of points, which ask for the API key alone. `counts` says how much is stored."""
    v1_answer, v2_answer = Reply({"status": "ok"}, 202), Reply({"errors": []}, 202)
    return [
        endpoint("POST", "/api/v1/series", intake(store, always_json, v1_answer), Keys.API),
        endpoint("POST", "/api/v2/series", intake(store, v2_format, v2_answer), Keys.API),
        endpoint("POST", "/api/v1/distribution_points", distributions(store, sketches.decode_values), Keys.API),
        endpoint("POST", "/api/beta/sketches", distributions(store, decode_sketches), Keys.API),
        endpoint("POST", "/doghouse/import", history(store), Keys.API),
        endpoint("GET", "/doghouse/export", export(store)),
        endpoint("GET", "/doghouse/export/days", export_days(store)),
        endpoint("GET", "/doghouse/store", lambda _: Reply(counts()), Keys.API),
    ]


def intake(store: MetricStore, format_of: Callable[[Call], str], answer: Reply) -> AsyncHandler:
    """A handler that decodes a body, keeps its points, and answers once they are on disk: at once, or in a thread where it is large."""
    repeats = Repeats(store)

    def decode(body: bytes, kind: str) -> Numbered:
        known = repeats.decode(body) if kind == "v1" else None
        return known or numbered(decode_series(body, kind), store)

    def work(call: Call, kind: str) -> None:
        keep(store, columns(readable(lambda: decode(call.body, kind)), call.now))

    async def take(call: Call) -> Reply:
        kind = format_of(call)
        if len(call.body) > ON_THE_LOOP_BYTES:
            await in_thread(partial(work, call, kind))
        else:
            work(call, kind)
        return answer

    return take


def history(store: MetricStore) -> PlainHandler:
    """A handler for what `doghouse import` sends: points of any age."""

    def take(call: Call) -> Reply:
        points, values = readable(lambda: received(call.body, store))
        keep(store, points, IMPORT_PATIENCE_S)
        if len(values):
            store.append_sketches(values)
        return Reply({"points": len(points) + int(values.count.sum())})

    return take


def distributions(store: MetricStore, decode: Callable[[bytes], SentSketches]) -> PlainHandler:
    """A handler for distributions, which are rarer and larger than points: it works in a thread."""

    def take(call: Call) -> Reply:
        sent = readable(lambda: decode(call.body))
        try:
            store.append_sketches(sketches.numbered(sent, store, call.now))
        except Full:
            raise errors.too_many_requests() from None
        return Reply({"status": "ok"}, 202)

    return take


def readable(decode: Callable[[], T]) -> T:
    """What `decode` returns. Raises ApiError 400 where the body cannot be read."""
    try:
        return decode()
    except (msgspec.MsgspecError, ValueError) as error:
        raise payload_unreadable(str(error)) from None


def keep(store: Points, points: Columns, patience: float = 0) -> None:
    """Have points on disk. Raises ApiError 429 where the store is full, and is so after `patience` (s)."""
    try:
        store.append(points, patience)
    except Full:
        raise errors.too_many_requests() from None


def always_json(_: Call) -> str:
    """How a v1 body is written, whatever its Content-Type says."""
    return "v1"


def v2_format(call: Call) -> str:
    """How a v2 body is written: JSON by clients, protobuf by Agents. Raises ApiError 415."""
    kind = content_type(call)
    if kind == "application/x-protobuf":
        return "protobuf"
    if kind in JSON_TYPES:
        return "v2"
    raise errors.unsupported_content_type(kind)


def decode_series(body: bytes, kind: str) -> Batch:
    """The series of a body. Raises msgspec's errors or ValueError."""
    if kind == "protobuf":
        from doghouse.metrics.intake import protobuf

        return protobuf.decode_series(body)
    return v1.decode(body) if kind == "v1" else v2.decode(body)


def decode_sketches(body: bytes) -> SentSketches:
    """An Agent's sketches."""
    from doghouse.metrics.intake import protobuf

    return protobuf.decode_sketches(body)


def content_type(call: Call) -> str:
    """The Content-Type of a request without its parameters, in lower case; empty where there is none."""
    return call.headers.get("content-type", "").partition(";")[0].strip().lower()
