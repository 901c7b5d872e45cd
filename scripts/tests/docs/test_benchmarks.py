"""The tables of docs/benchmarks.md: their rows are the benchmarks' own."""

from __future__ import annotations

from bench.__main__ import modules
from scripts.docs.benchmarks import figures, table


def test_a_figure_stands_in_its_row_and_column_and_what_was_not_measured_is_a_dash() -> None:
    lines = ["bench query_rollup_10m 1.58 ratio victoria-metrics", "bench export_day_cpu 1234.5 s processors", "else"]
    rows = table(figures(lines), "in a test").splitlines()
    assert "| hourly average by host: times as fast as victoria-metrics | – | 1.58 | – | ≥ 1 |" in rows
    assert "| `doghouse export` of a day of 100 hosts (s of processors) | 1,234 |  |" in rows
    assert "| spans a second, one connection | – | > 100,000 |" in rows


def test_every_row_has_a_figure_for_each_column_and_stands_once() -> None:
    rows = [row for module in modules() for row in getattr(module, "ROWS", ())]
    assert all(len(row.figures) == len(row.heads) - 1 for row in rows)
    named = [figure for row in dict.fromkeys(rows) for figure in row.figures]
    assert len(named) == len(set(named))
