"""Many monitors in parts, as a CI's matrix has them: `--shard I/N` of each, put together by `doghouse merge`; and on a Ray cluster of two nodes here.

All of it prints what one process prints. Ray is not among the requirements: `make ray` puts it aside, then PYTHONPATH=.venv-ray make bench ONLY=shards.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

from bench.figures import Figure, Row, note, p50
from bench.monitors.backtest import DAY_S, START_S, Took, process
from bench.monitors.folder import write_monitors, write_points

MONITORS, HOSTS, DAYS, SHARDS, ROUNDS = 60, 40, 7, 4, 3
ROWS = (
    Row("60 monitors in four shards and merged: times the processors of one process", ("shards_times_one",)),
    Row("of that the merge (s of processors)", ("merge_cpu",)),
    Row("the same on a Ray cluster of two nodes on this machine: times `--jobs 2` by the clock", ("ray_times_jobs",)),
)


def run() -> Iterator[Figure]:
    """The medians of some rounds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_monitors(folder / "monitors", MONITORS)
        write_points(folder / "points.parquet", HOSTS, DAYS)
        whole, parts, merges = [], [], []
        for _ in range(ROUNDS):
            whole.append(backtest(folder, "whole", "--jobs", "1"))
            shards = [f"{number}.json" for number in range(1, SHARDS + 1)]
            took = [backtest(folder, shard, "--jobs", "1", "--shard", f"{shard[:-5]}/{SHARDS}") for shard in shards]
            merges.append(process([sys.executable, "-m", "doghouse", "merge", *shards], folder, folder / "merged"))
            parts.append(sum(timing.cpu for timing in took) + merges[-1].cpu)
            same(folder, "merged")
        yield Figure("shards_times_one", p50(parts) / p50([timing.cpu for timing in whole]), "ratio", "one-process")
        yield Figure("merge_cpu", p50([timing.cpu for timing in merges]), "s", "processors")
        yield from on_ray(folder)


def on_ray(folder: Path) -> Iterator[Figure]:
    """A cluster beside processes of this machine, in turn."""
    if find_spec("ray") is None:
        note("bench: shards: Ray is missing (make ray, then PYTHONPATH=.venv-ray)")
        return
    alone = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}
    with patch.dict(os.environ, alone):
        from ray.cluster_utils import Cluster

        node = {"num_cpus": 1, "node_ip_address": "127.0.0.1"}
        cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
        try:
            cluster.add_node(**node)
            cluster.wait_for_nodes()
            clusters, processes = [], []
            for _ in range(ROUNDS):
                processes.append(backtest(folder, "jobs", "--jobs", "2"))
                clusters.append(backtest(folder, "ray", "--ray", cluster.address))
                same(folder, "ray")
        finally:
            cluster.shutdown()
    ratio = p50([timing.seconds for timing in clusters]) / p50([timing.seconds for timing in processes])
    yield Figure("ray_times_jobs", ratio, "ratio", "jobs-2")


def backtest(folder: Path, out: str, *options: str) -> Took:
    """One backtest as a process."""
    span = ["--from", str(START_S), "--to", str(START_S + DAYS * DAY_S), "--json", *options]
    command = [sys.executable, "-m", "doghouse", "backtest", "monitors", "--series", "points.parquet", *span]
    return process(command, folder, folder / out)


def same(folder: Path, out: str) -> None:
    """What was printed there is what one process prints."""
    if (folder / out).read_bytes() != (folder / "whole").read_bytes():
        raise SystemExit(f"bench: shards: {out} is not what one process prints")
