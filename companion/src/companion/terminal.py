"""The one door to the terminal: results on stdout, progress and questions on stderr."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console


def console() -> Console:
    """Where people read: no colour when it is not a terminal or NO_COLOR is set."""
    from rich.console import Console

    plain = bool(os.environ.get("NO_COLOR"))  # rich alone would still print bold and faint
    return Console(highlight=False, soft_wrap=True, markup=False, color_system=None if plain else "auto")


def print_json(document: Any) -> None:
    """The one JSON document of a command, on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, default=str))


def show(text: str) -> None:
    """A plain line of a result, on stdout, without rich, which takes a tenth of a second to start."""
    typer.echo(text)


def say(text: str) -> None:
    """Progress, on stderr."""
    typer.echo(text, err=True)


def ask(question: str) -> bool:
    """Yes or no from the person at the terminal; one who has gone (end of file) has not said yes."""
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        say("")
        return False


def is_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def count_down(seconds: float, why: str) -> None:
    """Wait that long, and show how much is left."""
    if not sys.stderr.isatty():
        say(f"{why}: waiting {seconds:.0f} s")
        time.sleep(seconds)
        return
    end = time.monotonic() + seconds
    while (remaining := end - time.monotonic()) > 0:
        sys.stderr.write(f"\r{why}: {remaining:3.0f} s left ")
        sys.stderr.flush()
        time.sleep(min(1.0, remaining))
    sys.stderr.write("\r" + " " * (len(why) + 16) + "\r")
    sys.stderr.flush()


def browse(url: str) -> None:
    """Open a page in the browser, where there is a screen to show it on."""
    import webbrowser

    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(url)
