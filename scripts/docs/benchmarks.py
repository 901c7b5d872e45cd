#!/usr/bin/env -S .venv/bin/python
"""Rewrites the tables of docs/benchmarks.md with this machine's figures: it runs the benchmarks that they need (half an hour).

Which rows there are each benchmark says (`ROWS` of the modules of `bench`). `scripts/docs/benchmarks.py FILE...` takes the output of earlier runs instead
(`make bench ONLY=intake > FILE`); `--quick` leaves out what runs only when it is named.
"""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
from bench.__main__ import modules, on_demand  # noqa: E402  # the folder is no package that is installed
from bench.figures import Row  # noqa: E402

PAGE = ROOT / "docs/benchmarks.md"
BETWEEN = re.compile(r"(<!-- table -->\n).*?(<!-- /table -->)", re.DOTALL)
NONE = "–"


def figures(lines: Iterable[str]) -> dict[str, float]:
    """The figures by name, of lines `bench NAME VALUE UNIT BY`."""
    parts = [line.split() for line in lines if line.startswith("bench ")]
    return {part[1]: float(part[2]) for part in parts if len(part) == 5}


def shown(figures: Mapping[str, float], name: str) -> str:
    """A figure as the page has it."""
    if name not in figures:
        return NONE
    value = figures[name]
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(figures: Mapping[str, float], load: str) -> str:
    """The tables of all benchmarks' rows, and where they are from; the table of what stands alone is the last one."""
    tables: dict[tuple[str, ...], dict[Row, None]] = {}
    for module in modules():
        for row in getattr(module, "ROWS", ()):
            tables.setdefault(row.heads, {})[row] = None
    lines = [f"Measured on {machine(load)}."]
    for heads, rows in sorted(tables.items(), key=lambda item: not item[0][0]):
        lines += ["", f"| {' | '.join((*heads, 'goal'))} |", "|---" * (len(heads) + 1) + "|"]
        lines += [
            f"| {' | '.join((row.words, *(shown(figures, figure) for figure in row.figures), row.goal))} |"
            for row in rows
        ]
    return "\n".join(lines)


def machine(load: str) -> str:
    """What the figures are of, and what is known of its other work."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", info.read_text()) if info.exists() else []
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    day = datetime.datetime.now(datetime.UTC).date()
    return (
        f"{day}, {os.cpu_count()} cores ({names[0] if names else platform.machine()}), {memory:.0f} GiB, "
        f"Python {platform.python_version()}, {load}"
    )


def main(arguments: list[str]) -> int:
    """Write the page's table."""
    files = [Path(path) for path in arguments if not path.startswith("-")]
    if files:
        lines = [line for file in files for line in file.read_text().splitlines()]
        load = "in earlier runs"
    else:
        chosen = (
            module
            for module in modules()
            if hasattr(module, "ROWS") and not ("--quick" in arguments and on_demand(module))
        )
        names = [module.__name__.removeprefix("bench.") for module in chosen]
        command = [sys.executable, "-m", "bench", *names]
        before = os.getloadavg()[0]
        lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        load = f"load average {before:.1f} before the run"
    page, written = PAGE.read_text(), table(figures(lines), load)
    PAGE.write_text(BETWEEN.sub(lambda match: f"{match[1]}{written}\n{match[2]}", page))
    print(written)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
