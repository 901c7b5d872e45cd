"""Where points come in: `/api/v1/series`, `/api/v2/series`, and `/doghouse/import` for history."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from doghouse import errors
from doghouse.http import AsyncHandler, Call, Keys, PlainHandler, Reply, endpoint
from doghouse.metrics.batch import Batch, columns, numbered
from doghouse.metrics.decoding import sketches
from doghouse.metrics.decoding.helper import FORMATS
from doghouse.metrics.decoding.offloading import Helper
from doghouse.metrics.decoding.sketches import SentSketches
from doghouse.metrics.importing import received
from doghouse.metrics.model import Columns
from doghouse.metrics.pipeline import Full
from doghouse.metrics.store import PointStore

T = TypeVar("T")
# Largest bodies (bytes) as sent and as decompressed (OpenAPI v1 and v2: SubmitMetrics).
V1_LIMITS = (3_200_000, 62_914_560)
V2_LIMITS = (512_000, 5_242_880)
ON_THE_LOOP_BYTES = 512 * 1024  # a larger body (some 3 ms of decoding) is decoded in a thread
JSON_TYPES = ("", "application/json", "text/json", "text/plain", "application/x-www-form-urlencoded")


def routes(store: PointStore, helper: Helper) -> list[Route]:
    """The intakes of points, which ask for the API key alone."""
    v1_answer, v2_answer = Reply({"status": "ok"}, 202), Reply({"errors": []}, 202)
    return [
        endpoint("POST", "/api/v1/series", intake(store, helper, v1_format, v1_answer), Keys.API),
        endpoint("POST", "/api/v2/series", intake(store, helper, v2_format, v2_answer), Keys.API),
        endpoint("POST", "/api/v1/distribution_points", distributions(store, sketches.decode_values), Keys.API),
        endpoint("POST", "/api/beta/sketches", distributions(store, decode_sketches), Keys.API),
        endpoint("POST", "/doghouse/import", history(store), Keys.API),
        endpoint("GET", "/doghouse/store", lambda _: Reply(store.counts()), Keys.API),
    ]


def intake(store: PointStore, helper: Helper, format_of: Callable[[Call], str], answer: Reply) -> AsyncHandler:
    """A handler that decodes a body, keeps its points, and answers once they are on disk."""
    under_way = 0

    async def take(call: Call) -> Reply:
        nonlocal under_way
        under_way += 1
        try:
            kind = format_of(call)
            helped = under_way > 1 and kind in FORMATS and helper.is_free(call.body)
            batch = await helper.decode(call.body, kind) if helped else None
            if batch is None:
                batch = await decoded(call.body, lambda body: numbered(decode_series(body, kind), store.index))
            await kept(store, columns(batch, call.now))
        finally:
            under_way -= 1
        return answer

    return take


def history(store: PointStore) -> AsyncHandler:
    """A handler for what `doghouse import` sends: points of any age."""

    async def take(call: Call) -> Reply:
        points = await decoded(call.body, lambda body: received(body, store.index))
        await kept(store, points)
        return Reply({"points": len(points)})

    return take


def distributions(store: PointStore, decode: Callable[[bytes], SentSketches]) -> PlainHandler:
    """A handler for distributions, which are rarer and larger than points: it works in a thread."""

    def take(call: Call) -> Reply:
        try:
            held = decode(call.body)
        except (msgspec.MsgspecError, ValueError) as error:
            raise errors.payload_unreadable(str(error)) from None
        try:
            store.append_sketches(sketches.numbered(held, store.index, call.now))
        except Full:
            raise errors.too_many_requests() from None
        return Reply({"status": "ok"}, 202)

    return take


async def decoded(body: bytes, decode: Callable[[bytes], T]) -> T:
    """What a body holds; a large one is decoded in a thread. Raises ApiError 400 where it cannot be read."""
    try:
        return await run_in_threadpool(decode, body) if len(body) > ON_THE_LOOP_BYTES else decode(body)
    except (msgspec.MsgspecError, ValueError) as error:
        raise errors.payload_unreadable(str(error)) from None


async def kept(store: PointStore, points: Columns) -> None:
    """Wait until points are on disk. Raises ApiError 429 where the store is full."""
    try:
        done = store.append(points)
    except Full:
        raise errors.too_many_requests() from None
    await asyncio.wrap_future(done)


def v1_format(call: Call) -> str:
    """How a v1 body is written: always JSON, whatever its Content-Type says. Raises ApiError 413."""
    check_size(call, *V1_LIMITS)
    return "v1"


def v2_format(call: Call) -> str:
    """How a v2 body is written: JSON by clients, protobuf by Agents. Raises ApiError 413 and 415."""
    check_size(call, *V2_LIMITS)
    kind = content_type(call)
    if kind == "application/x-protobuf":
        return "protobuf"
    if kind in JSON_TYPES:
        return "v2"
    raise errors.unsupported_content_type(kind)


def check_size(call: Call, as_sent: int, decompressed: int) -> None:
    """Raise ApiError 413 for a body that is larger than its endpoint takes."""
    if int(call.headers.get("content-length") or 0) > as_sent or len(call.body) > decompressed:
        raise errors.payload_too_large()


def decode_series(body: bytes, kind: str) -> Batch:
    """The series of a body. Raises msgspec's errors or ValueError."""
    if kind == "protobuf":
        from doghouse.metrics.decoding import protobuf

        return protobuf.decode_series(body)
    return FORMATS[kind](body)


def decode_sketches(body: bytes) -> SentSketches:
    """An Agent's sketches."""
    from doghouse.metrics.decoding import protobuf

    return protobuf.decode_sketches(body)


def content_type(call: Call) -> str:
    """The Content-Type of a request without its parameters, in lower case; empty where there is none."""
    return call.headers.get("content-type", "").partition(";")[0].strip().lower()
