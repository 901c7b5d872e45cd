"""A request's work in a thread, where it would keep others waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """What `work` returns or raises.

    An error leaves the thread as a value. Raised there, it stands in a future, and the future in a frame of the error's traceback: a circle,
    which keeps the request's body until Python looks for circles.
    """

    def attempt() -> tuple[T, None] | tuple[None, Exception]:
        try:
            return work(), None
        except Exception as error:
            return None, error

    result, error = await run_in_threadpool(attempt)
    if error is None:
        return result  # type: ignore[return-value]
    try:
        raise error
    finally:
        del error
