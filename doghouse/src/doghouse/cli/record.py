"""`doghouse record`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doghouse.cli.history.given import Given
from doghouse.cli.options import (
    ApiUrl,
    FromAccount,
    HostsFile,
    KeysFile,
    LogsPlace,
    RulesFile,
    SeriesPlace,
    Until,
    address,
    not_with,
    only_with,
    rules_of,
    stretch,
)
from doghouse.cli.terminal import ended_by, fail, say
from doghouse.numbers import whole_number
from doghouse.time import iso

if TYPE_CHECKING:
    from doghouse.testing.recording.history import History

NAMED_AS = ".test.yaml"


def record(
    monitor: Annotated[
        str,
        typer.Argument(
            help="A monitor: its file, FILE#NAME where that holds several, or with --url its id.", metavar="MONITOR"
        ),
    ],
    since: Annotated[str, typer.Option("--from", help="Start: ISO 8601, epoch seconds, or now-3h.")],
    out: Annotated[Path, typer.Option(help="The test file to write; its name ends with .test.yaml.")],
    until: Until = "now",
    series: SeriesPlace = None,
    logs: LogsPlace = None,
    url: Annotated[
        str | None,
        typer.Option(help="A running doghouse, of which MONITOR is a monitor's id.", metavar="URL", callback=address),
    ] = None,
    datadog: FromAccount = False,
    api_url: ApiUrl = None,
    keys_file: KeysFile = None,
    downtimes: Annotated[Path | None, typer.Option(help="A JSON list of v2 downtime attributes.")] = None,
    hosts: HostsFile = None,
    rules: RulesFile = None,
    member: Annotated[
        list[str] | None,
        typer.Option(help="A monitor that a composite names: its id there, and its file.", metavar="ID=FILE"),
    ] = None,
    groups: Annotated[int, typer.Option(min=1, help="How many groups are shown: those that changed most.")] = 5,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a stretch of history, and what a monitor did in it, as a unit test. It is run before it is written.

    Example: doghouse record cpu.json --series points.csv --from 2026-03-02T09:00Z --to 2026-03-02T12:00Z --out incident.test.yaml
    """
    start, end = (at // 60 * 60 for at in stretch(since, until))
    if start == end:
        raise fail(f"--from is not a minute before --to: both are in that of {iso.seconds(start)}", 64)
    if not out.name.endswith(NAMED_AS):
        raise fail(f"--out: '{out}' does not end with {NAMED_AS}, as files of tests do", 64)
    if out.exists() and not force:
        raise fail(f"--out: {out} is there already: name another file, or write over it with --force", 64)
    if sum((series is not None or logs is not None, datadog, url is not None)) != 1:
        text = (
            "the history comes from --series or --logs, from an account with --datadog, or from a doghouse with --url"
        )
        raise fail(text, 64)
    only_with("--datadog", datadog, {"--api-url": api_url})
    only_with("--datadog or --url", datadog or url is not None, {"--keys-file": keys_file})
    of_files = {"--downtimes": downtimes, "--hosts": hosts, "--rules": rules, "--member": member or None}
    not_with("--url", url is not None, of_files)  # the house has its own
    if url is not None:
        text = _of_doghouse(url, keys_file, monitor, start, end, groups)
    else:
        sources = Given(series, logs, datadog, api_url, keys_file, downtimes, hosts)
        history, header = _history(monitor, start, end, out, sources, rules, member or [])
        text = _recorded(monitor, history, header, groups)
    _write(out, text)


def _history(
    monitor: str, start: int, end: int, out: Path, sources: Given, rules: Path | None, member: list[str]
) -> tuple[History, dict[str, Any]]:
    """What is to be recorded, and the files that the test names, as seen from its folder."""
    from doghouse.cli.backtesting import inputs
    from doghouse.cli.backtesting.monitors import members_of
    from doghouse.importing.monitor_files import named_monitor
    from doghouse.monitors import MonitorError, parse
    from doghouse.testing.recording.history import History

    def seen(path: str | Path) -> str:
        file, mark, name = (str(path), "", "") if Path(path).exists() else str(path).partition("#")
        return os.path.relpath(file, out.absolute().parent) + mark + name

    with ended_by(ValueError, MonitorError):
        body, beside = named_monitor(Path(), monitor)
        definition = parse(body)
        members = {number: parse(other) for number, other in beside.items() if number in definition.members}
    members |= members_of(member, [])
    known = inputs.hosts_of(sources.hosts)
    points, records, _ = sources.opened([definition, *members.values()], start, end, known, earlier=86_400)
    quiet, routed = inputs.downtimes_of(sources.downtimes, start), rules_of(rules) or ()
    header: dict[str, Any] = {"monitor": seen(monitor)}
    named = {"downtimes": sources.downtimes, "hosts": sources.hosts, "rules": rules}
    header |= {key: seen(path) for key, path in named.items() if path}
    if member:
        header["members"] = {number: seen(name) for number, _, name in (text.partition("=") for text in member)}
    return History(definition, points, start, end, members, quiet, known, routed, records), header


def _recorded(monitor: str, history: History, header: dict[str, Any], groups: int) -> str:
    from doghouse.files import BrokenFileError
    from doghouse.monitors import MonitorError
    from doghouse.queries import NotEvaluated, QuerySyntaxError
    from doghouse.testing.recording.recording import CannotRecord, record
    from doghouse.testing.recording.writing import written

    refused = ended_by(CannotRecord, MonitorError, QuerySyntaxError, NotEvaluated, before=f"{monitor}: ")
    with ended_by(BrokenFileError), refused:
        recording = record(history, groups)
    if recording.left_out:
        say(f"{recording.left_out} more groups changed and are not shown (--groups)")
    return written(recording, header)


def _of_doghouse(url: str, keys_file: Path | None, monitor: str, start: int, end: int, groups: int) -> str:
    """The test as a running doghouse writes it, with all that it is made of in it."""
    from doghouse.cli.client import connect
    from doghouse.storage.config import ConfigError

    if whole_number(monitor) is None:
        raise fail(f"with --url a monitor is named by its id, a number, not '{monitor}'", 64)
    path = (
        f"/ui/data/monitor/{monitor}/test?from_ts={start * 1000}&to_ts={end * 1000}&live=false&groups={groups}&json=1"
    )
    with ended_by(ConfigError):
        document = connect(url, keys_file).get(path)
    return str(document["text"])


def _write(out: Path, text: str) -> None:
    """Write the test once it passes, where it will stand: it names other files as seen from there."""
    from doghouse.importing.monitor_files import named_monitor, named_rules
    from doghouse.testing.places import TestFileError
    from doghouse.testing.running import run

    tried = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        tried.write_text(text, encoding="utf-8")
        results = run(tried, named_monitor, named_rules)
        if not all(result.passed for result in results):
            raise fail("what was recorded does not pass as a test: this is a fault of doghouse; nothing was written")
        tried.replace(out)
    except OSError as error:
        raise fail(f"--out: {out} cannot be written: {error.strerror}") from None
    except TestFileError as error:
        raise fail(f"what was recorded is no test: {error.text.removesuffix('.')}; nothing was written") from None
    finally:
        tried.unlink(missing_ok=True)
    say(f"{out} is written, and passes ({len(text.splitlines())} lines)")
