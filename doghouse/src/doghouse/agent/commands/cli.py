"""`doghouse agent …`: run checks as the Agent does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The Agent's part: run checks and send what they submit.", no_args_is_help=True)

ConfOption = Annotated[
    Path, typer.Option("--conf", metavar="DIR", help="The conf.d folder: it holds my_metric.d/conf.yaml, …")
]
CheckConfOption = Annotated[
    Path | None,
    typer.Option(
        "--conf",
        envvar="DD_CONFD_PATH",
        metavar="DIR",
        help="The conf.d folder (else DD_CONFD_PATH, confd_path, ./conf.d).",
    ),
]
RunningOption = Annotated[
    Path | None, typer.Option("--conf", metavar="DIR", help="Only the agent with this configuration.")
]
YamlOption = Annotated[
    Path | None, typer.Option("--datadog-yaml", metavar="FILE", help="A datadog.yaml; DD_… variables go before it.")
]
UrlOption = Annotated[
    str, typer.Option("--url", help="The doghouse to send to (else dd_url, else http://127.0.0.1:8420).")
]
KeysOption = Annotated[
    Path | None, typer.Option("--keys-file", metavar="FILE", help="JSON with api_key: a doghouse's keys.json.")
]


@contextmanager
def failures() -> Iterator[None]:
    """Let what can't be done end the command with one sentence."""
    from doghouse.agent.errors import AgentError

    try:
        yield
    except AgentError as error:
        raise fail(error) from None


def fail(message: object, code: int = 1) -> typer.Exit:
    """Write on stderr what went wrong, as one sentence. Returns the exception to raise."""
    typer.echo(f"doghouse agent: {message}", err=True)
    return typer.Exit(code)


@app.command()
def run(
    conf: CheckConfOption = None,
    datadog_yaml: YamlOption = None,
    url: UrlOption = "",
    keys_file: KeysOption = None,
    run_path: Annotated[
        Path | None, typer.Option("--run-path", help="Where status, caches and the retry queue are kept.")
    ] = None,
    log_level: Annotated[str, typer.Option("--log-level", help="trace, debug, info, warn, error, critical, off.")] = "",
    host_metrics: Annotated[
        bool, typer.Option("--host-metrics/--no-host-metrics", help="Report system.* of this host, as the Agent does.")
    ] = True,
    key_check: Annotated[
        bool, typer.Option("--key-check/--no-key-check", help="Refuse to start with a key that is refused.")
    ] = True,
) -> None:
    """Run every check of a conf.d folder until Ctrl-C or SIGTERM; a changed YAML is taken up within seconds.

    Example: doghouse agent run --conf conf.d --url http://127.0.0.1:8420
    """
    from doghouse.agent.commands import start

    with failures():
        start.run(start.RunOptions(conf, datadog_yaml, url, keys_file, run_path, log_level, host_metrics, key_check))


@app.command()
def check(
    name: Annotated[
        str,
        typer.Argument(
            help="The check's name, or an integration's folder (its conf.yaml.example runs without --conf)."
        ),
    ],
    conf: CheckConfOption = None,
    datadog_yaml: YamlOption = None,
    check_rate: Annotated[
        bool, typer.Option("--check-rate", "-r", help="Run twice, a second apart, to see rates.")
    ] = False,
    times: Annotated[int, typer.Option("--check-times", "--times", "-t", min=1, help="How often to run.")] = 1,
    pause: Annotated[int, typer.Option("--pause", min=0, help="Milliseconds between runs.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list, an object for each instance.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Series and service checks as tables.")] = False,
    log_level: Annotated[
        str, typer.Option("--log-level", "-l", help="trace, debug, info, warn, error, critical, off.")
    ] = "off",
    metadata: Annotated[
        Path | None, typer.Option("--metadata", metavar="FILE", help="The metadata.csv to compare with.")
    ] = None,
    delay: Annotated[int, typer.Option("--delay", "-d", hidden=True)] = 0,
    discovery_timeout: Annotated[int, typer.Option("--discovery-timeout", hidden=True)] = 0,
    discovery_retry_interval: Annotated[int, typer.Option("--discovery-retry-interval", hidden=True)] = 0,
    discovery_min_instances: Annotated[int, typer.Option("--discovery-min-instances", hidden=True)] = 0,
) -> None:
    """Run a check and show what it submits; nothing is sent. Exits 1 if it raises.

    Example: doghouse agent check my_metric --conf conf.d --check-rate
    """
    from doghouse.agent.commands import check, check_output, output

    turns = check.Turns(2, check.RATE_PAUSE_S) if check_rate else check.Turns(times, pause / 1000)
    with failures(), output.of_checks_to_stderr():
        result = check.check(name, conf, datadog_yaml, turns, log_level, metadata)
    typer.echo(check_output.as_json(result) if as_json else check_output.as_text(result, table, once=turns.times == 1))
    if result.raised:
        raise typer.Exit(1)


@app.command("status")
def status_command(
    conf: RunningOption = None,
    run_path: Annotated[
        Path | None, typer.Option("--run-path", help="The agent's --run-path, if it was given one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", "-j", help="One JSON document for each agent, as a list.")] = False,
) -> None:
    """Show what the running agent does: its checks, their errors, and what was sent.

    Example: doghouse agent status
    """
    import json

    from doghouse.agent import run_folder
    from doghouse.agent.commands import status

    statuses = list(run_folder.running(conf, str(run_path) if run_path else None))
    if as_json:
        typer.echo(json.dumps(statuses, indent=2))
    else:
        for document in statuses:
            typer.echo(status.text(document))
    if not statuses:
        raise fail("no agent is running" + (f" with {conf}" if conf else ""))


@app.command()
def simulate(
    name: Annotated[str, typer.Argument(help="The check, as its folder NAME.d says.")],
    conf: ConfOption,
    start: Annotated[str, typer.Option("--from", metavar="T", help="ISO 8601, epoch seconds, or now-4h.")],
    end: Annotated[str, typer.Option("--to", metavar="T", help="As --from; this time is not in it.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="CSV for doghouse import.")],
    datadog_yaml: YamlOption = None,
) -> None:
    """Run a check on a simulated clock and write what it submits as history, under the tags that it has live.

    Example: doghouse agent simulate my_metric --conf conf.d --from now-4h --to now --out history.csv
    """
    from doghouse.agent.commands import simulate as simulation
    from doghouse.time import typed
    from doghouse.time.clock import Clock

    try:
        now = Clock().now()
        span = (int(typed.parse_time(start, now)), int(typed.parse_time(end, now)))
    except ValueError as error:
        raise fail(error) from None
    with failures():
        count = simulation.simulate(name, conf, datadog_yaml, span, out)
    typer.echo(f"{out}: {count} simulated points of {name}")


@app.command()
def configcheck(conf: CheckConfOption = None, datadog_yaml: YamlOption = None) -> None:
    """Print every configuration that is found, secrets hidden; exits 1 if one is wrong or its check is not there.

    Example: doghouse agent configcheck --conf conf.d
    """
    from doghouse.agent.commands import configcheck as checking

    with failures():
        text, right = checking.configcheck(conf, datadog_yaml)
    typer.echo(text)
    if not right:
        raise typer.Exit(1)


@app.command()
def health(conf: RunningOption = None) -> None:
    """Say whether the running agent is well; exits 1 if not.

    Example: doghouse agent health
    """
    from doghouse.agent import run_folder
    from doghouse.agent.commands import health as healthy

    statuses = list(run_folder.running(conf))
    if not statuses:
        raise fail("no agent is running")
    text, well = healthy.health(statuses)
    typer.echo(text)
    if not well:
        raise typer.Exit(1)


@app.command()
def hostname(datadog_yaml: YamlOption = None) -> None:
    """Print the name under which the agent reports this host.

    Example: doghouse agent hostname
    """
    import os

    from doghouse.agent import settings

    with failures():
        typer.echo(settings.load(datadog_yaml, os.environ).hostname)


@app.command()
def version() -> None:
    """Print the Agent's version that checks and hosts are told.

    Example: doghouse agent version
    """
    from doghouse import __version__
    from doghouse.agent.settings import AGENT_VERSION

    typer.echo(f"Agent {AGENT_VERSION} (doghouse {__version__})")


integrations = typer.Typer(help="Install and remove integrations.", no_args_is_help=True)
app.add_typer(integrations, name="integration")


@integrations.command()
def install(
    wheel: Annotated[Path, typer.Argument(metavar="WHEEL", help="datadog_my_metric-1.0.0-py3-none-any.whl")],
    local_wheel: Annotated[
        bool, typer.Option("--local-wheel", "-w", help="WHEEL is a file: what the real Agent must be told.")
    ] = False,
    conf: CheckConfOption = None,
    datadog_yaml: YamlOption = None,
    allow_root: Annotated[bool, typer.Option("--allow-root", "-r", hidden=True)] = False,
) -> None:
    """Install an integration's wheel by the Agent's rules: its package here, its data/*.yaml* files into conf.d.

    Example: doghouse agent integration install -w dist/datadog_my_metric-1.0.0-py3-none-any.whl --conf conf.d
    """
    import os

    from doghouse.agent import options, settings
    from doghouse.agent.commands import integration

    if not local_wheel:
        raise fail("only a wheel on this machine can be installed: give -w WHEEL", 64)
    with failures():
        read = integration.read(wheel)
        for text in read.advice:
            typer.echo(f"doghouse: {wheel}: {text}", err=True)
        if integration.installed(read.package) == read.version:
            typer.echo(f"{read.package} {read.version} is already installed. Nothing to do.")
            return
        written = integration.install(read, conf or options.conf_folder(settings.load(datadog_yaml, os.environ)))
    for path in written:
        typer.echo(f"Successfully copied configuration file {path.name}")
    typer.echo(f"Successfully installed {read.package} {read.version}")


@integrations.command()
def remove(package: Annotated[str, typer.Argument(help="The package, as datadog-my-metric.")]) -> None:
    """Uninstall an integration; its configuration stays.

    Example: doghouse agent integration remove datadog-my-metric
    """
    from doghouse.agent.commands import integration

    with failures():
        integration.remove(package)
    typer.echo(f"Successfully removed {package}")
