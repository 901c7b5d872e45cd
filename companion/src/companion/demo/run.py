"""`my-metric demo`: starts every part, provisions the account, watches, and stops every part."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from companion import provision, resources, sharing, terminal
from companion.client import Account
from companion.demo import app, children, files, once, postgres, report
from companion.demo.children import Stop, Stopped
from companion.demo.model import Demo
from companion.demo.options import Wishes
from companion.settings import Settings
from doghouse.importing import find_keys

READY_S = 30.0
HISTORY_S = 4 * 3600
HISTORY_TIME_S = 120.0  # how long making the history may take


def demo(wishes: Wishes) -> int:
    """Run until Ctrl-C, or with `once` until two live collections were seen."""
    stop = Stop()
    stop.listen()
    try:
        with running(stop, wishes.smtp) as demo, _account(demo) as account:
            ids = provisioned(account, wishes.email)
            address = _address(account, ids["timeboard"])
            if wishes.once:
                return once.report_once(demo, account, ids, address, wishes, stop)
            _show(demo, address, sharing.share(account, ids["timeboard"]), wishes.open_page)
            watch(demo, stop)
    except Stopped:
        terminal.say("stopped: no process and no port is left")
        return 1 if wishes.once else 0
    return 0


@contextlib.contextmanager
def running(stop: Stop, smtp: str | None) -> Iterator[Demo]:
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
        traced = parts.enter_context(app.running(work, url, keys_file, database))
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
            on_line=_once_each(),
        )  # fmt: skip
        parts.callback(agent.stop)
        traced.wait(stop)
        parts.enter_context(app.traffic(traced, work))
        yield Demo(work, url, keys_file, database, traced, agent, doghouse, live_since)


def provisioned(account: Account, email: str) -> dict[str, str]:
    """Timeboard, monitor and downtimes, made through the official client; the id of each kind's."""
    report.step("the timeboard, the monitor and its downtimes, through Datadog's own client")
    now = datetime.now(UTC)
    wanted = resources.wanted(Settings(host=files.hostname(), email=email), now)
    done = provision.apply(account, provision.plan(account, wanted), lambda _: None)
    return {step.kind.name: step.id for step in reversed(done) if step.id}  # the first of each kind: the integration's


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
    history = work / "history.csv"
    simulate: list[str | Path] = [
        "agent", "simulate", "my_metric", "--conf", conf, "--datadog-yaml", datadog_yaml,
        "--from", str(since), "--to", str(until), "--out", history,
    ]  # fmt: skip
    doghouse = children.program("doghouse")
    for name, arguments in (
        ("doghouse agent simulate", simulate),
        ("doghouse import", ["import", history, "--url", url, "--keys-file", keys_file]),
    ):
        children.finish(children.start(name, [doghouse, *arguments]), stop, HISTORY_TIME_S)
    history.unlink()
    _tell_simulated(url, keys_file, since, until)


def _tell_simulated(url: str, keys_file: Path, since: int, until: int) -> None:
    """`POST /doghouse/simulated {"metric", "from", "to"}` (s, UTC): doghouse's own, so not an operation of the official client."""
    keys = find_keys(str(keys_file))
    request = urllib.request.Request(
        f"{url}/doghouse/simulated",
        json.dumps({"metric": report.METRIC, "from": since, "to": until}).encode(),
        {"Content-Type": "application/json", "DD-API-KEY": keys.api_key, "DD-APPLICATION-KEY": keys.app_key},
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def _account(demo: Demo) -> Account:
    return Account(find_keys(str(demo.keys_file)), api_url=demo.url, site=Settings().site)


def _address(account: Account, timeboard: str) -> str:
    """The timeboard with the history in it, moving on."""
    until = int(time.time())
    url = account.call("get_dashboard", dashboard_id=timeboard)["url"]
    return f"{account.page}{url}?from_ts={(until - HISTORY_S) * 1000}&to_ts={until * 1000}&live=true"


def _show(demo: Demo, address: str, link: str, open_page: bool) -> None:
    terminal.console().print(
        f"\nThe timeboard: {address}\n"
        f"The same for anyone on this machine, without the rest (my-metric share): {link}\n"
        f"The traced app: {demo.app.url}    its service: {demo.service_page}\n"
        f"How often the check runs: {demo.work}/conf.d/my_metric.d/conf.yaml (edit it, and watch)\n"
        "Ctrl-C stops everything.",
        soft_wrap=True,
    )
    if open_page:
        terminal.browse(address)


def _once_each() -> Callable[[str], None]:
    """Says each line of the agent's log, without its time and the first time alone: a failing check says the same each 15 s."""
    shown: set[str] = set()

    def tell(line: str) -> None:
        text = " | ".join(line.split(" | ")[2:]) or line
        if text not in shown:
            shown.add(text)
            terminal.say(f"  agent: {text}")

    return tell
