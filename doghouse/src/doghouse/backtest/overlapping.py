"""Makes what is needed next while the last is worked on, in a thread: numpy leaves a second core to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
AHEAD = 2  # items that are made before they are asked for: each may be large


def begun(make: Callable[[], Item]) -> Callable[[], Item]:
    """Begin to make something; what is returned waits for it, and raises what that raised. A command that ends before does not wait."""
    from concurrent.futures import Future
    from threading import Thread

    result: Future[Item] = Future()

    def run() -> None:
        try:
            result.set_result(make())
        except BaseException as error:
            result.set_exception(error)

    Thread(target=run, daemon=True).start()
    return result.result


def made_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order. The first two are made when they are asked for: one alone needs no thread."""
    first = list(islice(items, 2))
    yield from first
    if len(first) < 2:
        return
    from concurrent.futures import ThreadPoolExecutor

    end: list[Item] = []

    def some() -> list[Item]:
        return list(islice(items, 1))

    with ThreadPoolExecutor(1) as pool:
        waiting = deque(pool.submit(some) for _ in range(AHEAD))
        while (batch := waiting.popleft().result()) != end:
            waiting.append(pool.submit(some))
            yield from batch
