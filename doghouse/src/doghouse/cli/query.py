"""`doghouse query`: a query's answer on the command line, from a running doghouse or from a file of series."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from doghouse.cli.options import DEFAULT_URL, UrlInstead, check_order, moment, not_with
from doghouse.cli.terminal import console, ended_by, fail, print_json


def query(
    text: Annotated[str, typer.Argument(metavar="QUERY", help="As in a graph: 'avg:my_metric{*} by {host}'.")],
    since: Annotated[str, typer.Option("--from", metavar="T", help="ISO 8601, epoch seconds, or now-4h.")] = "now-1h",
    until: Annotated[str, typer.Option("--to", metavar="T", help="As --from; this time is not in it.")] = "now",
    url: UrlInstead = None,
    keys_file: Annotated[
        Path | None, typer.Option(help="JSON with api_key and app_key; the doghouse's own if not given.")
    ] = None,
    series: Annotated[
        Path | None, typer.Option(help="Ask this CSV or Parquet file, as of doghouse import, instead of a doghouse.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as /api/v1/query gives it.")] = False,
) -> None:
    """Answer a metrics query: a line with figures for each series.

    Example: doghouse query 'avg:my_metric{*} by {host}' --from now-4h --to now
    """
    from doghouse.queries.errors import QuerySyntaxError
    from doghouse.queries.language.parser import parse
    from doghouse.queries.model import LATEST_S
    from doghouse.time.clock import Clock

    now = Clock().now()
    start, end = moment("--from", since, now), moment("--to", until, now)
    with ended_by(QuerySyntaxError, code=64, before="the query does not parse: "):
        parse(text)
    if max(abs(start), abs(end)) >= LATEST_S:
        raise fail("--from and --to are seconds, not milliseconds", 64)
    check_order(start, end)
    not_with("--series", series is not None, {"--url": url, "--keys-file": keys_file})
    house = url or DEFAULT_URL
    answer = _of_file(text, start, end, series) if series else _of_doghouse(text, start, end, house, keys_file)
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def _of_doghouse(text: str, start: int, end: int, url: str, keys_file: Path | None) -> Any:
    from doghouse.cli.client import connect
    from doghouse.storage.config import ConfigError

    form = urlencode({"from": start, "to": end, "query": text}).encode()
    with ended_by(ConfigError):
        return connect(url, keys_file).post("/api/v1/query", form, "application/x-www-form-urlencoded")


def _of_file(text: str, start: int, end: int, path: Path) -> Any:
    from doghouse.files import BrokenFileError
    from doghouse.metrics.files.series_files import open_series
    from doghouse.queries import NotEvaluated, Window, evaluate, parse
    from doghouse.queries.api.answers import series_answer
    from doghouse.queries.quantities import known_units

    with ended_by(BrokenFileError, NotEvaluated):
        source = open_series(path)
        window = Window(start, end)
        results = [(expression, evaluate(expression, source, window)) for expression in parse(text)]
    return series_answer(text, start, end, results, known_units)


def _show(answer: Any) -> None:
    """A table for people: what each series is, its figures, and its course as a sparkline."""
    from rich.table import Table

    from doghouse.queries.quantities import quantity
    from doghouse.queries.sparkline import sparkline

    screen = console()
    if not answer["series"]:
        screen.print("no series")
        return
    table = Table("series", "points", "min", "mean", "max", "last", "", box=None, pad_edge=False, header_style="bold")
    for column in table.columns[1:6]:
        column.justify = "right"
    for series in answer["series"]:
        values = [value for _, value in series["pointlist"] if value is not None]
        mean = sum(values) / len(values) if values else None
        figures = (min(values, default=None), mean, max(values, default=None), values[-1] if values else None)
        course = sparkline(series["pointlist"], answer["from_date"], answer["to_date"])
        shown = ["-" if value is None else quantity(value, series["unit"]) for value in figures]
        table.add_row(series["expression"], str(series["length"]), *shown, course)
    screen.print(table)
