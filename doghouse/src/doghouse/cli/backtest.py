"""`doghouse backtest`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from doghouse.cli.formats import Format, chosen
from doghouse.cli.options import (
    AccountKeysFile,
    ApiUrl,
    AsJson,
    Cache,
    Force,
    FromAccount,
    HostsFile,
    LogsPlace,
    NoCache,
    Resolution,
    RulesFile,
    SeriesPlace,
    Until,
    VarFiles,
    check_zone,
    lint_settings,
    of_account,
    rules_of,
    stretch,
)
from doghouse.cli.terminal import fail, say
from doghouse.reports import Backtested, BacktestResult
from doghouse.reports.results import Made, Messages


def backtest(
    monitor: Annotated[
        list[str],
        typer.Argument(
            help="Monitors: an API body, an integration's asset, a list, a folder with .json and .tf files.",
            metavar="MONITOR.json...",
        ),
    ],
    since: Annotated[str, typer.Option("--from", help="Start: ISO 8601, epoch seconds, or now-7d.")],
    until: Until = "now",
    series: SeriesPlace = None,
    logs: LogsPlace = None,
    datadog: FromAccount = False,
    api_url: ApiUrl = None,
    keys_file: AccountKeysFile = None,
    resolution: Resolution = None,
    cache: Cache = None,
    no_cache: NoCache = False,
    downtimes: Annotated[
        Path | None, typer.Option(help="A JSON list of v2 downtime attributes, each with an optional name.")
    ] = None,
    hosts: HostsFile = None,
    member: Annotated[
        list[str] | None,
        typer.Option(
            help="A monitor that a composite names: its id there, and its name here or its file.", metavar="ID=NAME"
        ),
    ] = None,
    rules: RulesFile = None,
    timezone: Annotated[str, typer.Option(help="The clocks that times and nights are shown by.")] = "",
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Also say what a range of other settings would have sent.")
    ] = False,
    force: Force = False,
    var_file: VarFiles = None,
    jobs: Annotated[
        int,
        typer.Option(
            min=0,
            help="Processes to work with; the result is the same (0: as many as there are cores, where there is much to do).",
        ),
    ] = 0,
    output: Format = None,
    as_json: AsJson = False,
    json_lines: Annotated[
        bool, typer.Option("--json-lines", help="Print a line of JSON a monitor, as soon as it is done.")
    ] = False,
    shard: Annotated[
        str | None,
        typer.Option(
            help="Run one of so many parts of the monitors; `doghouse merge` puts the JSON of all together.",
            metavar="I/N",
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(help="Work on a Ray cluster instead: its address, as ray.init takes it.", metavar="ADDRESS"),
    ] = None,
    messages: Annotated[
        Messages | None,
        typer.Option(
            help="Which notifications of a monitor JSON lists: all, the first of each kind of change, or none (all up to 1,000, else the first)."
        ),
    ] = None,
) -> None:
    """Replay monitors over history: every state, transition and notification, with downtimes applied.

    Example: doghouse backtest high.json --series points.csv --from 2026-03-01 --to 2026-03-08
    """
    import os

    of_account(datadog, api_url, keys_file, resolution, cache, no_cache)
    if json_lines and (as_json or output not in (None, "json-lines")):
        raise fail("--json-lines means --format json-lines: give one format", 64)
    write = chosen("json-lines" if json_lines else output, as_json, BacktestResult)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no linear algebra here: numpy need not start threads for it
    from doghouse.cli.backtesting import inputs
    from doghouse.cli.backtesting import monitors as given_monitors

    start, end = stretch(since, until)
    if ray and datadog:
        raise fail("--ray works on points of a file or folder: the account is asked from one place", 64)
    if timezone:
        check_zone(timezone)
    if (datadog and series is not None) or not (datadog or series or logs):
        text = "the points come from a file with --series, or from the account with --datadog: give one of them"
        raise fail(f"{text} (or --logs alone)", 64)
    inputs.keep_memory()
    known = inputs.hosts_of(hosts)
    place, records_place = inputs.place_of(series, "--series"), inputs.place_of(logs, "--logs")
    # while all below is imported
    reading = inputs.from_file(place, known, start, end) if isinstance(place, Path) else None
    from doghouse.cli.backtesting import spreading
    from doghouse.cli.backtesting.cluster import Cluster
    from doghouse.cli.backtesting.single import BacktestOptions

    part = given_monitors.shard_of(shard)
    whole = given_monitors.given_in(monitor, var_file or ())
    listed = given_monitors.sharded(whole, *part) if part else whole
    monitors = listed.monitors
    quiet, routed = inputs.downtimes_of(downtimes, start), [*listed.rules, *(rules_of(rules) or ())]
    zone = timezone or next((downtime.display_timezone for downtime in quiet), "UTC")
    members = given_monitors.members_of(member or (), whole.monitors)
    jobs = jobs or int(not series)  # each process would read the logs anew, and DuckDB is on all cores by itself
    jobs = 1 if datadog or ray else spreading.processes(jobs, len(monitors), (end - start) // 60)
    account = None
    if reading:
        points = reading(jobs > 1 or ray is not None or len(monitors) > inputs.FEW)
    elif not (place is None or isinstance(place, Path)):
        looked_at = [*(entry.monitor for entry in monitors), *members.values()]
        points, jobs = inputs.from_folder(place, looked_at, start, end, known, suggest, jobs)
    elif not datadog:
        points = inputs.no_points
    else:
        account = inputs.account_of(api_url, keys_file, cache, no_cache, resolution)
        points = inputs.from_account(account, [entry.monitor for entry in monitors], start, end, known)
    records = inputs.records_of(records_place, known, account)
    asked = BacktestOptions(
        *(start, end, points, quiet, known, zone, suggest, members, listed.slos, records, routed),
        settings=lint_settings(),
        force=force,
        origin=(lambda definition: inputs.origin(account, definition)) if account else None,
    )
    left_out, total = listed.left_out, len(monitors) + len(listed.left_out)
    several = total > 1 or part is not None

    def say_left_out(skipped: given_monitors.LeftOut) -> None:
        text = f"{skipped.text.removesuffix('.')}, and is left out" if several else skipped.text
        say(f"{skipped.where}: {text}")

    def outputs(make: Callable[[Backtested], Made]) -> Iterator[Made]:
        for warnings, outcome in spreading.spread(monitors, asked, make, cluster.cores if cluster else jobs, cluster):
            typer.echo(warnings, err=True, nl=False)
            if isinstance(outcome, given_monitors.LeftOut):
                left_out.append(outcome)
                say_left_out(outcome)
            else:
                yield outcome

    for skipped in left_out:
        say_left_out(skipped)
    reasons = ({"where": skipped.where, "text": skipped.text} for skipped in left_out)
    with Cluster(ray) if ray else nullcontext() as cluster:
        write(BacktestResult(outputs, several, zone, reasons, messages, part), sys.stdout)
    if left_out and several:
        say(f"{total - len(left_out)} of {total} monitors ran, {len(left_out)} could not")
    if (total and len(left_out) == total) or any(skipped.wrong for skipped in left_out):
        raise typer.Exit(1)
