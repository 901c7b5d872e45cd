"""Monitors spread over processes: batches of those that look at the same windows, each worked on by one process, the results in the monitors' order."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec.structs import replace

from doghouse.cli.backtesting.cluster import Cluster
from doghouse.cli.backtesting.monitors import LeftOut, ToRun
from doghouse.cli.backtesting.single import BacktestOptions, backtest_monitor
from doghouse.cli.terminal import fail
from doghouse.monitors.windows.sharing import LastColumns
from doghouse.reports import Backtested
from doghouse.reports.results import Made

Result = TypeVar("Result")
WORTH_PROCESSES = 100_000  # evaluations of monitors: fewer are done before others have begun
_work: Callable[[Sequence[int]], list[Any]] | None = None  # what a process that was forked finds here


class Outcome(NamedTuple, Generic[Made]):
    """What is to be said of a monitor, and what was made of its backtest, or why there is none."""

    stderr: str
    result: Made | LeftOut


def cores() -> int:
    """How many processes can work at once. They are forked, for nothing is sent to them: Windows does not do that, nor macOS well."""
    return 1 if sys.platform in ("win32", "darwin") else len(os.sched_getaffinity(0))


def processes(jobs: int, monitors: int, minutes: int) -> int:
    """How many work on so many monitors over so many minutes; `jobs` is what was asked for, 0: as many as are worth it."""
    if cores() == 1 or (not jobs and monitors * minutes < WORTH_PROCESSES):
        return 1
    return max(min(jobs or cores(), monitors), 1)


def batches(monitors: Sequence[ToRun], jobs: int) -> list[list[int]]:
    """The numbers of the monitors that look at the same windows, together, as far as there is work for all processes."""
    alike: dict[object, list[int]] = {}
    for number, to_run in enumerate(monitors):
        key = to_run.monitor.windows_key
        alike.setdefault(number if key is None else key, []).append(number)
    most = max(-(-len(monitors) // jobs), 1)  # a batch that is parted has its windows worked out twice
    return sorted(some[at : at + most] for some in alike.values() for at in range(0, len(some), most))


def spread(
    monitors: Sequence[ToRun],
    asked: BacktestOptions,
    make: Callable[[Backtested], Made],
    jobs: int,
    cluster: Cluster | None = None,
) -> Iterator[Outcome[Made]]:
    """What `make` makes of each monitor's backtest, or why there is none, in the monitors' order, each as soon as it and those before it are there.
    `jobs` processes of this machine work on them, or the cluster."""

    def work(part: Sequence[int]) -> list[Outcome[Made]]:
        shared = LastColumns() if asked.suggest or len(part) > 1 else None
        outcomes = [_outcome(monitors[number], replace(asked, shared=shared), make) for number in part]
        if shared is not None:
            shared.forget()
        return outcomes

    parts = batches(monitors, jobs)
    done: dict[int, Outcome[Made]] = {}
    following = 0
    worked = _worked(parts, work, jobs) if cluster is None else cluster.worked(parts, work)
    for part, outcomes in zip(parts, worked, strict=True):
        done.update(zip(part, outcomes, strict=True))
        while following in done:
            yield done.pop(following)
            following += 1


def _outcome(to_run: ToRun, asked: BacktestOptions, make: Callable[[Backtested], Made]) -> Outcome[Made]:
    """What is said of a monitor is kept, to be said in the monitors' order; but at once how far the reading of an account is, and what ends the command."""
    stderr = io.StringIO()
    try:
        with contextlib.nullcontext() if asked.origin else contextlib.redirect_stderr(stderr):
            result = backtest_monitor(to_run, asked)
            return Outcome(stderr.getvalue(), result if isinstance(result, LeftOut) else make(result))
    except BaseException:
        sys.stderr.write(stderr.getvalue())
        sys.stderr.flush()
        raise


def _worked(
    parts: Sequence[Sequence[int]], work: Callable[[Sequence[int]], list[Result]], jobs: int
) -> Iterable[list[Result]]:
    if jobs == 1 or len(parts) < 2:
        yield from map(work, parts)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    global _work
    _work = work
    pool = ProcessPoolExecutor(min(jobs, len(parts)), multiprocessing.get_context("fork"))
    try:
        for future in [pool.submit(_in_process, part) for part in parts]:
            yield future.result()
        pool.shutdown()
    except BrokenProcessPool:
        text = "a process that worked on monitors ended before it was done (was memory short?): try --jobs 1"
        raise fail(text) from None
    finally:
        _work = None
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()  # of those that are done none is left


def _in_process(part: Sequence[int]) -> list[Any]:
    if _work is None:
        raise RuntimeError("this process was not forked from the one that has the work")
    return _work(part)
