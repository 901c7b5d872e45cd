#!/usr/bin/env python3
"""Installs the light core, each extra and the companion into an environment of their own, and writes what each takes into docs/packages.md.

Versions are those of requirements.txt, nothing is compiled ahead, and a megabyte is 2**20 bytes of files in site-packages.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import tomllib
from collections import Counter
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs/packages.md"
TABLE = re.compile(r"(?s)(?<=<!-- table -->\n).*(?=<!-- /table -->)")
MB = 2**20
LARGEST = 4  # distributions that a row names

BRINGS = {
    "doghouse": "the light core: lint, unit tests, backtests of monitors",
    "doghouse[datadog]": "`backtest --datadog`: the points of a real account",
    "doghouse[logs]": "`backtest --logs` of Parquet files",
    "doghouse[terraform]": "lint, test and backtest of `.tf` files as they lie in a repository",
    "doghouse[server]": "`doghouse up`: the API, the points on disk, pages, mails",
    "doghouse[agent]": "checks, DogStatsD, host metadata, logs and traces, with the server that takes them",
    "companion": "`my-metric`: what provisions an account, and the traced app; the light core is in it",
    "companion[demo]": "`my-metric demo`: all of it on one machine, with a PostgreSQL and what steers a browser",
}


def packages() -> list[str]:
    """The light core and the companion, each before its extras: `doghouse`, `doghouse[server]`."""
    names = []
    for room in ("doghouse", "companion"):
        project = tomllib.loads((ROOT / room / "pyproject.toml").read_text())["project"]
        names += [room, *(f"{room}[{extra}]" for extra in project["optional-dependencies"])]
    return names


def sizes(package: str, folder: Path) -> Counter[str]:
    """Bytes of each distribution that installing a package brings, itself included. Raises CalledProcessError where it cannot be installed."""
    get_uv = ["bash", "-c", 'source scripts/python.sh && get_uv && echo "$UV"']
    uv = subprocess.run(get_uv, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.strip()
    wanted = [f"./{package}", *(["./doghouse"] if package.startswith("companion") else [])]
    subprocess.run([uv, "venv", "-q", "--clear", "-p", str(ROOT / ".venv/bin/python"), str(folder)], check=True)
    install = [uv, "pip", "install", "-q", "-p", str(folder), "-c", "requirements.txt", *wanted]
    subprocess.run(install, check=True, cwd=ROOT)
    site = next(folder.glob("lib/python*/site-packages"))
    return Counter(
        {
            each.name: sum(path.stat().st_size for file in each.files or () if (path := site / file).is_file())
            for each in distributions(path=[str(site)])
        }
    )


def row(package: str, folder: Path) -> str:
    """A line of the table."""
    bytes_of = sizes(package, folder)
    largest = ", ".join(f"{name} {size / MB:.0f}" for name, size in bytes_of.most_common(LARGEST))
    return f"| `{package}` | {BRINGS[package]} | {len(bytes_of)} | {bytes_of.total() / MB:.0f} | {largest} |\n"


def main() -> None:
    """Write the table, and print it."""
    head = "| package | what it brings | distributions | MB | the largest of them (MB) |\n|---|---|---|---|---|\n"
    with tempfile.TemporaryDirectory() as folder:
        table = head + "".join(row(package, Path(folder) / "env") for package in packages())
    DOCS.write_text(TABLE.sub(lambda _: table, DOCS.read_text()))
    print(table, end="")


if __name__ == "__main__":
    main()
