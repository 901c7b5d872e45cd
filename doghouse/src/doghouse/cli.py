"""The command `doghouse`. Each folder's `commands.py` adds its own; modules are imported when a command runs, so that help is instant."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from doghouse import __version__, commands
from doghouse.agent import commands as agent_commands
from doghouse.backtest import commands as backtest_commands
from doghouse.coverage import commands as coverage_commands
from doghouse.metrics import commands as metrics_commands
from doghouse.queries import commands as queries_commands

app = typer.Typer(name="doghouse", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"doghouse {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Datadog on your own machine: run and test checks, dashboards and monitors with no account."""


# What the extras bring, as modules: one that is missing is said, with the extra's name.
EXTRAS = {
    "server": (
        "aiosmtplib", "ddsketch", "duckdb", "google", "httptools", "jinja2", "markdown_it", "matplotlib", "platformdirs", "psutil",
        "starlette", "statsmodels", "uplot", "uvicorn", "uvloop", "zstandard",
    ),
    "agent": ("datadog_checks", "psycopg"),
    "datadog": ("datadog_api_client", "urllib3"),
}  # fmt: skip


def _extra(module: str) -> str | None:
    """The extra that brings a module; for the agent's commands the one that brings all they need."""
    found = next((extra for extra, modules in EXTRAS.items() if module in modules), None)
    return "agent" if found == "server" and sys.argv[1:2] == ["agent"] else found


app.command("up")(commands.up)
app.command("import")(metrics_commands.import_series)
app.command("query")(queries_commands.query)
app.command("backtest")(backtest_commands.backtest)
app.command("lint")(backtest_commands.lint)
app.command("test")(backtest_commands.unit_tests)
app.command("coverage")(coverage_commands.coverage)
app.add_typer(agent_commands.app, name="agent")


def main() -> None:
    """Run the command; wrong use exits 64, as sysexits.h has it."""
    try:
        code = app(standalone_mode=False)
    except ModuleNotFoundError as error:
        if (extra := _extra((error.name or "").partition(".")[0])) is None:
            raise
        typer.echo(f"doghouse: this needs {error.name}: pip install 'doghouse[{extra}]'", err=True)
        code = 1
    except Exception as error:
        if not hasattr(error, "show"):  # typer's own errors can show themselves
            raise
        error.show()
        code = 64 if getattr(error, "exit_code", 1) == 2 else 1
    sys.exit(code if isinstance(code, int) else 0)
