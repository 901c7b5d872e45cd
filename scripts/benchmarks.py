#!/usr/bin/env -S .venv/bin/python
"""Rewrites the tables of docs/benchmarks.md with this machine's figures: it runs the benchmarks that they need (minutes, most of them for 100 million points).

`scripts/benchmarks.py FILE...` takes the output of earlier runs instead (`make bench ONLY=intake > FILE`); `--without-large` leaves 100 million points out.
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

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/benchmarks.md"
MODULES = ("intake", "query", "large", "dashboard", "start")
SIZES = ("1m", "10m", "100m")
BETWEEN = re.compile(r"(<!-- table -->\n).*?(<!-- /table -->)", re.DOTALL)
NONE = "–"

# What a row says, the figures in its columns, and its goal.
INTAKE = [
    (
        f"{shape}, {connections} connection{'s' if connections > 1 else ''}",
        f"intake_v1_{connections}conn{suffix}",
        "≥ 1",
    )
    for shape, suffix in (
        ("1,000 series with a point", ""),
        ("100 series with 10 points", "_100x10"),
        ("1 series with 1,000 points", "_1x1000"),
    )
    for connections in (1, 4)
]
BY_SIZE = [
    ("hourly average by host: times as fast as victoria-metrics", "query_rollup_{}", "≥ 1"),
    ("the same: its time as a share of polars' from Parquet", "query_rollup_{}_limit", "< 1"),
    ("the same, p50 (ms)", "query_rollup_{}_p50", ""),
    ("the same, p99 (ms)", "query_rollup_{}_p99", ""),
    ("the same, the first of a new process (ms)", "query_rollup_{}_cold", ""),
    ("one host, one day, p50 (ms)", "query_1host_1day_{}_p50", "< 3"),
    ("bytes on disk a point", "bytes_per_point_{}", "< 3"),
    ("memory at rest (MiB)", "memory_rest_{}", ""),
    ("memory at its peak (MiB)", "memory_peak_{}", ""),
    ("start until requests are accepted (s)", "serve_ready_{}", ""),
]
SINGLE = [
    ("dashboard of 20 widgets, a week, 50 hosts, p50 (ms)", "dashboard_20_widgets_p50", "< 300"),
    ("the same, p99 (ms)", "dashboard_20_widgets_p99", ""),
    ("start over an empty folder (s)", "serve_ready", ""),
    ("start over a folder that was left (s)", "serve_ready_again", ""),
]


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
    """The three tables, and where they are from."""
    lines = [
        f"Measured on {machine(load)}.",
        "",
        "| intake, v1 JSON, 1,000 points a body | points a second | times victoria-metrics | goal |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {words} | {shown(figures, f'{name}_rate')} | {shown(figures, name)} | {goal} |"
        for words, name, goal in INTAKE
    ]
    lines += [
        "",
        "| 100 hosts, a point each 45 s | 1 million points | 10 million | 100 million | goal |",
        "|---|---|---|---|---|",
    ]
    for words, name, goal in BY_SIZE:
        lines.append(f"| {words} | {' | '.join(shown(figures, name.format(size)) for size in SIZES)} | {goal} |")
    lines += ["", "| | | goal |", "|---|---|---|"]
    lines += [f"| {words} | {shown(figures, name)} | {goal} |" for words, name, goal in SINGLE]
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
    files = [Path(each) for each in arguments if not each.startswith("-")]
    if files:
        lines = [line for file in files for line in file.read_text().splitlines()]
        load = "in earlier runs"
    else:
        wanted = [each for each in MODULES if each != "large" or "--without-large" not in arguments]
        command = [sys.executable, "-m", "bench", *wanted]
        before = os.getloadavg()[0]
        lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        load = f"load average {before:.1f} before the run"
    page, written = PAGE.read_text(), table(figures(lines), load)
    PAGE.write_text(BETWEEN.sub(lambda match: f"{match[1]}{written}\n{match[2]}", page))
    print(written)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
