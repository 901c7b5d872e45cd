"""`doghouse diff`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from doghouse import files
from doghouse.cli import options
from doghouse.cli.formats import Format, chosen
from doghouse.cli.history.given import Given
from doghouse.cli.options import (
    AccountKeysFile,
    ApiUrl,
    AsJson,
    Cache,
    LogsPlace,
    NoCache,
    Resolution,
    RulesFile,
    SeriesPlace,
    VarFiles,
    lint_settings,
    rules_of,
)
from doghouse.cli.terminal import ended_by, fail, say
from doghouse.review.objections import BY_HISTORY, NAMES, conditions, objections

if TYPE_CHECKING:
    from doghouse.review.model import Range


def diff(
    base: Annotated[str, typer.Argument(help="What it was: a folder, a file, or a git revision.", metavar="BASE")],
    head: Annotated[
        str,
        typer.Argument(
            help="What it is now, likewise; a folder beside a revision is the working tree.", metavar="HEAD"
        ),
    ],
    paths: Annotated[list[str] | None, typer.Argument(help="Only what lies below these.", metavar="PATH...")] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="With history, its start: ISO 8601, epoch seconds, or now-30d.")
    ] = None,
    until: Annotated[str, typer.Option("--to", help="Its end, in the same forms.")] = "now",
    series: SeriesPlace = None,
    logs: LogsPlace = None,
    datadog: Annotated[
        bool, typer.Option("--datadog", help="History: the account of DD_SITE, DD_API_KEY and DD_APP_KEY.")
    ] = False,
    api_url: ApiUrl = None,
    keys_file: AccountKeysFile = None,
    resolution: Resolution = None,
    cache: Cache = None,
    no_cache: NoCache = False,
    downtimes: Annotated[
        Path | None, typer.Option(help="Downtimes beside those of BASE and HEAD: a JSON list of v2 attributes.")
    ] = None,
    hosts: Annotated[Path | None, typer.Option(help="What hosts are, as `doghouse backtest` takes it.")] = None,
    rules: RulesFile = None,
    var_file: VarFiles = None,
    timezone: Annotated[str, typer.Option(help="The clocks that times and nights are shown by.")] = "UTC",
    suggest: Annotated[
        bool | None,
        typer.Option(
            "--suggest/--no-suggest",
            help="With history: say if another setting would do better (default: of what sends most).",
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(help=f"Exit 1 for: {', '.join(NAMES)}; several with commas between them.", metavar="WHAT"),
    ] = None,
    output: Format = None,
    as_json: AsJson = False,
) -> None:
    """Say what a change of monitors would do: fields, lint problems, unit tests and, over history, what is sent to whom.

    Example: doghouse diff main HEAD monitors/ --series points.parquet --from now-30d --format markdown
    """
    from doghouse.review.making import ReviewOptions, review
    from doghouse.review.model import Review

    write = chosen(output, as_json, Review)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no linear algebra here: numpy need not start threads for it
    with ended_by(ValueError, code=64, before="--fail-on: "):
        asked_to_fail = conditions(fail_on or ())
    options.of_account(datadog, api_url, keys_file, resolution, cache, no_cache)
    sources = Given(series, logs, datadog, api_url, keys_file, downtimes, hosts, resolution, cache, no_cache)
    if not sources.is_any and (
        by_history := [condition.name for condition in asked_to_fail if condition.name in BY_HISTORY]
    ):
        raise fail(f"--fail-on {by_history[0]} needs history: --series, --logs or --datadog", 64)
    of_history = {"--from": since, "--downtimes": downtimes, "--hosts": hosts, "--suggest": suggest}
    options.only_with("history: --series, --logs or --datadog", sources.is_any, of_history)
    stretch = _range(since, until, timezone) if sources.is_any else None
    routed = rules_of(rules)
    from doghouse.cli.diff import sides, unit_tests

    variables = _variables(var_file or ())
    with sides.opened(base, head, paths or ()) as (before, after, remarks):
        old, new = sides.read(before, variables), sides.read(after, variables)
        tests = unit_tests.run_reached(before, after)
    known = None if routed is None and not (old.rules or new.rules) else [*(routed or ()), *sides.rules_of(new)]
    asked = ReviewOptions(known, lint_settings(), range=stretch, tests=tests, remarks=remarks)
    if stretch is not None:
        from doghouse.cli.diff.history import over

        history = over(sources, stretch, (old, new), routed or ())
        result = history.with_suggestions(review(old, new, replace(asked, compare=history.compare)), suggest)
    else:
        result = review(old, new, asked)
    result = replace(result, objections=objections(result, asked_to_fail))
    write(result, sys.stdout)
    for text in result.objections:
        say(text)
    if result.objections:
        raise typer.Exit(1)


def _variables(var_files: Sequence[Path]) -> list[Path]:
    """Files of variables as they are found from the folder of a revision too. One that cannot be read would be as wrong on both sides, and no change."""
    for path in var_files:
        try:
            files.text(path)
        except files.FileError as error:
            raise fail(f"--var-file: {error.of(path)}", 64) from None
    return [path.absolute() for path in var_files]


def _range(since: str | None, until: str, timezone: str) -> Range:
    """The stretch of history that was asked for. What is wrong ends the command in a sentence."""
    from doghouse.review.model import Range

    if since is None:
        raise fail("history needs its start: --from, as in --from now-30d", 64)
    start, end = options.stretch(since, until)
    options.check_zone(timezone)
    return Range(start, end, timezone)
