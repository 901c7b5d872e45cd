"""The command `doghouse`. A module here is a command; it is imported when the command runs, so that help is instant."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated

import typer

from doghouse import __version__
from doghouse.cli import terminal

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
            app.command(name, short_help=_first_paragraph(target.__doc__))(target)
    return app


def _first_paragraph(text: str) -> str:
    """What the list of commands says of one, in full: where it has only the whole text, it breaks off."""
    return " ".join(text.strip().partition("\n\n")[0].split())


def _version(wanted: bool) -> None:
    if wanted:
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


def main() -> None:
    """Run the command; wrong use exits 64, as sysexits.h has it."""
    terminal.speak_utf8()
    asked = sys.argv[1:2]
    app = application(asked if asked and asked[0] in COMMANDS else COMMANDS)
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except ModuleNotFoundError as error:
        if (extra := _extra((error.name or "").partition(".")[0])) is None:
            raise
        typer.echo(f"doghouse: this needs {error.name}: pip install './doghouse[{extra}]'", err=True)
        code = 1
    except OSError as error:
        named = f"{error.filename} cannot be used: " if error.filename is not None else ""
        typer.echo(f"doghouse: {named}{error.strerror or error}", err=True)
        if not named:  # it is the output that failed
            terminal.drop_output()
        code = 1
    except Exception as error:
        if not hasattr(error, "show"):  # typer's own errors can show themselves
            raise
        error.show()
        code = 64 if getattr(error, "exit_code", 1) == 2 else 1
    sys.exit(code if isinstance(code, int) else 0)
