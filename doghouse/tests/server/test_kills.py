"""A server that is killed again and again while clients post: what was answered with 202 is there, and once."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

POINTS = 60
ROUNDS = int(os.environ.get("TORTURE_KILLS", "5"))
CLIENTS = 3


def start(data: Path) -> tuple[subprocess.Popen[str], str, dict[str, str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "doghouse", "up", "--port", "0", "--json", "--data", str(data)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    said = json.loads(process.stdout.readline())
    keys = json.loads(Path(said["keys_file"]).read_text())
    return process, said["url"], {"DD-API-KEY": keys["api_key"], "DD-APPLICATION-KEY": keys["app_key"]}


def post_until_it_dies(
    url: str, headers: dict[str, str], metric: str, tags: list[str], at: int, taken: list[str]
) -> None:
    """Post a series after the other, each of POINTS seconds, and note the tags of those that were answered with 202."""
    with httpx.Client(headers=headers, timeout=60) as client:
        for tag in tags:
            points = [[at + second, second] for second in range(POINTS)]
            series = {"metric": metric, "tags": [tag], "points": points}
            try:
                answer = client.post(f"{url}/api/v1/series", json={"series": [series]})
            except httpx.TransportError:
                return
            if answer.status_code == 202:
                taken.append(tag)


@pytest.mark.slow
def test_whatever_was_answered_with_202_is_there_once_after_kills_at_any_moment(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance, at = random.Random(11), int(time.time()) - 600
    taken: list[list[str]] = [[] for _ in range(ROUNDS)]
    for turn in range(ROUNDS):
        process, url, headers = start(tmp_path)
        posted = [[f"post:c{client}.n{number}" for number in range(5000)] for client in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as clients:
            for tags in posted:
                clients.submit(post_until_it_dies, url, headers, f"kills.t{turn}", tags, at, taken[turn])
            killer = threading.Timer(chance.uniform(0.2, 1.5), process.send_signal, [signal.SIGKILL])
            killer.start()
        killer.join()
        process.communicate()

    process, url, headers = start(tmp_path)
    try:
        with httpx.Client(headers=headers, timeout=60) as client:
            for turn, tags in enumerate(taken):
                question = {
                    "query": f"sum:kills.t{turn}{{*}} by {{post}}.rollup(sum, 1)",
                    "from": at,
                    "to": at + POINTS,
                }
                kept = client.get(f"{url}/api/v1/query", params=question).json()["series"]
                values = {series["scope"]: [value for _, value in series["pointlist"]] for series in kept}
                assert [values.get(tag) for tag in tags] == [list(range(POINTS))] * len(tags)
    finally:
        process.kill()
        process.communicate()
    assert sum(map(len, taken)) > ROUNDS * CLIENTS
    record_property("faults", ROUNDS)
