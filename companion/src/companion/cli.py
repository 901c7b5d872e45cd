"""The command `my-metric`. What a command needs is imported when it runs, so that help is instant."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pkgutil import resolve_name
from typing import Annotated

import typer

from companion import __version__
from companion.options import with_options
from companion.problem import WRONG_USE, Problem
from doghouse import command_line
from doghouse.importing import AccountError

INTERRUPTED = 130  # what typer ends with after Ctrl-C

# A command's function: its signature is the command's options, its docstring the command's help. Its module is imported for that command, and for help.
COMMANDS = {
    "validate": "validation.command:validate",
    "plan": "commands.provisioning:plan",
    "apply": "commands.provisioning:apply",
    "destroy": "commands.provisioning:destroy",
    "status": "commands.account:status",
    "adopt": "commands.account:adopt",
    "snapshot": "commands.account:snapshot",
    "share": "commands.account:share",
    "open": "commands.account:open_timeboard",
    "agent-config": "agent_config:agent_config",
    "demo": "demo.commands:demo",
    "app": "app.commands:app",
    "load": "app.commands:load",
}


def application(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command with these subcommands: with one, it starts faster than with all."""
    app = typer.Typer(
        name="my-metric",
        help="Sets up what belongs to my_metric in a Datadog account, and takes it away again.\n\nExample: my-metric plan --config my-metric.yaml",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for name in names:
        command = resolve_name(f"companion.{COMMANDS[name]}")
        app.command(name, short_help=command_line.first_paragraph(command.__doc__))(with_options(command))
    return app


def _version(value: bool) -> None:
    if value:
        typer.echo(f"my-metric {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def _known(error: Exception) -> command_line.Ending | None:
    return (str(error), getattr(error, "code", WRONG_USE)) if isinstance(error, Problem | AccountError) else None


def main() -> None:
    """Run the command; wrong use exits 64, as sysexits.h has it."""
    first = sys.argv[1:2]
    try:
        code = command_line.run(application(first if first and first[0] in COMMANDS else COMMANDS), "my-metric", _known)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if code == INTERRUPTED:
        typer.echo("my-metric: interrupted; run the command again, it goes on from there", err=True)
        code = 1
    sys.exit(code)
