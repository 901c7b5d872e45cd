#!/usr/bin/env python3
"""Installs the light core, each extra and the companion into an environment of their own, and writes what each takes, and under which
licences all of it is, into docs/packages.md.

Versions are those of requirements.txt, nothing is compiled ahead, and a megabyte is 2**20 bytes of files in site-packages.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs/packages.md"
TABLE = re.compile(r"(?s)(?<=<!-- table -->\n).*(?=<!-- /table -->)")
LICENCES = re.compile(r"(?s)(?<=<!-- licences -->\n).*(?=<!-- /licences -->)")
MB = 2**20
OURS = ("doghouse", "my-metric-companion", "datadog-my-metric")
LARGEST = 4  # distributions that a row names

BRINGS = {
    "doghouse": "the light core: lint, unit tests, backtests of monitors",
    "doghouse[datadog]": "`backtest --datadog`: the points of a real account",
    "doghouse[logs]": "`backtest --logs` of Parquet files",
    "doghouse[ray]": "`backtest --ray`: monitors over a cluster",
    "doghouse[remote]": "`backtest --series` and `--logs` of `s3://`, `gs://` and `https://`, and `export` there",
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


def install(package: str, folder: Path, wheels: Path | None = None) -> Path:
    """Make an environment of a package and what it needs alone; its Python. `wheels`: the folder to take this project's packages from, as users do.

    Raises CalledProcessError where it cannot be installed.
    """
    get_uv = ["bash", "-c", 'source scripts/python.sh && get_uv && echo "$UV"']
    uv = subprocess.run(get_uv, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.strip()
    if wheels is None:
        requirements = [f"./{package}", *(["./doghouse"] if package.startswith("companion") else [])]
    else:
        requirements = ["--find-links", str(wheels), package.replace("companion", "my-metric-companion")]
    python = folder / "bin/python"
    subprocess.run([uv, "venv", "-q", "--clear", "-p", str(ROOT / ".venv/bin/python"), str(folder)], check=True)
    command = [
        uv,
        "pip",
        "install",
        "-q",
        "-p",
        str(python),
        "-c",
        "requirements.txt",
        "-c",
        "requirements-ray.txt",
        *requirements,
    ]
    subprocess.run(command, check=True, cwd=ROOT)
    return python


def distributions_in(folder: Path) -> list[Distribution]:
    """What an environment holds."""
    return list(distributions(path=[str(next(folder.glob("lib/python*/site-packages")))]))


def sizes(folder: Path) -> Counter[str]:
    """Bytes of each distribution of an environment."""
    return Counter(
        {
            distribution.name: sum(path.stat().st_size for path in files(distribution) if path.is_file())
            for distribution in distributions_in(folder)
        }
    )


def files(distribution: Distribution) -> Iterator[Path]:
    """The files that a distribution brought."""
    return (Path(str(distribution.locate_file(file))) for file in distribution.files or ())


def licence(distribution: Distribution) -> str:
    """What a distribution says its licence is: an SPDX expression, a classifier, or its own words."""
    metadata = distribution.metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    named = [
        text.rpartition(" :: ")[2] for text in metadata.get_all("Classifier") or () if text.startswith("License ::")
    ]
    words = (metadata.get("License") or "").strip().partition("\n")[0]
    return ", ".join(named) or words or "not said"


def row(package: str, bytes_of: Counter[str]) -> str:
    """A line of the table."""
    largest = ", ".join(f"{name} {size / MB:.0f}" for name, size in bytes_of.most_common(LARGEST))
    return f"| `{package}` | {BRINGS[package]} | {len(bytes_of)} | {bytes_of.total() / MB:.0f} | {largest} |\n"


def main() -> None:
    """Write the tables, and print them."""
    table = "| package | what it brings | distributions | MB | the largest of them (MB) |\n|---|---|---|---|---|\n"
    licences: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "env"
        for package in packages():
            install(package, folder)
            table += row(package, sizes(folder))
            licences |= {
                distribution.name: f"| {distribution.name} | {distribution.version} | {licence(distribution)} |\n"
                for distribution in distributions_in(folder)
            }
    third = [licences[name] for name in sorted(licences, key=str.lower) if name not in OURS]
    listed = "| distribution | version | licence |\n|---|---|---|\n" + "".join(third)
    text = TABLE.sub(lambda _: table, DOCS.read_text())
    DOCS.write_text(LICENCES.sub(lambda _: listed, text))
    print(table, listed, sep="\n", end="")


if __name__ == "__main__":
    main()
