"""A request's body: received, unpacked and looked at, within the bounds of its path and of the time that it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request

from doghouse.numbers import whole_number
from doghouse.web import errors
from doghouse.web.body import limits
from doghouse.web.body.compression import decompress
from doghouse.web.body.in_flight import Charge
from doghouse.web.body.limits import Bounds, TooDeep, TooMuch
from doghouse.web.errors import ApiError
from doghouse.web.threads import in_thread

TooLarge = Callable[[], ApiError]
AT_ONCE_BYTES = 64 * 1024  # a larger body, or a quarter of it packed, is unpacked and looked at in a thread
WITH_BODY = ("POST", "PUT", "PATCH")


async def whole(request: Request, charge: Charge, too_large: TooLarge) -> bytes:
    """The body, without its Content-Encoding. Raises ApiError 400, 408, 413, 415 and 429."""
    bounds = limits.of(request.url.path)
    body = await _received(request, bounds, charge, too_large)
    if not body and request.method not in WITH_BODY:  # others may say how what they do not send is compressed
        return body
    encoding = request.headers.get("content-encoding", "")
    content_type = request.headers.get("content-type", "").strip().lower()

    def opened() -> bytes:
        if len(body) > bounds.unpacked:
            raise too_large()
        unpacked = decompress(body, encoding, bounds.unpacked, charge, too_large)
        try:
            limits.check(unpacked, bounds, content_type)
        except TooMuch as reason:
            raise errors.too_much_in_body(str(reason)) from None
        except TooDeep:
            raise errors.nested_too_deeply() from None
        return unpacked

    if len(body) > (AT_ONCE_BYTES // 4 if encoding else max(AT_ONCE_BYTES, bounds.unread)):
        return await in_thread(opened)
    return opened()


async def _received(request: Request, bounds: Bounds, charge: Charge, too_large: TooLarge) -> bytes:
    """The body as it was sent. Raises ApiError 413 before the rest of one that is too large is read, 408 where nothing comes any more."""
    if (whole_number(request.headers.get("content-length", "")) or 0) > bounds.sent:
        raise closing(too_large())
    parts, size = [], 0
    loop = asyncio.get_running_loop()
    end = loop.time() + limits.BODY_S
    try:
        async with asyncio.timeout(limits.SLOWEST_S) as patience:
            async for part in request.stream():
                size += len(part)
                if size > bounds.sent:
                    raise closing(too_large())
                charge(len(part))
                parts.append(part)
                patience.reschedule(min(end, loop.time() + limits.SLOWEST_S))
    except TimeoutError:
        raise errors.too_slow() from None
    return b"".join(parts)


def closing(error: ApiError) -> ApiError:
    """An answer after which the connection is closed: the rest of the body is not read."""
    error.headers["Connection"] = "close"
    return error
