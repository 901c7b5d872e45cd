"""Work that a running doghouse does on its own, beside answering requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from doghouse.storage import failures

log = logging.getLogger(__name__)


@asynccontextmanager
async def repeated(work: Callable[[], object], every: float) -> AsyncIterator[None]:
    """Do `work` in a thread `every` so many seconds while the block lasts; a failure is logged and tried again. The last run is waited for."""
    stop = asyncio.Event()

    async def run() -> None:
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                try:
                    await asyncio.to_thread(work)
                except Exception as error:
                    if not failures.reported(error):
                        log.exception("%s failed; it is tried again in %s s", work, every)

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        stop.set()
        await task
