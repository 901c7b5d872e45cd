"""What is asked of a demo: the options of `my-metric demo`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was typed."""

    once: Annotated[bool, typer.Option("--once", help="Wait for two live collections, report, and stop.")] = False
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the timeboard in the browser.")] = True
    pictures: Annotated[str | None, typer.Option(help="Where --once puts its pictures.", metavar="DIR")] = None
    bakery: Annotated[bool, typer.Option("--bakery", help="Also the bakery: its week, its timeboard.")] = False
    smtp: Annotated[
        str | None,
        typer.Option(help="Mail server that mails go to; without it they stay in the inbox.", metavar="HOST:PORT"),
    ] = None
    email: Annotated[str, typer.Option(help="Who is told by the monitor.")] = "you@example.com"
