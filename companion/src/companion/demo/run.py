"""`my-metric demo`: starts every part, provisions the account, watches, and stops every part."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from companion import provision, resources, sharing, terminal
from companion.client import Account
from companion.demo import app, bakery, children, files, history, once, postgres, report
from companion.demo.children import Stop, Stopped
from companion.demo.model import Demo
from companion.demo.options import Wishes
from companion.problem import WRONG_USE, Problem
from companion.settings import Settings
from doghouse.importing import find_keys

READY_S = 30.0
HISTORY_S = 4 * 3600
DAY_S = 86400


def demo(wishes: Wishes) -> int:
    """Run until Ctrl-C, or with `once` until two live collections were seen."""
    if wishes.pictures and not wishes.once:
        raise Problem("--pictures has no effect without --once", WRONG_USE)
    stop = Stop()
    stop.listen()
    try:
        with running(stop, wishes.smtp, wishes.bakery) as demo, _account(demo) as account:
            ids = provisioned(account, wishes.email, wishes.bakery)
            boards = {"timeboard": _address(account, ids["timeboard"], HISTORY_S)}
            if wishes.bakery:
                midnight = int(time.time()) // DAY_S * DAY_S  # where the week that docs/exercise/bakery.md reads ends
                boards["bakery"] = _address(account, ids["bakery"], 7 * DAY_S, midnight)
            if wishes.once:
                return once.report_once(demo, account, ids, boards, wishes, stop)
            _show(demo, boards, sharing.share(account, ids["timeboard"]), wishes.open_page)
            watch(demo, stop)
    except Stopped:
        terminal.say("stopped: no process and no port is left")
        return 1 if wishes.once else 0
    return 0


@contextlib.contextmanager
def running(stop: Stop, smtp: str | None, with_bakery: bool = False) -> Iterator[Demo]:
    """Every part, started in order; all stopped when the block ends, or when one does not start."""
    with contextlib.ExitStack() as parts:
        work = Path(
            parts.enter_context(tempfile.TemporaryDirectory(prefix="my-metric-demo-", ignore_cleanup_errors=True))
        )
        work.chmod(0o711)  # the database's user has to reach its own folder
        report.step("doghouse, a stand-in for Datadog on this machine")
        up: list[str | Path] = [
            "up",
            "--port",
            "0",
            "--data",
            work / "doghouse",
            "--json",
            *(["--smtp", smtp] if smtp else []),
        ]
        doghouse = children.start("doghouse", [children.program("doghouse"), *up])
        parts.callback(doghouse.stop)
        started = json.loads(doghouse.first_line(stop, READY_S))
        url, keys_file = started["url"], Path(started["keys_file"])
        report.step("PostgreSQL, with some traffic")
        database = parts.enter_context(postgres.running(work, stop))
        parts.enter_context(postgres.traffic(database))
        report.step("the traced Flask app, with some requests: its traces and its logs")
        # The bakery's counts have a port of their own, where no other Agent listens; without it all is as the Agent has it.
        statsd = {"DD_DOGSTATSD_PORT": str(children.free_port())} if with_bakery else {}
        traced = parts.enter_context(app.running(work, url, keys_file, database, statsd))
        conf, datadog_yaml = files.write(work, database)
        live_since = int(time.time())
        _simulate(work, conf, datadog_yaml, url, keys_file, live_since, stop)
        report.step("the agent, with my_metric and postgres")
        agent = children.start(
            "doghouse agent",
            [
                children.program("doghouse"), "agent", "run", "--conf", conf, "--datadog-yaml", datadog_yaml,
                "--url", url, "--keys-file", keys_file, "--run-path", work / "agent", "--log-level", "warn",
            ],
            environment=statsd,
            on_line=_once_each(),
        )  # fmt: skip
        parts.callback(agent.stop)
        traced.wait(stop)
        parts.enter_context(app.traffic(traced, work))
        if with_bakery:
            parts.enter_context(bakery.customers(traced, work, url, keys_file, stop))
        yield Demo(work, url, keys_file, database, traced, agent, doghouse, live_since)


def provisioned(account: Account, email: str, with_bakery: bool = False) -> dict[str, str]:
    """Timeboard, monitor and downtimes, made through the official client; the id of each kind's first, and those of the bakery by their names."""
    report.step("the timeboard, the monitor and its downtimes, through Datadog's own client")
    now = datetime.now(UTC)
    extras = ("bakery",) if with_bakery else ()
    objects = resources.read(Settings(host=files.hostname(), email=email, extras=extras), now)
    applied = provision.apply(account, provision.plan(account, objects), lambda _: None)
    ids = {step.resource.mark.partition("/")[2]: step.id for step in applied if step.resource and step.id}
    # the first of each kind: the integration's
    firsts = {step.kind.name: step.id for step in reversed(applied) if step.id}
    return {name: id for name, id in ids.items() if name.startswith("bakery")} | firsts


def watch(demo: Demo, stop: Stop) -> None:
    """Wait for the end. A lost database or app is said and goes on: what then fails is worth seeing. Raises Problem if another part ends."""
    unsaid = {
        "PostgreSQL is gone: its check fails from now on (doghouse agent status shows it); the rest goes on": demo.database.child,
        "the traced app is gone: no traces and logs from now on; the rest goes on": demo.app.child,
    }
    while True:
        demo.check()
        for sentence in [sentence for sentence, child in unsaid.items() if child.ended]:
            del unsaid[sentence]
            terminal.say(sentence)
        stop.wait(0.5)


def _simulate(work: Path, conf: Path, datadog_yaml: Path, url: str, keys_file: Path, until: int, stop: Stop) -> None:
    """Fill the past hours with what the same check submits on a simulated clock, and say so to the page."""
    since = until - HISTORY_S
    report.step(
        "the past four hours of my_metric: the same check on a simulated clock, not measured (hatched on the page)"
    )
    points = work / "history.csv"
    simulate: list[str | Path] = [
        "agent", "simulate", "my_metric", "--conf", conf, "--datadog-yaml", datadog_yaml,
        "--from", str(since), "--to", str(until), "--out", points,
    ]  # fmt: skip
    simulation = children.start("doghouse agent simulate", [children.program("doghouse"), *simulate])
    children.finish(simulation, stop, history.TIME_S)
    history.put_in(points, url, keys_file, stop)
    points.unlink()
    history.tell_simulated(report.METRIC, url, keys_file, since, until)


def _account(demo: Demo) -> Account:
    return Account(find_keys(str(demo.keys_file)), api_url=demo.url, site=Settings().site)


def _address(account: Account, timeboard: str, span_s: int, until: int | None = None) -> str:
    """A timeboard with the history in it, until then, or else moving on."""
    end, live = (int(time.time()), "true") if until is None else (until, "false")
    url = account.call("get_dashboard", dashboard_id=timeboard)["url"]
    return f"{account.page}{url}?from_ts={(end - span_s) * 1000}&to_ts={end * 1000}&live={live}"


def _show(demo: Demo, boards: Mapping[str, str], link: str, open_page: bool) -> None:
    more = "".join(f"The {name}: {address}\n" for name, address in boards.items() if name != "timeboard")
    terminal.console().print(
        f"\nThe timeboard: {boards['timeboard']}\n"
        f"The same for anyone on this machine, without the rest (my-metric share): {link}\n"
        f"{more}The traced app: {demo.app.url}    its service: {demo.service_page}\n"
        f"For the commands of docs/exercise: --api-url {demo.url} --keys-file {demo.keys_file}\n"
        f"How often the check runs: {demo.work}/conf.d/my_metric.d/conf.yaml (edit it, and watch)\n"
        "Ctrl-C stops everything.",
        soft_wrap=True,
    )
    if open_page:
        terminal.browse(boards["timeboard"])


def _once_each() -> Callable[[str], None]:
    """Says each line of the agent's log, without its time and the first time alone: a failing check says the same each 15 s."""
    shown: set[str] = set()

    def tell(line: str) -> None:
        text = " | ".join(line.split(" | ")[2:]) or line
        if text not in shown:
            shown.add(text)
            terminal.say(f"  agent: {text}")

    return tell
