"""`doghouse export`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doghouse.cli.options import (
    DEFAULT_URL,
    ApiUrl,
    AsJson,
    FromAccount,
    KeysFile,
    Until,
    UrlInstead,
    not_with,
    only_with,
    stretch,
)
from doghouse.cli.terminal import console, fail, many, now_and_then, print_json, say

if TYPE_CHECKING:
    from doghouse.exporting import House

RESOLUTION_S = 60  # of an account's points


def export(
    folder: Annotated[str, typer.Argument(metavar="PLACE", help="A folder, s3://bucket/path or gs://bucket/path.")],
    since: Annotated[str, typer.Option("--from", help="Start: ISO 8601, epoch seconds, or now-7d.")] = "now-2d",
    until: Until = "now",
    metric: Annotated[
        list[str] | None, typer.Option("--metric", help="Only metrics whose names fit, such as 'system.*'.")
    ] = None,
    no_logs: Annotated[bool, typer.Option("--no-logs", help="Only points.")] = False,
    url: UrlInstead = None,
    keys_file: KeysFile = None,
    datadog: FromAccount = False,
    api_url: ApiUrl = None,
    resolution: Annotated[
        int | None, typer.Option(min=1, help=f"With --datadog: seconds a point (default: {RESOLUTION_S}).")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Instead of a doghouse that runs: a data folder of one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add points and logs to a folder of Parquet files, a file a metric and day, which --series and --logs read.

    What is there already stays as it is, so that a nightly job adds what is new, and one that was stopped is finished by the next.

    Example: doghouse export s3://company-history/doghouse --from now-2d
    """
    from doghouse.exporting import export as exported
    from doghouse.files import FileError
    from doghouse.files.places import to_write
    from doghouse.importing.access import AccountError
    from doghouse.metrics.files.series_files import SeriesFileError
    from doghouse.storage.config import ConfigError

    only_with("--datadog", datadog, {"--api-url": api_url, "--resolution": resolution})
    not_with("--datadog", datadog, {"--url": url, "--data": data})
    not_with("--data", data is not None, {"--url": url, "--keys-file": keys_file})
    start, end = stretch(since, until)
    shown = folder
    try:
        target = to_write(folder)
        shown = str(target)
        with (
            _account(api_url, keys_file, resolution or RESOLUTION_S)
            if datadog
            else _house(url or DEFAULT_URL, keys_file, data)
        ) as house:
            counts = exported(house, target, start, end, metric or ["*"], not no_logs, now_and_then())
    except FileError as error:
        raise fail(error.of(shown)) from None
    except (AccountError, ConfigError, SeriesFileError) as error:
        raise fail(str(error)) from None
    if as_json:
        print_json({"points": counts.points, "logs": counts.logs, "written": counts.written, "kept": counts.unchanged})
    else:
        more = f"{many(counts.points, 'point')} and {many(counts.logs, 'log')} more"
        console().print(f"{shown}: {more}, in {many(counts.written, 'file')}; {counts.unchanged} had all of theirs")


@contextmanager
def _account(api_url: str | None, keys_file: Path | None, resolution: int) -> Iterator[House]:
    """The account. What is wrong ends the command in a sentence, or raises AccountError."""
    import time

    from doghouse.cli.backtesting.inputs import account_at
    from doghouse.exporting.account import OfAccount
    from doghouse.importing.account.requesting import Requester

    address, keys = account_at(api_url, keys_file, resolution)
    yield OfAccount(Requester(address, keys, time.sleep, say), resolution)


@contextmanager
def _house(url: str, keys_file: Path | None, data: Path | None) -> Iterator[House]:
    """What is exported. Raises ConfigError."""
    from doghouse.exporting.house import Opened, Served

    if data is None:
        from doghouse.cli.client import connect

        client = connect(url, keys_file)
        yield Served(
            lambda method, path, body: client.content(method, path, body, {"Content-Type": "application/json"})
        )
        return
    from doghouse import running
    from doghouse.storage import manifest
    from doghouse.storage.config import Settings
    from doghouse.time.clock import Clock

    if not (data / manifest.MANIFEST).is_file():
        raise fail(f"--data: {data} is no data folder of a doghouse: it has no {manifest.MANIFEST}")
    with running.opened(data.resolve(), "127.0.0.1", 0, Clock(), Settings()) as (house, _):
        try:
            yield Opened(house.app.state.points, house.app.state.logs)
        finally:
            house.app.state.points.close()
            house.app.state.logs.close()
