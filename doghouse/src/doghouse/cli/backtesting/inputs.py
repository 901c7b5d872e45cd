"""Reads what `doghouse backtest` is given: monitors, downtimes, hosts, and points from a file or an account. What is wrong ends the command in a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doghouse import files
from doghouse.cli.terminal import fail, say

if TYPE_CHECKING:
    from doghouse.backtest.sources import Points, RecordsOf
    from doghouse.downtimes import Downtime
    from doghouse.files.places import Folder, Place
    from doghouse.importing.access import Keys
    from doghouse.importing.account import Account
    from doghouse.metrics.model import Source
    from doghouse.monitors import Definition, Host
    from doghouse.monitors.records.model import RecordQuery
    from doghouse.search.records import Records

FEW = 20  # monitors: more read a file again and again, and sooner or later all of it is kept, which takes less memory before any is evaluated
KEPT_BYTES = 30 << 20  # the most that glibc goes by is 32 MiB


def keep_memory() -> None:
    """Have glibc keep memory that is freed for the next column (mallopt(3): freeing a large block raises what it gives back to the system at once)."""
    import numpy as np

    np.empty(KEPT_BYTES, np.uint8)


def place_of(text: str | None, option: str) -> Place | None:
    """The file or folder that an option names; None without it. What is no place ends the command in a sentence."""
    from doghouse.files.places import place

    try:
        return None if text is None else place(text)
    except files.FileError as error:
        raise fail(f"{option}: '{text}' {error}", 64) from None


def from_folder(
    folder: Folder,
    monitors: Sequence[Definition],
    start: int,
    end: int,
    hosts: Mapping[str, Host],
    suggest: bool = False,
    jobs: int = 1,
) -> tuple[Points, int]:
    """The points of a folder of Parquet files: the metrics and times that these monitors look at in (start, end] (s UTC), each read when it is first asked
    for. Also how many processes may work: where there are several all is read now, for none can be read in a process that is forked."""
    from doghouse.backtest.sources import points_of
    from doghouse.backtest.suggesting import WINDOW_FACTORS
    from doghouse.importing.account.plans import stretches_of
    from doghouse.metrics.files.partitions import History
    from doghouse.metrics.files.series_files import SeriesFileError

    stretches = stretches_of(monitors, start, end, WINDOW_FACTORS if suggest else ())
    history = History(folder, {name: host.tags for name, host in hosts.items()}, stretches, end + 1)
    if jobs > 1 and not all(stretches.keys() >= set(monitor.metrics) and not monitor.slo for monitor in monitors):
        jobs = 1  # what some of them read shows when they do
    try:
        if jobs > 1:
            history.read_ahead()
    except SeriesFileError as error:
        raise fail(str(error)) from None
    return points_of(history), jobs


def points_in(place: Place, monitors: Sequence[Definition], start: int, end: int, hosts: Mapping[str, Host]) -> Points:
    """The points of a file or folder that these monitors look at."""
    if isinstance(place, Path):
        return from_file(place, hosts, start, end)(False)
    return from_folder(place, monitors, start, end, hosts)[0]


def from_file(path: Path, hosts: Mapping[str, Host], start: int, end: int) -> Callable[[bool], Points]:
    """Begin to read a file of which [start, end) (s UTC) will be asked; what is returned waits for it. Given True it has all of the file in memory, and
    nothing reads in the background: processes may be forked then."""
    from doghouse.backtest.overlapping import begun
    from doghouse.backtest.sources import points_of
    from doghouse.metrics.files.rowgroups import RowGroups
    from doghouse.metrics.files.series_files import SeriesFileError, open_series

    opened = begun(lambda: open_series(path, {name: host.tags for name, host in hosts.items()}, (start, end)))

    def read(whole: bool) -> Points:
        try:
            source = opened()
            source = source.whole() if whole and isinstance(source, RowGroups) else source
        except SeriesFileError as error:
            raise fail(str(error)) from None
        return points_of(source)

    return read


def no_points(monitor: Definition) -> tuple[Source, Definition | None]:
    """What there is to read of points where only logs are given."""
    from doghouse.queries import NotEvaluated

    raise NotEvaluated("a monitor of metrics without points (--series)")


class FileRecords:
    """The logs of a file or folder, read when a monitor first asks for them; not sent to other machines with what has them, but read there."""

    def __init__(self, place: Place | None, host_tags: Mapping[str, Sequence[str]]) -> None:
        self._place, self._host_tags = place, host_tags
        self._opened: Records | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return FileRecords, (self._place, self._host_tags)

    def __call__(self, query: RecordQuery) -> Records:
        """The records that a query looks at. Raises NotEvaluated."""
        from doghouse.logs.files import LogFileError, open_logs
        from doghouse.queries import NotEvaluated

        if self._place is None or query.source != "logs":
            raise NotEvaluated(
                f"a monitor of {query.source} without a file of them" + " (--logs)" * (query.source == "logs")
            )
        try:
            self._opened = self._opened or open_logs(self._place, self._host_tags)
        except LogFileError as error:
            raise fail(str(error)) from None
        return self._opened


def records_of(place: Place | None, hosts: Mapping[str, Host], account: Account | None) -> RecordsOf:
    """The logs of a file or folder; without one what the account counts."""
    if place is None and account is not None:
        return account.records
    return FileRecords(place, {name: host.tags for name, host in hosts.items()})


def account_at(url: str | None, keys_file: Path | None, resolution: int | None) -> tuple[str, Keys]:
    """The account's address, and the keys for it. What is wrong ends the command in a sentence."""
    if resolution is not None and (resolution <= 0 or (60 % resolution and resolution % 60)):
        raise fail("--resolution divides 60 or is a multiple of it", 64)
    from doghouse.importing.access import AccountError, api_address, check_url, find_keys

    try:
        keys = find_keys(keys_file)
        return check_url(url) if url is not None else api_address(os.environ.get("DD_SITE") or "datadoghq.com"), keys
    except AccountError as error:
        raise fail(str(error), 64) from None


def account_of(
    url: str | None, keys_file: Path | None, cache: Path | None, no_cache: bool, resolution: int | None
) -> Account:
    """The account, with a cache of what was read of it."""
    from doghouse.cli.terminal import progress
    from doghouse.importing.access import AccountError
    from doghouse.importing.account import Account, Tell, cache_folder

    address, keys = account_at(url, keys_file, resolution)
    try:
        return Account(address, keys, None if no_cache else cache or cache_folder(), Tell(say, progress()), resolution)
    except AccountError as error:
        raise fail(str(error), 64) from None


def from_account(
    history: Account, monitors: Sequence[Definition], start: int, end: int, hosts: Mapping[str, Host]
) -> Points:
    """The points of an account: what these monitors look at is asked for at once."""
    from doghouse.importing.access import AccountError
    from doghouse.queries import NotEvaluated

    def read(monitor: Definition) -> tuple[Source, Definition | None]:
        if monitor.data_are_statuses:
            raise NotEvaluated(
                "a service check over an account, whose API has no history of runs (a file has: --series)"
            )
        if monitor.slo:
            raise NotEvaluated("an SLO over an account, of which only monitors' own queries are read (use --series)")
        try:
            reading = history.read(monitor, start, end, hosts)
        except AccountError as error:
            raise fail(str(error)) from None
        return reading.source, reading.monitor

    try:
        history.prepare(monitors, start, end)
    except AccountError as error:
        raise fail(str(error)) from None
    return read


def hosts_of(path: Path | None) -> Mapping[str, Host]:
    """What a hosts file says; nothing without one."""
    if path is None:
        return {}
    from doghouse.testing.running import hosts_of as read

    return read(_json(path), lambda text: fail(f"{path}: {text}"))


def downtimes_of(path: Path | None, now: float) -> list[Downtime]:
    """The downtimes of a file; none without one. One without a start began at `now` (s UTC)."""
    from doghouse.downtimes.parsing import listed

    try:
        return listed(_json(path), now) if path else []
    except ValueError as error:
        raise fail(f"{path}: {error}") from None


def _json(path: Path) -> Any:
    try:
        return files.json_of(path)
    except files.FileError as error:
        raise fail(error.of(path)) from None


def origin(history: Account, monitor: Definition) -> dict[str, Any]:
    """Where the points come from, and that they are rolled up. A composite's are its members' own."""
    resolution = history.resolution_of(monitor)
    rolled = f"rolled up to {resolution} s" if resolution else "rolled up as each member's window asks for"
    note = (
        f"points of {history.address}, {history.requests:,} requests made and {history.cached:,} pages from the cache. "
        f"They are what the query API returns: {rolled} and aggregated over each group, not the raw points that the monitor itself sees."
    )
    return {
        "account": history.address,
        "resolution_s": resolution,
        "requests": history.requests,
        "cached": history.cached,
        "note": note,
    }
