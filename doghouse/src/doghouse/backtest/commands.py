"""`doghouse backtest`, `doghouse test` and `doghouse lint`."""

from __future__ import annotations

import glob
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doghouse.terminal import console, fail, print_json

if TYPE_CHECKING:
    from doghouse.backtest.account import Account
    from doghouse.backtest.replay import Backtest
    from doghouse.backtest.suggesting import Points
    from doghouse.downtimes import Downtime
    from doghouse.metrics.model import Source
    from doghouse.monitors import Host, Monitor

KEPT_BYTES = 30 << 20  # the most that glibc goes by is 32 MiB
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def backtest(
    monitor: Annotated[
        list[str],
        typer.Argument(
            help="Monitors: an API body, an integration's asset, a list, a folder.", metavar="MONITOR.json..."
        ),
    ],
    since: Annotated[str, typer.Option("--from", help="Start: ISO 8601, epoch seconds, or now-7d.")],
    until: Annotated[str, typer.Option("--to", help="End, in the same forms.")] = "now",
    series: Annotated[
        Path | None, typer.Option(help="The points: CSV or Parquet, as `doghouse import` takes them.")
    ] = None,
    datadog: Annotated[
        bool, typer.Option("--datadog", help="Read the points from the account of DD_SITE, DD_API_KEY and DD_APP_KEY.")
    ] = False,
    api_url: Annotated[
        str | None, typer.Option(help="With --datadog: a doghouse that plays the account.", metavar="URL")
    ] = None,
    keys_file: Annotated[Path | None, typer.Option(help="With --datadog: JSON with api_key and app_key.")] = None,
    resolution: Annotated[
        int, typer.Option(help="With --datadog: seconds a point that is asked for; it divides a minute, or is minutes.")
    ] = 20,
    cache: Annotated[
        Path | None,
        typer.Option(help="With --datadog: where what was read is kept [default: the user's cache folder]."),
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="With --datadog: keep nothing.")] = False,
    downtimes: Annotated[
        Path | None, typer.Option(help="A JSON list of v2 downtime attributes, each with an optional name.")
    ] = None,
    hosts: Annotated[
        Path | None, typer.Option(help='What hosts are: {"web-1": {"ip": "10.0.0.7", "tags": ["role:web"]}}.')
    ] = None,
    timezone: Annotated[str, typer.Option(help="The clocks that times and nights are shown by.")] = "",
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Also say what a range of other settings would have sent.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Replay monitors over history: every state, transition and notification, with downtimes applied.

    Example: doghouse backtest high.json --series points.csv --from 2026-03-01 --to 2026-03-08
    """
    import os
    import time

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no linear algebra here: numpy need not start threads for it
    from doghouse.backtest import report, show
    from doghouse.backtest.replay import backtest as replay
    from doghouse.metrics.files import SeriesFileError
    from doghouse.monitors import MonitorError
    from doghouse.queries import NotEvaluated, QuerySyntaxError
    from doghouse.queries.rollups import is_zone
    from doghouse.times import parse_time

    now = time.time()
    try:
        start, end = int(parse_time(since, now)), int(parse_time(until, now))
    except ValueError as error:
        raise fail(str(error), 64) from None
    if start >= end:
        raise fail("--from is not before --to", 64)
    if timezone and not is_zone(timezone):
        raise fail(f"--timezone: '{timezone}' is no time zone of the IANA database", 64)
    if datadog and (resolution <= 0 or (60 % resolution and resolution % 60)):
        raise fail("--resolution divides 60 or is a multiple of it", 64)
    if datadog == (series is not None):
        raise fail(
            "the points come from a file with --series, or from the account with --datadog: give one of them", 64
        )
    _keep_memory()
    monitors = _monitors(monitor)
    quiet, known = _downtimes(downtimes, start), _hosts(hosts)
    history = _account(api_url, keys_file, cache, no_cache) if datadog else None
    read = _from_file(series, known) if series else None
    zone = timezone or next((one.display_timezone for one in quiet), "UTC")
    if suggest:
        from doghouse.backtest import suggesting
    documents: list[dict[str, Any]] = []
    several, done = len(monitors) > 1, 0
    given = {one.id: one for _, one in monitors if one.id}
    for where, one in monitors:
        points = read or _from_account(history, start, end, resolution, known)
        try:
            if one.type == "composite":
                from doghouse.backtest import followed

                result, others = followed.composite(one, given, points, start, end, quiet, known), []
            else:
                source, query = points(one)
                result = replay(one, source, start, end, quiet, known, query)
                others = suggesting.suggest(one, points, start, end, quiet, known, zone) if suggest else []
        except (MonitorError, QuerySyntaxError, NotEvaluated) as error:
            if not several or not isinstance(error, NotEvaluated):
                raise fail(f"{where}: {error}") from None
            typer.echo(f"doghouse: {where}: {error}, and leaves it out", err=True)
            continue
        except SeriesFileError as error:
            raise fail(str(error)) from None
        done += 1
        _remark(where, one, result)
        found = report.figures(result, zone)
        said = _origin(history, resolution) if history else None
        if as_json:
            named = {"monitor": one.name or where} if several else {}
            document = (
                named | report.document(result, result.notifications(), found) | ({"points": said} if said else {})
            )
            documents.append(
                document | ({"suggestions": [suggesting.document(each) for each in others]} if suggest else {})
            )
        else:
            screen = console()
            if several:
                screen.print(one.name or where, style="bold", markup=False)
            show.backtest_table(screen, result, found, zone)
            if said:
                screen.print(said["note"], style="bright_black", markup=False)
            if suggest:
                show.suggestions(screen, others)
    if as_json:
        print_json(documents if several else documents[0])
    if not done:
        raise typer.Exit(1)


def _keep_memory() -> None:
    """Have glibc keep memory that is freed for the next column (mallopt(3): freeing a large block raises what it gives back to the system at once)."""
    import numpy as np

    np.empty(KEPT_BYTES, np.uint8)


def _remark(where: str, monitor: Monitor, result: Backtest) -> None:
    """What a person should know of a backtest that went well: Datadog would refuse the monitor; there was nothing to see."""
    from doghouse.monitors import METRIC_TYPES, MonitorError, validate
    from doghouse.queries import metric_queries, parse_monitor

    try:
        validate(monitor.document)
    except MonitorError as error:
        typer.echo(f"doghouse: {where}: Datadog would refuse this monitor: {error.field}: {error.text}", err=True)
    if not result.timelines and monitor.type in METRIC_TYPES:
        names = dict.fromkeys(one.metric for one in metric_queries(parse_monitor(monitor.query).expression))
        typer.echo(f"doghouse: {where}: there are no points of {', '.join(names)} in that time and scope", err=True)


def unit_tests(
    files: Annotated[
        list[str] | None, typer.Argument(help="Test files (YAML); a pattern must match something.", metavar="FILE...")
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a test file, for editors, and do nothing else.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(help="Also write the results as JUnit XML.")] = None,
    as_json: Json = False,
) -> None:
    """Run unit tests of monitors; exit 1 if one fails.

    Example: doghouse test monitors/*.test.yaml --junit results.xml
    """
    from doghouse.backtest import junit as xml
    from doghouse.backtest import show, testfile, unittests

    if schema:
        print_json(testfile.schema())
        return
    if not files:
        raise fail("there is no test file: name one, or a pattern such as 'monitors/*.test.yaml'", 64)
    results: list[unittests.Result] = []
    broken: list[unittests.TestFileError] = []
    for path in _matching(files):
        try:
            results += unittests.run(path)
        except unittests.TestFileError as error:
            broken.append(error)
    if junit:
        outcomes = [xml.Outcome(str(one.path), one.name, None if one.passed else _failure(one)) for one in results]
        xml.write(junit, outcomes + [xml.Outcome(str(one.path), f"line {one.line}", one.text) for one in broken])
    if as_json:
        print_json({"tests": [_result(one) for one in results], "errors": [str(one) for one in broken]})
    else:
        show.unit_tests(console(), results)
    for each in broken:
        typer.echo(f"doghouse: {each}", err=True)
    if broken or not all(one.passed for one in results):
        raise typer.Exit(1)


def lint(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Monitors, lists, assets, folders, terraform's JSON, or - for standard input.", metavar="PATH..."
        ),
    ],
    metrics: Annotated[
        list[Path] | None,
        typer.Option(help="A metadata.csv with the metrics' intervals; an integration's own is found by itself."),
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Also write the results as JUnit XML.")] = None,
    as_json: Json = False,
) -> None:
    """Find what is wrong with monitors before they go anywhere; exit 1 if any is wrong. Downtimes are looked at too.

    Example: terraform show -json | doghouse lint -
    """
    from doghouse.backtest import collecting, linting, show
    from doghouse.backtest import junit as xml

    text = sys.stdin.read() if collecting.STDIN in paths else None
    intervals = {name: every for path in metrics or [] for name, every in collecting.intervals(path).items()}
    linted = linting.lint_all((one for path in paths for one in collecting.collect(path, text)), intervals)
    if junit:
        xml.write(junit, [_verdict(one) for one in linted])
    if as_json:
        monitors = [_linted(one) for one in linted if one.type != linting.DOWNTIME]
        downtimes = [_linted(one) for one in linted if one.type == linting.DOWNTIME]
        print_json({"monitors": monitors, "downtimes": downtimes, "summary": linting.last_line(linted)})
    else:
        show.lint_lines(console(), linted)
        for line in filter(None, (linting.downtimes_line(linted), linting.last_line(linted))):
            console().print(line, markup=False)
    if any(one.verdict == "wrong" for one in linted):
        raise typer.Exit(1)


def _monitors(paths: Sequence[str]) -> list[tuple[str, Monitor]]:
    from doghouse.backtest import collecting
    from doghouse.monitors import MonitorError, parse

    found = []
    for path in paths:
        for one in collecting.collect(path, sys.stdin.read() if path == collecting.STDIN else None):
            if isinstance(one, collecting.Unread):
                raise fail(f"{one.where} {one.text}")
            if isinstance(one, collecting.FoundDowntime) and Path(path).is_dir():
                continue
            if isinstance(one, collecting.FoundDowntime):
                raise fail(f"{one.where} is a downtime, no monitor: give it with --downtimes")
            try:
                found.append((one.where, parse(one.body)))
            except MonitorError as error:
                raise fail(f"{one.where}: {error.text}") from None
    return found


def _from_file(path: Path, hosts: Mapping[str, Host]) -> Points:
    from doghouse.metrics.files import SeriesFileError, open_series

    try:
        source = open_series(path, {name: host.tags for name, host in hosts.items()})
    except SeriesFileError as error:
        raise fail(str(error)) from None
    return lambda _: (source, None)


def _account(url: str | None, keys_file: Path | None, cache: Path | None, no_cache: bool) -> Account:
    from doghouse.backtest import account
    from doghouse.terminal import progress

    try:
        reached = account.access(url, keys_file)
        return account.Account(reached, None if no_cache else cache or account.cache_folder(), progress())
    except account.AccountError as error:
        raise fail(str(error), 64) from None


def _from_account(history: Account | None, start: int, end: int, resolution: int, hosts: Mapping[str, Host]) -> Points:
    from doghouse.backtest.account import AccountError

    assert history is not None

    def read(monitor: Monitor) -> tuple[Source, str | None]:
        try:
            found = history.read(monitor, start, end, resolution, hosts)
        except AccountError as error:
            raise fail(str(error)) from None
        return found.source, found.query

    return read


def _origin(history: Account, resolution: int) -> dict[str, Any]:
    """Where the points come from, and that they are rolled up."""
    note = (
        f"points of {history.name}, {history.asked:,} pages read and {history.cached:,} from the cache. "
        f"They are what the query API returns: rolled up to {resolution} s and aggregated over each group, not the raw points that the monitor itself sees."
    )
    return {
        "account": history.name,
        "resolution_s": resolution,
        "pages": history.asked,
        "cached": history.cached,
        "note": note,
    }


def _hosts(path: Path | None) -> Mapping[str, Host]:
    if path is None:
        return {}
    from doghouse.backtest.unittests import hosts_of

    return hosts_of(_json(path), lambda text: fail(f"{path}: {text}"))


def _downtimes(path: Path | None, now: float) -> list[Downtime]:
    from doghouse.downtimes import DowntimeError, parse

    listed = _json(path) if path else []
    if not isinstance(listed, list):
        raise fail(f"{path}: is not a list of downtimes")
    found = []
    for number, one in enumerate(listed):
        try:
            found.append(parse(one, now, id=str(number + 1)))
        except DowntimeError as error:
            raise fail(f"{path}: downtime {number + 1}: {error.field}: {error.text}") from None
    return found


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except OSError as error:
        raise fail(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise fail(f"{path} is not JSON: {error}") from None


def _matching(files: Sequence[str]) -> list[Path]:
    """The files, patterns expanded; a pattern that matches nothing is an error, since it would pass in silence."""
    found: list[Path] = []
    for pattern in files:
        matches = sorted(glob.glob(pattern, recursive=True)) if any(sign in pattern for sign in "*?[") else [pattern]  # noqa: PTH207
        if not matches:
            raise fail(f"'{pattern}' matches no file")
        found += [Path(match) for match in matches]
    return found


def _failure(one: Any) -> str:
    return "\n".join(
        f"line {each.line}: expected {'; '.join(each.expected)}; got {'; '.join(each.got) or 'nothing'}"
        for each in one.differences
    )


def _result(one: Any) -> dict[str, Any]:
    differences = [
        {"line": each.line, "expected": list(each.expected), "got": list(each.got)} for each in one.differences
    ]
    return {"file": str(one.path), "line": one.line, "name": one.name, "passed": one.passed, "differences": differences}


def _verdict(one: Any) -> Any:
    from doghouse.backtest.junit import Outcome

    said = "\n".join(f"{problem.field}: {problem.text}" for problem in one.problems if problem.severity == "error")
    skipped = f"{one.type} is not evaluated" if one.verdict == "not evaluated" else None
    return Outcome(one.where.split(" ")[0], one.name or one.where, said if one.verdict == "wrong" else None, skipped)


def _linted(one: Any) -> dict[str, Any]:
    problems = [
        {
            "field": each.field,
            "text": each.text,
            "severity": each.severity,
            "file_line": line or None,
            "line": each.line or None,
            "column": each.column or None,
        }
        for each, line in zip(one.problems, one.lines, strict=True)
    ]
    return {"where": one.where, "name": one.name, "type": one.type, "verdict": one.verdict, "problems": problems}
