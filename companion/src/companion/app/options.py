"""The options of `my-metric app` and `my-metric load`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

SERVICE = "my-metric-app"


@dataclass(frozen=True, slots=True)
class Serving:
    """How the app is served."""

    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of 127.0.0.1; 0 picks a free one.")] = 5050
    service: Annotated[str, typer.Option(help="The app's name in traces and logs.")] = SERVICE
    env: Annotated[str, typer.Option(help="The environment in traces and logs.")] = "demo"
    agent_url: Annotated[
        str | None, typer.Option(help="Where traces go [default: --api-url, else the Agent here].", metavar="URL")
    ] = None
    threads: Annotated[int, typer.Option(min=1, help="Requests at a time.")] = 4


@dataclass(frozen=True, slots=True)
class Traffic:
    """Which requests are sent, and how their count is printed."""

    url: Annotated[str, typer.Option(help="Address of the app.")] = "http://127.0.0.1:5050"
    rate: Annotated[float, typer.Option(min=0.01, help="Requests a second.")] = 5.0
    count: Annotated[int, typer.Option(min=0, help="How many; 0 goes on until Ctrl-C.")] = 0
    connections: Annotated[int, typer.Option(min=1, help="How many may wait for an answer at once.")] = 4
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False
    bakery: Annotated[bool, typer.Option("--bakery", help="Instead: a week of the bakery's customers, simulated.")] = (
        False
    )
    out: Annotated[
        Path | None, typer.Option(help="With --bakery: what the week counted, for doghouse import.", metavar="FILE")
    ] = None
    live: Annotated[bool, typer.Option("--live", help="With --bakery: go on in real time until Ctrl-C.")] = False
