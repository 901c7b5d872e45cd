"""The command `my-metric`. What a command needs is imported when it runs, so that help is instant."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from companion import __version__, terminal
from companion.app.options import Serving, Traffic
from companion.demo.options import Wishes
from companion.options import Options, with_options
from companion.problem import WRONG_USE, Problem
from doghouse.importing import AccountError

INTERRUPTED = 130  # what typer ends with after Ctrl-C

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]

app = typer.Typer(
    name="my-metric",
    help="Sets up what belongs to my_metric in a Datadog account, and takes it away again.\n\nExample: my-metric plan --config my-metric.yaml",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def command(name: str | None = None) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """A command of the app, by its function's name unless it has another."""
    return lambda function: app.command(name)(with_options(function))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"my-metric {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@command()
def validate(
    options: Options,
    files: Annotated[
        list[Path] | None, typer.Argument(help="JSON bodies of dashboards, monitors or downtimes.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Find what Datadog would refuse, with the field, before anything is sent.

    Example: my-metric validate
    """
    from companion.validation import command as validation

    return validation.validate(options, files or [], as_json)


@command()
def plan(options: Options, as_json: Json = False) -> int:
    """Show what apply would change; exit 2 if there is a difference.

    Example: my-metric plan --config my-metric.yaml
    """
    from companion.commands import provisioning

    return provisioning.plan(options, as_json)


@command()
def apply(options: Options, yes: Yes = False, as_json: Json = False) -> int:
    """Make the account as the files say; asks first on a terminal.

    Example: my-metric apply --yes
    """
    from companion.commands import provisioning

    return provisioning.apply(options, yes, as_json)


@command()
def destroy(options: Options, yes: Yes = False, as_json: Json = False) -> int:
    """Delete everything that carries this command's mark, and nothing else.

    Example: my-metric destroy --yes
    """
    from companion.commands import provisioning

    return provisioning.destroy(options, yes, as_json)


@command()
def status(options: Options, as_json: Json = False) -> int:
    """Show what is there, what differs, the monitor's state, the next silence and the last point.

    Example: my-metric status
    """
    from companion.commands import account

    return account.status(options, as_json)


@command()
def adopt(
    options: Options,
    kind: Annotated[str, typer.Argument(help="timeboard, monitor or downtime.")],
    id: Annotated[str, typer.Argument(help="Its id in the account.")],
    name: Annotated[
        str | None, typer.Option("--as", help="Which one it becomes, where there are two: nights, weekend.")
    ] = None,
) -> int:
    """Take over an object that was made by hand: mark it, so that plan and apply know it.

    Example: my-metric adopt timeboard abc-def-ghi
    """
    from companion.commands import account

    return account.adopt(options, kind, id, name)


@command()
def snapshot(
    options: Options,
    to: Annotated[
        str | None, typer.Option(help="Who gets it, instead of the settings' email.", metavar="EMAIL")
    ] = None,
) -> int:
    """Mail a picture of the first graph's past five minutes.

    Example: my-metric snapshot --to me@example.com
    """
    from companion.commands import account

    return account.snapshot(options, to)


@command()
def share(
    options: Options,
    revoke: Annotated[bool, typer.Option("--revoke", help="End the link: nobody can open it any more.")] = False,
) -> int:
    """Print a link to the timeboard that anyone can open, without an account; it is made where there is none.

    Example: my-metric share
    """
    from companion.commands import account

    return account.share(options, revoke)


@command("open")
def open_timeboard(
    options: Options,
    last: Annotated[str, typer.Option(help="How far back it shows: 5m, 4h, 1d.")] = "5m",
) -> int:
    """Print the timeboard's address with exactly that window, live, and open it.

    Example: my-metric open --last 5m
    """
    from companion.commands import account

    return account.open_timeboard(options, last)


@command("agent-config")
def agent_config(
    options: Options,
    folder: Annotated[Path, typer.Argument(help="The Agent's folder, such as /etc/datadog-agent.", metavar="DIR")],
    write_key: Annotated[bool, typer.Option("--write-key", help="Write the API key into datadog.yaml too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff, write nothing.")] = False,
) -> int:
    """Write the files of a real Agent 7, merged into those that are there; shows the diff, never writes a key unless told to.

    Example: my-metric agent-config /etc/datadog-agent --dry-run
    """
    from companion import agent_config as files

    return files.agent_config(options, folder, write_key, dry_run)


@command()
def demo(wishes: Wishes) -> int:
    """Run the whole house on this machine: agent, database, timeboard; no account.

    Example: my-metric demo --no-open
    """
    from companion.demo import run

    return run.demo(wishes)


@command("app")
def traced_app(serving: Serving, options: Options) -> int:
    """Serve the traced Flask app until Ctrl-C; with --api-url its logs are shipped there.

    Example: my-metric app --api-url http://127.0.0.1:8420 --keys-file keys.json
    """
    from companion.app import serve

    return serve.app(options, serving)


@command()
def load(traffic: Traffic) -> int:
    """Send steady traffic to the app, over all its routes.

    Example: my-metric load --rate 10 --count 1000
    """
    from companion.app import load as sending

    return sending.load(traffic)


def main() -> None:
    """Run the command; wrong use exits 64, as sysexits.h has it."""
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        typer.echo("my-metric: interrupted; run the command again, it goes on from there", err=True)
        code = 1
    except (Problem, AccountError) as error:
        typer.echo(f"my-metric: {error}", err=True)
        code = getattr(error, "code", WRONG_USE)
    except OSError as error:  # what is printed cannot be taken: a full disk
        typer.echo(f"my-metric: {error.strerror or error}", err=True)
        terminal.drop_output()
        code = 1
    except Exception as error:
        if not hasattr(error, "show"):  # typer's own errors can show themselves
            raise
        error.show()
        code = WRONG_USE if getattr(error, "exit_code", 1) == 2 else 1
    sys.exit(code)
