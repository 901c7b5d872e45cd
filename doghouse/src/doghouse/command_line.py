"""How a command ends, for `doghouse` and for the companion: what is wrong is one sentence on stderr, and the exit code is one of sysexits.h."""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import sys
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand

WRONG_USE = 64  # EX_USAGE
Ending = tuple[str, int]  # a sentence, an exit code


class Command(TyperCommand):
    """A command that takes no empty argument and no empty value of an option.

    Of a shell's variable without a value, a path would be the working folder, and an option would be as good as not given.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """See click."""
        options, _, _ = self.make_parser(ctx).parse_args(list(args))
        for parameter in self.params:
            value = options.get(parameter.name or "")
            if "" in (value if isinstance(value, (list, tuple)) else (value,)):
                raise typer.BadParameter("it is empty; has a variable of the shell no value?", ctx, parameter)
        return super().parse_args(ctx, args)


def run(app: typer.Typer, name: str, known: Callable[[Exception], Ending | None]) -> int:
    """Run a command and give its exit code. `known` puts the command's own errors into words, and gives None for others."""
    gc.set_threshold(20_000, 20, 50)  # imports make many objects that stay; requests, many that soon go by themselves
    atexit.register(_leave_garbage)
    _speak_utf8()
    _take_nothing_empty(app)
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except Exception as error:
        if (ending := known(error) or _of_system(error)) is not None:
            typer.echo(f"{name}: {ending[0]}", err=True)
            return ending[1]
        if not hasattr(error, "show"):  # typer's own errors can show themselves
            raise
        error.show()
        return WRONG_USE if getattr(error, "exit_code", 1) == 2 else 1
    return code if isinstance(code, int) else 0


def _leave_garbage() -> None:
    """At its end Python would look through all that was imported for what refers to itself: up to 0.08 s. DuckDB complains there of what is left."""
    if "duckdb" not in sys.modules:
        gc.freeze()


def first_paragraph(text: str | None) -> str:
    """What the list of commands says of one, in full: where it has only the whole text, it breaks off."""
    return " ".join((text or "").strip().partition("\n\n")[0].split())


def _take_nothing_empty(app: typer.Typer) -> None:
    """Have every command of the application be a `Command`."""
    for command in app.registered_commands:
        command.cls = Command
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _take_nothing_empty(group.typer_instance)


def _of_system(error: Exception) -> Ending | None:
    if not isinstance(error, OSError):
        return None
    if error.filename is not None:
        return f"{error.filename} cannot be used: {error.strerror or error}", 1
    _drop_output()  # it is the output that failed: a full disk
    return str(error.strerror or error), 1


def _speak_utf8() -> None:
    """Have output be UTF-8, whatever the system's own encoding (Windows has another for files and pipes), unless PYTHONIOENCODING names one.

    What the encoding lacks is written as an escape: no name of a file ends a command.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if os.environ.get("PYTHONIOENCODING") else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _drop_output() -> None:
    """Forget what could not be printed: Python would try again at its end, say so, and exit with 120."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
