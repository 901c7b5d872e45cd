"""The command `doghouse`. A module here is a command; it is imported when the command runs, so that help is instant."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated

import typer

from doghouse import __version__, command_line

# A command's module, and its function there (or the Typer that holds commands of its own).
COMMANDS = {
    "up": ("doghouse.cli.up", "up"),
    "backup": ("doghouse.cli.backup", "backup"),
    "import": ("doghouse.cli.import_series", "import_series"),
    "export": ("doghouse.cli.history.export", "export"),
    "query": ("doghouse.cli.query", "query"),
    "backtest": ("doghouse.cli.backtest", "backtest"),
    "merge": ("doghouse.cli.backtesting.merge", "merge"),
    "lint": ("doghouse.cli.lint", "lint"),
    "diff": ("doghouse.cli.diff", "diff"),
    "test": ("doghouse.cli.unit_tests", "unit_tests"),
    "record": ("doghouse.cli.record", "record"),
    "coverage": ("doghouse.cli.coverage", "coverage"),
    "doctor": ("doghouse.cli.doctor", "doctor"),
    "agent": ("doghouse.agent.commands.cli", "app"),
}

WIDEST = 110  # characters of a line of help, in a terminal that has room


def application(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command with these subcommands: with one, it starts faster than with all. Help is plain text: to import what draws boxes takes 0.12 s."""
    app = typer.Typer(
        name="doghouse",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"max_content_width": WIDEST},
    )
    app.callback()(common_options)
    for name in names:
        module, attribute = COMMANDS[name]
        target = getattr(import_module(module), attribute)
        if isinstance(target, typer.Typer):
            app.add_typer(target, name=name)
        else:
            app.command(name, short_help=command_line.first_paragraph(target.__doc__))(target)
    return app


def _version(value: bool) -> None:
    if value:
        from doghouse import release
        from doghouse.storage.manifest import FORMAT

        commit = release.commit()
        typer.echo(f"doghouse {__version__} ({f'commit {commit}, ' if commit else ''}data format {FORMAT})")
        raise typer.Exit


def common_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Datadog on your own machine: run and test checks, dashboards and monitors with no account."""


# What the extras bring, as modules: one that is missing is said, with the extra's name.
EXTRAS = {
    "server": (
        "aiosmtplib", "ddsketch", "duckdb", "google", "httptools", "httpx", "jinja2", "markdown_it", "matplotlib", "platformdirs",
        "psutil", "starlette", "uvicorn", "uvloop", "zstandard",
    ),
    "agent": ("datadog_checks", "psycopg"),
    "datadog": ("datadog_api_client", "urllib3"),
    "remote": ("obstore", "fsspec"),
    "ray": ("ray",),
}  # fmt: skip


def _extra(module: str) -> str | None:
    """The extra that brings a module; for the agent's commands the one that brings all they need."""
    missing = next((extra for extra, modules in EXTRAS.items() if module in modules), None)
    return "agent" if missing == "server" and sys.argv[1:2] == ["agent"] else missing


def _known(error: Exception) -> command_line.Ending | None:
    """Words for a package that is not there."""
    if not isinstance(error, ModuleNotFoundError) or not (extra := _extra((error.name or "").partition(".")[0])):
        return None
    return f"this needs {error.name}: pip install './doghouse[{extra}]'", 1


def main() -> None:
    """Run the command; wrong use exits 64, as sysexits.h has it."""
    asked = sys.argv[1:2]
    app = application(asked if asked and asked[0] in COMMANDS else COMMANDS)
    sys.exit(command_line.run(app, "doghouse", _known))
