#!/usr/bin/env python3
"""Writes the pages of docs that are made from the code: docs/commands.md and docs/python.md. A test holds them equal to it.

usage: .venv/bin/python -m scripts.docs.reference
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import typer

from companion import cli as companion_cli
from doghouse import cli

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES: dict[Path, Callable[[], str]] = {}
# What other programs may import: this says what is public, and docs/python.md shows it.
PUBLIC = {
    "doghouse.queries": ("parse", "QuerySyntaxError"),
    "doghouse.monitors": ("parse", "MonitorError"),
    "doghouse.downtimes": ("parse", "DowntimeError"),
    "doghouse.metrics.files.series_files": ("open_series", "SeriesFileError"),
    "doghouse.metrics.memory": ("MemorySource",),
    "doghouse.backtest": ("backtest", "Backtest"),
    "doghouse.pytest_plugin": ("RunningDoghouse",),
}
EXAMPLE = """\
from pathlib import Path

from doghouse import monitors
from doghouse.backtest import backtest
from doghouse.metrics.files.series_files import open_series

monitor = monitors.parse(
    {"type": "metric alert", "query": "avg(last_5m):avg:cpu{*} by {host} > 90", "message": "@ops@example.com"}
)
history = open_series(Path("week.csv"))
made = backtest(monitor, history, start=1_772_445_600, end=1_772_450_000)  # seconds, UTC
for group, transition in made.transitions():
    print(transition.at, group, transition.after.name)
"""
LONGEST_SIGNATURE = 110  # characters


def page(path: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Make of a function what writes a page."""

    def register(function: Callable[[], str]) -> Callable[[], str]:
        PAGES[ROOT / path] = function
        return function

    return register


@page("docs/commands.md")
def commands() -> str:
    """Each command with its arguments and options, as `--help` has them."""
    head = (
        "# Commands\n\nWritten by `scripts/docs/reference.py` from the commands themselves; a test holds it. Each says the same with `--help`.\n\n"
        "Exit codes: 0 done, 1 failed (or something is wrong with what was looked at), 64 wrong use; `my-metric plan` alone 2: there is a difference.\n"
        "What failed is one sentence on stderr. `--json` prints one document on stdout and nothing else. `NO_COLOR` is respected.\n\n"
    )
    apps = (("doghouse", cli.application()), ("my-metric", companion_cli.application()))
    parts = [text for name, app in apps for text in described(name, typer.main.get_command(app), 2)]
    return head + "\n".join(parts)


def described(path: str, command: click.Command, depth: int) -> Iterator[str]:
    """A command's part of the page, then those of the commands below it."""
    help_text = inspect.cleandoc(command.help or "")
    below = getattr(command, "commands", None)
    lines = [f"{'#' * min(depth, 4)} {path}", ""]
    for paragraph in re.split(r"\n\s*\n", help_text.replace("\b", "")):
        example = paragraph.strip().startswith("Example:")
        lines += [f"`{' '.join(paragraph.split()[1:])}`" if example else paragraph.strip(), ""]
    rows = [row for parameter in command.params for row in options(parameter)]
    if rows and below is None:
        lines += ["| | |", "|---|---|", *rows, ""]
    yield "\n".join(lines)
    for name in below or ():
        yield from described(f"{path} {name}", below[name], depth + 1)


def options(parameter: click.Parameter) -> Iterator[str]:
    """A row of the table: what is typed, and what it means."""
    if getattr(parameter, "hidden", False) or "--help" in parameter.opts:
        return
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    if parameter.param_type_name == "argument":
        names = f"`{parameter.human_readable_name.upper()}`" + (" …" if parameter.nargs == -1 else "")
    words = " ".join((getattr(parameter, "help", None) or "").split()).replace("|", "\\|")
    default = parameter.default
    if (
        getattr(parameter, "show_default", False)
        and isinstance(default, str | int | float)
        and not isinstance(default, bool)
    ):
        words += f" Default: `{default}`." if str(default) else ""
    yield f"| {names} | {words}{' Required.' if parameter.required else ''} |"


@page("docs/python.md")
def python() -> str:
    """The public names, with their signatures and docstrings."""
    head = (
        "# In Python\n\nWritten by `scripts/docs/reference.py` from the code; a test holds it. What stands here is public: a change that breaks it raises\n"
        "the version's first number (while that is 0, its second). All else is private, whatever its name.\n\n"
        f"```python\n{EXAMPLE}```\n\n"
    )
    return head + "\n".join(of_module(module, names) for module, names in PUBLIC.items())


def of_module(name: str, names: Sequence[str]) -> str:
    """A module's public names."""
    module = importlib.import_module(name)
    about = inspect.cleandoc(module.__doc__ or "").partition("\n")[0]
    return "\n".join([f"## {name}\n\n{about}\n", *(of_name(member, getattr(module, member)) for member in names)])


def of_name(name: str, value: Any, depth: int = 3) -> str:
    """A function or a class, with what is said of it; of a class its public methods too."""
    about = inspect.cleandoc(value.__doc__ or "")
    if inspect.isclass(value) and issubclass(value, Exception):
        return f"{'#' * depth} {name}\n\nAn exception: {about}\n"
    shown = f"{'class' if inspect.isclass(value) else 'def'} {name}{signature(value)}"
    parts = [f"{'#' * depth} {name}\n\n```python\n{shown}\n```\n\n{about}\n"]
    for method, function in vars(value).items() if inspect.isclass(value) else ():
        if not method.startswith("_") and callable(function) and not (function.__doc__ or "See").startswith("See"):
            parts.append(of_name(f"{name}.{method}", function, depth + 1))
        elif isinstance(function, property):
            parts.append(
                f"{'#' * (depth + 1)} {name}.{method}\n\nA property: {inspect.cleandoc(function.__doc__ or '')}\n"
            )
    return "\n".join(parts)


def signature(value: Any) -> str:
    """As it is written, with the names of types that it has there."""
    text = re.sub(r"\((?:self)?(?:, )?", "(", str(inspect.signature(value)), count=1)
    return folded(re.sub(r"(: |-> )'([^']*)'", r"\1\2", text))


def folded(signature: str) -> str:
    """A signature, a parameter a line where it is long."""
    if len(signature) <= LONGEST_SIGNATURE:
        return signature
    inside, _, after = signature[1:].rpartition(")")
    return "(\n    " + re.sub(r", (?=\*|\w+(?::|=|$))", ",\n    ", inside) + f",\n){after}"


def main() -> None:
    """Write every page."""
    for path, write in PAGES.items():
        path.write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
