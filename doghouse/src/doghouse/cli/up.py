"""`doghouse up`: the server on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doghouse.cli.options import only_with
from doghouse.cli.terminal import console, fail, print_json
from doghouse.storage import config
from doghouse.storage.config import ConfigError, OptionError, Settings

if TYPE_CHECKING:
    from doghouse.running import House


def up(
    host: Annotated[
        str, typer.Option(help="Address to listen on; beyond loopback only with keys set on purpose.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = config.DEFAULT_PORT,
    data: Annotated[
        Path | None, typer.Option(help="Folder for all state (default: in the user's data folder).")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON (url, keys_file, data) when requests are accepted.")
    ] = False,
    retention: Annotated[
        str, typer.Option(help="How long points are kept, such as 15d or 36h (default: for ever).")
    ] = "",
    log_retention: Annotated[str, typer.Option(help="How long logs are kept, such as 15d (default: for ever).")] = "",
    time_travel: Annotated[
        bool, typer.Option("--time-travel", help="Let a request say what time it is for it (X-Doghouse-Now: ISO 8601).")
    ] = False,
    rate_limit: Annotated[
        int | None, typer.Option(min=1, help="Answer 429 beyond this many requests a minute and endpoint family.")
    ] = None,
    chaos: Annotated[
        str,
        typer.Option(
            help="Faults, each with its share of API requests, such as 503=0.1,slow=0.1:2s; also drop-before and drop-after."
        ),
    ] = "",
    seed: Annotated[int, typer.Option(help="Makes the faults of --chaos the same in each run.")] = 0,
    smtp: Annotated[
        str, typer.Option(help="Mail server for notifications, such as 127.0.0.1:25 (default: they stay in the inbox).")
    ] = "",
    smtp_from: Annotated[str, typer.Option(help="Address that mails come from.")] = "",
    webhooks_to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST,…", help="Hosts that webhooks may be sent to besides this machine, with commas between them."
        ),
    ] = None,
) -> None:
    """Run Datadog's stand-in until Ctrl-C.

    Example: doghouse up --port 0 --json
    """
    from doghouse import running
    from doghouse.time.clock import Clock

    os.umask(0o077)  # all that this process writes is its owner's alone
    try:
        check_mail(smtp, smtp_from)
        only_with("--smtp", bool(smtp), {"--smtp-from": smtp_from or None})
        only_with("--chaos", bool(chaos), {"--seed": seed or None})
        settings = Settings(
            retention=length("--retention", retention),
            log_retention=length("--log-retention", log_retention),
            time_travel=time_travel,
            rate_limit=rate_limit,
            chaos=chaos,
            seed=seed,
            smtp=smtp,
            smtp_from=smtp_from,
            webhooks_to=checked_hosts(webhooks_to or ()),
            long_ids=True,
        )
        folder = (data or config.default_folder()).resolve()
        with running.opened(folder, host, port, Clock(), settings) as (house, listener):
            running.serve_forever(house, listener, lambda: announce(house, as_json))
    except ConfigError as error:
        raise fail(str(error), 64 if isinstance(error, OptionError) else 1) from None


def length(option: str, text: str) -> float | None:
    """The seconds of an option that is a length of time; None where it is not given. Raises OptionError."""
    try:
        return config.duration(text) if text else None
    except OptionError as error:
        raise OptionError(f"{option}: {error}") from None


def check_mail(smtp: str, smtp_from: str) -> None:
    """Raise OptionError where `--smtp` is no mail server, or `--smtp-from` no address."""
    from doghouse.notifications.smtp import server

    try:
        if smtp:
            server(smtp)
    except ValueError as error:
        raise OptionError(f"--smtp: {error}") from None
    name, _, domain = smtp_from.rpartition("@")
    if smtp_from and (not name or not domain or not smtp_from.isprintable() or " " in smtp_from):
        raise OptionError(f"--smtp-from: '{smtp_from}' is no address, such as doghouse@example.com")


def checked_hosts(texts: Sequence[str]) -> tuple[str, ...]:
    """The hosts of `--webhooks-to`, which may be given several times. Raises OptionError."""
    from doghouse.notifications.webhooks.sending import allowed_host

    try:
        return tuple(allowed_host(host) for text in texts for host in text.split(","))
    except ValueError as error:
        raise OptionError(f"--webhooks-to: {error}") from None


def announce(house: House, as_json: bool) -> None:
    """Say where the doghouse is; never its keys."""
    if as_json:
        print_json({"url": house.url, "keys_file": str(house.keys_file), "data": str(house.data)})
        return
    screen = console()
    screen.print(f"doghouse at [bold]{house.url}[/bold]")
    screen.print(f"keys in {house.keys_file}")
    screen.print("Ctrl-C stops it")
