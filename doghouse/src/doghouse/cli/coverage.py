"""`doghouse coverage`: what of Datadog is done, partly done, and not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from doghouse.cli.options import AsJson
from doghouse.cli.terminal import console, fail, print_json

if TYPE_CHECKING:
    from doghouse.coverage.model import Coverage


def coverage(
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/coverage.md.")] = False,
) -> None:
    """List Datadog's endpoints, query functions, widgets and monitor types: done, partly or not.

    Example: doghouse coverage --json
    """
    try:
        from doghouse.coverage.listing import coverage as listed
        from doghouse.coverage.page import page
    except ModuleNotFoundError as error:
        raise fail(f"{error.name} is missing: pip install './doghouse[server]'") from None
    coverage_now = listed()
    if as_json:
        print_json(coverage_now)
    elif markdown:
        typer.echo(page(coverage_now), nl=False)
    else:
        _show(coverage_now)


def _show(covered: Coverage) -> None:
    """A table a section; last the counts."""
    from rich.table import Table

    from doghouse.coverage.model import STATES
    from doghouse.coverage.page import count, sections

    screen = console()
    for title, items in sections(covered):
        table = Table("", title, "", box=None, pad_edge=False)
        for item in items:
            table.add_row(item.state, item.name, item.note, style=None if item.state == "done" else "dim")
        screen.print(table)
        counts = ", ".join(f"{number} {state}" for number, state in zip(count(items), STATES, strict=True))
        screen.print(f"{title}: {counts}\n")
