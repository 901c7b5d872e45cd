"""`doghouse import`: history from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doghouse.cli.options import DEFAULT_URL, AsJson, KeysFile, Url
from doghouse.cli.terminal import console, ended_by, many, print_json


def import_series(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV or Parquet with a row a point.")],
    url: Url = DEFAULT_URL,
    keys_file: KeysFile = None,
    as_json: AsJson = False,
) -> None:
    """Put history into a running doghouse.

    Columns: timestamp (s since 1970), metric, value, and if wanted type (gauge, count, rate, distribution), interval (s), tags (comma-separated), host.
    Points may be of any age; a second that is there already gets the new value (a distribution one value more). Nothing is sent unless every file can be read.

    Example: doghouse import history.csv --url http://127.0.0.1:8420
    """
    from doghouse.cli.client import connect
    from doghouse.metrics.files.series_files import SeriesFileError, read_series
    from doghouse.metrics.intake.importing import CONTENT_TYPE, parts
    from doghouse.storage.config import ConfigError

    with ended_by(SeriesFileError, ConfigError):
        read = [read_series(path) for path in files]
        client = connect(url, keys_file)
        points = sum(
            client.post("/doghouse/import", body, CONTENT_TYPE)["points"]
            for series, columns, sketches in read
            for body in parts(series, columns, sketches)
        )
    series_count = sum(len(part.series) for part in read)
    if as_json:
        print_json({"points": points, "series": series_count})
    else:
        console().print(f"imported {many(points, 'point')} of {series_count} series into {client.url}")
