"""The one door to the terminal: a sentence on stderr when something failed, rich for people, one JSON document for programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console


TELL_EACH_S = 5


def fail(message: str, code: int = 1) -> typer.Exit:
    """Say in one sentence on stderr what went wrong; raise what this returns."""
    typer.echo(f"doghouse: {message}", err=True)
    return typer.Exit(code)


@contextmanager
def ended_by(*kinds: type[Exception], code: int = 1, before: str = "") -> Iterator[None]:
    """An error of these kinds inside ends the command in a sentence: its own, behind `before`."""
    try:
        yield
    except kinds as error:
        raise fail(f"{before}{error}", code) from None


def say(message: str) -> None:
    """Say something on stderr that a person should know, and go on. On a terminal it takes the place of a line of progress."""
    typer.echo(("\r\x1b[2K" if sys.stderr.isatty() else "") + f"doghouse: {message}", err=True)


def many(count: int, name: str) -> str:
    """`1 point`, `2 points`."""
    return f"{count} {name}{'s' * (count != 1)}"


def console() -> Console:
    """Where people read: no colour when stdout is not a terminal or NO_COLOR is set."""
    from doghouse.reports.text import screen

    return screen.console(sys.stdout)


def progress() -> Callable[[str, int, int], None]:
    """Says on stderr how far reading is (what, number, of how many): on one line of a terminal, else each tenth part."""
    line = sys.stderr.isatty()

    def say(what: str, number: int, of: int) -> None:
        if line:
            typer.echo(
                f"\r\x1b[2K{what}: request {number} of {of}" + ("\n" if number == of else ""), err=True, nl=False
            )
        elif number == of or number % max(of // 10, 1) == 0:
            typer.echo(f"doghouse: {what}: request {number} of {of}", err=True)

    return say


def now_and_then(now: Callable[[], float] = time.monotonic) -> Callable[[str], None]:
    """Says on stderr what a command is at, once it takes long: what it is told some seconds after the last time. `now` is a clock (s)."""
    last = now()

    def tell(text: str) -> None:
        nonlocal last
        if now() - last >= TELL_EACH_S:
            last = now()
            say(text)

    return tell


def print_json(document: Any) -> None:
    """The document on one line of stdout, written out at once."""
    import msgspec

    typer.echo(msgspec.json.encode(document).decode())
