"""Options that several commands have, each with one name and one help text."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doghouse import files
from doghouse.cli.terminal import ended_by, fail
from doghouse.storage import config
from doghouse.time import iso

if TYPE_CHECKING:
    from doghouse.monitors.lint.settings import Settings
    from doghouse.monitors.notification_rules import Rules

DEFAULT_URL = f"http://127.0.0.1:{config.DEFAULT_PORT}"


def address(url: str | None) -> str | None:
    """What `--url` names. What is no address ends the command in a sentence."""
    if url is not None:
        from doghouse.cli.client import check_address

        with ended_by(config.OptionError, code=64):
            check_address(url)
    return url


Url = Annotated[str, typer.Option(help="The doghouse.", callback=address)]
UrlInstead = Annotated[str | None, typer.Option(help=f"The doghouse (default: {DEFAULT_URL}).", callback=address)]
KeysFile = Annotated[Path | None, typer.Option(help="JSON with api_key and app_key (default: the doghouse's own).")]
FromAccount = Annotated[
    bool, typer.Option("--datadog", help="Read the points from the account of DD_SITE, DD_API_KEY and DD_APP_KEY.")
]
ApiUrl = Annotated[str | None, typer.Option(help="With --datadog: a doghouse that plays the account.", metavar="URL")]
AccountKeysFile = Annotated[Path | None, typer.Option(help="With --datadog: JSON with api_key and app_key.")]
HostsFile = Annotated[
    Path | None, typer.Option(help='What hosts are: {"web-1": {"ip": "10.0.0.7", "tags": ["role:web"]}}.')
]
Until = Annotated[str, typer.Option("--to", help="End, in the same forms.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Resolution = Annotated[
    int | None, typer.Option(help="With --datadog: seconds a point (default: as each monitor's window asks for).")
]
Cache = Annotated[
    Path | None, typer.Option(help="With --datadog: where what was read is kept (default: the user's cache folder).")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="With --datadog: keep nothing.")]
VarFiles = Annotated[
    list[Path] | None,
    typer.Option("--var-file", help="With .tf files: a tfvars file, after those that Terraform finds by itself."),
]
Force = Annotated[
    bool, typer.Option("--force", help="Evaluate monitors too that Datadog would refuse to store, and say so.")
]
SeriesPlace = Annotated[
    str | None,
    typer.Option(
        "--series",
        help="The points: CSV or Parquet, as `doghouse import` takes them; or Parquet in a folder, at s3://, gs:// or https://.",
        metavar="PLACE",
    ),
]
LogsPlace = Annotated[
    str | None,
    typer.Option(
        "--logs",
        help="The logs: JSON lines or Parquet with timestamp, message, service, status, tags, attributes; or places as of --series.",
        metavar="PLACE",
    ),
]
RulesFile = Annotated[
    Path | None,
    typer.Option(
        "--rules", help="The monitor notification rules: JSON or YAML as the API has them, or Terraform's files."
    ),
]


def standard_input() -> str:
    """The text of standard input. What is wrong ends the command in a sentence."""
    try:
        return files.standard_input()
    except files.FileError as error:
        raise fail(error.of("standard input")) from None


def only_with(needed: str, is_given: bool, options: Mapping[str, object]) -> None:
    """End the command in a sentence where an option is given that has no effect without `needed`."""
    if not is_given:
        _refuse(options, f"without {needed}")


def not_with(other: str, is_given: bool, options: Mapping[str, object]) -> None:
    """End the command in a sentence where an option is given that has no effect with `other`."""
    if is_given:
        _refuse(options, f"with {other}")


def _refuse(options: Mapping[str, object], beside: str) -> None:
    """End the command at the first of these options that is given: it is neither None nor False."""
    for name, value in options.items():
        if value is not None and value is not False:
            raise fail(f"{name} has no effect {beside}", 64)


def of_account(
    datadog: bool,
    api_url: str | None,
    keys_file: Path | None,
    resolution: int | None,
    cache: Path | None,
    no_cache: bool,
) -> None:
    """End the command in a sentence where one of these options is given without `--datadog`, or both of the cache."""
    flags = {"--api-url": api_url, "--keys-file": keys_file, "--resolution": resolution}
    only_with("--datadog", datadog, {**flags, "--cache": cache, "--no-cache": no_cache})
    not_with("--no-cache", no_cache, {"--cache": cache})


def moment(option: str, text: str, now: float) -> int:
    """The second (UTC) that an option says. What is wrong ends the command in a sentence."""
    from doghouse.time.typed import parse_time

    with ended_by(ValueError, code=64, before=f"{option}: "):
        return int(parse_time(text, now))


def stretch(since: str, until: str) -> tuple[int, int]:
    """From when to when history is looked at (s UTC). What is wrong ends the command in a sentence."""
    from doghouse.metrics.files.rows import LAST_SECOND

    now = time.time()
    start, end = moment("--from", since, now), moment("--to", until, now)
    for option, at in (("--to", end), ("--from", start)):
        if at > LAST_SECOND:
            raise fail(f"{option} is beyond the year 3000: a number is seconds since 1970, not milliseconds", 64)
    check_order(start, end)
    return start, end


def check_order(start: int, end: int) -> None:
    """End the command in a sentence where a stretch of time (s UTC) does not begin before it ends."""
    if start >= end:
        raise fail(f"--from is not before --to: {iso.seconds(start)} and {iso.seconds(end)}", 64)


def check_zone(name: str) -> None:
    """End the command in a sentence where there is no such time zone."""
    from doghouse.time.zones import is_zone

    if not is_zone(name):
        raise fail(f"--timezone: '{name}' is no time zone of the IANA database", 64)


def lint_settings() -> Settings:
    """Which lint rules are looked for, as the settings of the working folder say. What is wrong ends the command in a sentence."""
    from doghouse.monitors.lint.settings import SettingsError, read_settings

    with ended_by(SettingsError, code=64):
        return read_settings(Path.cwd())


def rules_of(path: Path | None) -> Rules | None:
    """The rules of a file or folder; None without one. What is wrong ends the command in a sentence."""
    if path is None:
        return None
    from doghouse.importing.monitor_files import named_rules
    from doghouse.monitors.notification_rules import RuleError

    with ended_by(RuleError, before="--rules: "):
        return named_rules(path)
