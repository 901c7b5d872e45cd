"""`doghouse backtest --ray`: a real Ray cluster of several nodes on this machine gives what one process gives, also where a node dies meanwhile.

Ray is not in this project's environment, for it takes 200 MB: `make ray` makes one aside that has it, and runs these tests there.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from memory_points import T0
from typer.testing import CliRunner

from doghouse.cli import application
from doghouse.cli.backtesting.cluster import Cluster, Ended, ended_in_words
from doghouse.cli.terminal import fail

VALUES = [50.0, 95, 95, 50, 85, 91, 70, 99, 50, 50] * 12
SPAN = ("--from", str(T0), "--to", str(T0 + 60 * len(VALUES)))


def test_what_ends_the_command_on_a_node_is_told_here() -> None:
    def work(part: Any) -> list[Any]:
        raise fail("points.csv: cannot be read")

    assert ended_in_words(work, [1]) == Ended("doghouse: points.csv: cannot be read\n", 1)
    assert ended_in_words(lambda part: [one + 1 for one in part], [1, 2]) == [2, 3]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    pytest.importorskip("ray", reason="Ray is not here: `make ray` runs this with it")
    from ray.cluster_utils import Cluster as Nodes

    alone = {"num_cpus": 1, "node_ip_address": "127.0.0.1"}  # reached from this machine alone
    nodes = Nodes(initialize_head=True, head_node_args={**alone, "include_dashboard": False})
    for _ in range(2):
        nodes.add_node(**alone)
    nodes.wait_for_nodes()
    yield nodes
    nodes.shutdown()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "monitors").mkdir()
    for number in range(12):
        query = f"avg(last_{(1, 5, 10)[number % 3]}m):avg:m{{*}} by {{host}} > {60 + number * 3}"
        body = {
            "type": "metric alert",
            "name": f"monitor {number}",
            "query": query,
            "message": "{{value}} @ops@example.com",
        }
        if number == 5:
            body |= {"type": "composite", "query": "77 && 78"}
        (tmp_path / "monitors" / f"{number}.json").write_text(json.dumps(body))
    rows = [
        f"{T0 + 60 * at},m,{value + shift},host:{host}"
        for at, value in enumerate(VALUES)
        for host, shift in (("a", 0), ("b", -9))
    ]
    (tmp_path / "points.csv").write_text("\n".join(["timestamp,metric,value,tags", *rows]) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def backtest(*more: str) -> tuple[str, str]:
    result = CliRunner().invoke(
        application(["backtest"]), ["backtest", "monitors", "--series", "points.csv", *SPAN, *more]
    )
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


@pytest.mark.parametrize("form", [("--json",), ("--json-lines",), (), ("--format", "markdown")])
def test_a_cluster_says_the_same_to_the_byte(form: tuple[str, ...], cluster: Any, folder: Path) -> None:
    assert backtest("--ray", cluster.address, *form) == backtest("--jobs", "1", *form)


def test_a_batch_whose_node_dies_is_worked_on_again(cluster: Any, tmp_path: Path) -> None:
    """A node is killed while its task runs: each part is there in the end, and one of them was begun twice."""

    def work(part: Any) -> list[Any]:
        (tmp_path / f"{part[0]} begun {time.time_ns()}").touch()
        time.sleep(3)
        return list(part)

    dying = cluster.add_node(num_cpus=4, node_ip_address="127.0.0.1")
    cluster.wait_for_nodes()

    def kill() -> None:
        while len(list(tmp_path.iterdir())) < 6:
            time.sleep(0.05)
        cluster.remove_node(dying, allow_graceful=False)

    killer = threading.Thread(target=kill)
    with Cluster(cluster.address) as connected:
        assert connected.cores == 7
        killer.start()
        assert list(connected.worked([[number] for number in range(7)], work)) == [[number] for number in range(7)]
    killer.join()
    begun = [path.name.split()[0] for path in tmp_path.iterdir()]
    assert set(begun) == set("0123456")
    assert len(begun) > 7


def test_a_cluster_that_is_not_there_is_said_in_a_sentence(folder: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not here: `make ray` runs this with it")
    arguments = ["backtest", "monitors", "--series", "points.csv", *SPAN, "--ray", "127.0.0.1:9"]
    result = CliRunner().invoke(application(["backtest"]), arguments)
    assert result.exit_code == 1
    assert "--ray: the cluster at 127.0.0.1:9 cannot be reached" in result.stderr
