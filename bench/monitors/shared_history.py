"""A history that many jobs share: `doghouse export` of a day of a hundred hosts, first and again, and a backtest over the folder, in a bucket and here.

The bucket is that of an S3 on this machine (moto's, in Python), so that figures of it are of doghouse and of that server, and of no network.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

from bench.data.history import EVERY_S, HOSTS, METRIC, START, History, into_doghouse
from bench.figures import Figure, Row, note, p50
from bench.monitors.backtest import DAY_S, Took, process
from bench.servers import START_S, doghouse, running

ROUNDS = 3
BUCKET = "history"
SPAN = ("--from", str(START), "--to", str(START + DAY_S))
MONITOR = {"type": "metric alert", "name": "high", "message": "", "query": f"avg(last_5m):avg:{METRIC}{{*}} by {{host}} > 900"}  # fmt: skip
ROWS = (
    Row("`doghouse export` of a day of 100 hosts (s of processors)", ("export_day_cpu",)),
    Row("the same again: nothing is new (s of processors)", ("export_again_cpu",)),
    Row("a backtest over the folder: times one over a file with the same points", ("backtest_exported_times_file",)),
    Row("the same in a bucket, of a server on this machine", ("backtest_bucket_times_file",)),
)


def run() -> Iterator[Figure]:
    """The medians of some rounds; the backtests must say the same."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "monitor.json").write_text(json.dumps(MONITOR))
        with doghouse(folder / "house") as server:
            into_doghouse(server, History(HOSTS * DAY_S // EVERY_S))
        places = {"exported": str(folder / "exported")}
        first, again = [], []
        for number in range(ROUNDS):
            first.append(export(folder, str(folder / f"exported{number or ''}")))
            again.append(export(folder, str(folder / f"exported{number or ''}")))
        yield Figure("export_day_cpu", p50([took.cpu for took in first]), "s", "processors")
        yield Figure("export_again_cpu", p50([took.cpu for took in again]), "s", "processors")
        if find_spec("moto"):
            stack.enter_context(s3())
            places["bucket"] = f"s3://{BUCKET}/day"
            export(folder, places["bucket"])
        else:
            note("bench: shared_history: moto is missing, and with it the bucket")
        [points] = Path(places["exported"]).rglob("points.parquet")
        runs: dict[str, list[Took]] = {where: [] for where in ("file", *places)}
        for _ in range(ROUNDS):
            for where, some in runs.items():
                some.append(backtest(folder, places.get(where, str(points)), folder / f"{where}.json"))
        for where in places:
            if (folder / f"{where}.json").read_bytes() != (folder / "file.json").read_bytes():
                raise SystemExit(f"bench: shared_history: over {where} something else is printed")
            ratio = p50([took.seconds for took in runs[where]]) / p50([took.seconds for took in runs["file"]])
            yield Figure(f"backtest_{where}_times_file", ratio, "ratio", "one-file")


def export(folder: Path, place: str) -> Took:
    """One export of the closed house as a process."""
    command = [sys.executable, "-m", "doghouse", "export", place, *SPAN, "--data", "house", "--no-logs"]
    return process(command, folder, None)


def backtest(folder: Path, series: str, out: Path) -> Took:
    """One backtest as a process."""
    command = [sys.executable, "-m", "doghouse", "backtest", "monitor.json", "--series", series, *SPAN, "--json"]
    return process(command, folder, out)


@contextmanager
def s3() -> Iterator[None]:
    """An S3 with one bucket, which the environment names."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-east-1"}
    auth = "AWS4-HMAC-SHA256 Credential=none/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(command, stdout=-3), patch.dict(os.environ, {**keys, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}):
        until = time.monotonic() + START_S
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            try:
                connection.request("PUT", f"/{BUCKET}", headers={"Authorization": auth})
                if connection.getresponse().status == 200:
                    break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        yield
