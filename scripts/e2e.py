#!/usr/bin/env python3
"""my_metric in an Agent's container: ddev's `env start`, `env test` and `env stop`, the container's agent reporting to a doghouse that is asked for its points.

usage: scripts/e2e.py [--engine debian] [--agent IMAGE] [--optional]   (make e2e ENGINE=debian AGENT=IMAGE)
Without --agent the image of deploy/agent-image is built and used; with it any other, the real Agent's by the name that ddev has for it (`7`).
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import e2e_engine
import validate
from e2e_engine import NoEngine

ROOT = validate.ROOT
IMAGE = "doghouse/agent:local"
CHECK, ENVIRONMENT = "my_metric", "py3.13"
API_KEY = "a" * 32  # what ddev gives an Agent that it was told no other key for
POINTS_WITHIN_S = 60  # the first run is at once, and the next flush at most 15 s later


class Failed(Exception):
    """What went wrong: one sentence, and the output of the command that failed."""


class Doghouse(NamedTuple):
    """A doghouse that is up."""

    url: str
    keys: dict[str, str]


def say(text: str) -> None:
    """Tell whoever waits, on stderr: stdout ends with pytest's last line."""
    print(f"e2e: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def doghouse() -> Iterator[Doghouse]:
    """A doghouse with an empty folder, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="doghouse-e2e-") as folder:
        command = [ROOT / ".venv/bin/doghouse", "up", "--port", "0", "--data", folder, "--json"]
        env = {**os.environ, "DOGHOUSE_API_KEY": API_KEY}
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True, env=env)
        try:
            first = process.stdout.readline() if process.stdout else ""
            if not first:
                raise Failed("doghouse up ended at once")
            started = json.loads(first)
            yield Doghouse(started["url"], json.loads(Path(started["keys_file"]).read_text()))
        finally:
            process.terminate()
            process.wait(20)


def points(house: Doghouse) -> list[float]:
    """The values of my_metric that the doghouse has of the last ten minutes."""
    now = int(time.time())
    asked = {"from": now - 600, "to": now + 60, "query": f"avg:{CHECK}{{*}} by {{host}}"}
    headers = {"DD-API-KEY": house.keys["api_key"], "DD-APPLICATION-KEY": house.keys["app_key"]}
    request = urllib.request.Request(f"{house.url}/api/v1/query?{urllib.parse.urlencode(asked)}", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return [
            value for series in json.load(answer)["series"] for _, value in series["pointlist"] if value is not None
        ]


def wait_for_points(house: Doghouse) -> None:
    """Wait until the container's agent has reported. Raises Failed."""
    until = time.monotonic() + POINTS_WITHIN_S
    while not (values := points(house)):
        if time.monotonic() > until:
            raise Failed(f"no point of {CHECK} reached the doghouse within {POINTS_WITHIN_S} s")
        time.sleep(1)
    if not all(0 <= value <= 1000 for value in values):
        raise Failed(f"the doghouse has points of {CHECK} outside 0 to 1000: {values}")
    say(f"the container's agent reported {len(values)} point(s) of {CHECK} to the doghouse")


def ddev(env: dict[str, str], *arguments: str, shown: bool = False) -> None:
    """Run a command of ddev; its output is printed if `shown`, or if it fails. Raises Failed."""
    command = [validate.DDEV, "--no-interactive", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=env, check=False, text=True, capture_output=not shown, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        output = "" if shown else f"\n{done.stdout}{done.stderr}"
        raise Failed(f"ddev {' '.join(arguments[:2])} failed (exit code {done.returncode}){output}")


def test(image: str, env: dict[str, str]) -> None:
    """Start the environment, ask the doghouse, run the tests, stop the environment. Raises Failed."""
    with doghouse() as house:
        say(f"starting {CHECK} in {image}")
        agent = ["--agent", image, "-e", f"DD_DD_URL={house.url}"]
        try:
            ddev(env, "env", "start", CHECK, ENVIRONMENT, "--dev", *agent)
            wait_for_points(house)
            ddev(env, "env", "test", CHECK, ENVIRONMENT, shown=True)
        finally:
            sys.stdout.flush()
            with contextlib.suppress(Failed):
                ddev(env, "env", "stop", CHECK, ENVIRONMENT)


def run(engine: str, agent: str) -> None:
    """Everything, with an engine of one's own if it is asked for. Raises NoEngine or Failed."""
    with e2e_engine.engine(engine) as host, tempfile.TemporaryDirectory(prefix="ddev-") as folder:
        subprocess.run([ROOT / "scripts/setup-ddev"], check=True, stdout=sys.stderr)
        configuration = Path(folder) / "config.toml"
        configuration.write_text(validate.configuration(ROOT))
        env = {**validate.environment(configuration), **host}
        if not agent:
            say(f"building {IMAGE}")
            built = subprocess.run(
                [ROOT / "deploy/agent-image/build.py", IMAGE], env={**os.environ, **host}, check=False
            )
            if built.returncode:
                raise Failed(f"{IMAGE} could not be built")
            env["DDEV_E2E_DOCKER_NO_PULL"] = "1"
        test(agent or IMAGE, env)


def main() -> None:
    """Run it, and say in one sentence why it was not run, or what failed."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], epilog="example: scripts/e2e.py --engine debian"
    )
    parser.add_argument(
        "--engine",
        choices=["", "debian"],
        default="",
        help="debian: install and start an engine of Debian's packages for this",
    )
    parser.add_argument("--agent", default="", metavar="IMAGE", help="an Agent's image instead of the one built here")
    parser.add_argument("--optional", action="store_true", help="for CI: without an engine say why, and exit 0")
    asked = parser.parse_args()
    try:
        run(asked.engine, asked.agent)
    except NoEngine as reason:
        print(f"e2e: not run: {reason}")
        sys.exit(0 if asked.optional else 1)
    except Failed as reason:
        print(f"e2e: failed: {reason}")
        sys.exit(1)


if __name__ == "__main__":
    main()
