"""The demo as a person starts it: what it reports, what it survives, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import yaml

from companion.agent_config import shipped_example
from companion.demo import children, files, postgres
from companion.demo.children import Stop, Stopped
from companion.problem import Problem

ENDS_IN_S = 60
MARK = "MY_METRIC_DEMO_TEST"


@dataclass
class Demo:
    """A running demo; its processes are known by a mark in their environment, so that those it lost are found too."""

    process: subprocess.Popen[str]
    mark: str
    out: Path
    err: Path

    def said(self, text: str, seconds: float = 60) -> bool:
        """Whether it says this within so many seconds."""
        return until(lambda: text in self.err.read_text() + self.out.read_text(), seconds)

    def family(self) -> list[psutil.Process]:
        """Every process of this demo that is alive."""
        return [process for process in psutil.process_iter() if environment(process).get(MARK) == self.mark]

    def part(self, *words: str) -> psutil.Process:
        """The part whose command line holds all these words."""
        return next(
            process
            for process in self.family()
            if all(any(word in part for part in process.cmdline()) for word in words)
        )

    def end(self) -> int:
        return self.process.wait(ENDS_IN_S)


def environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}


def until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for temporary files that the database's user can reach, as /tmp is."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Demo]]:
    started: list[Demo] = []

    def start(*words: str) -> Demo:
        mark, out, err = uuid.uuid4().hex, folder / "out", folder / "err"
        with out.open("w") as stdout, err.open("w") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-c", "from companion.cli import main; main()", "demo", *words],
                stdout=stdout, stderr=stderr, text=True, env={**os.environ, MARK: mark, "TMPDIR": str(folder)}, cwd=folder,
            )  # fmt: skip
        started.append(Demo(process, mark, out, err))
        return started[-1]

    yield start
    for demo in started:
        demo.process.kill()
        for process in demo.family():
            process.kill()


def nothing_is_left(demo: Demo, folder: Path) -> bool:
    assert until(lambda: not demo.family(), 60), demo.family()
    assert list(folder.glob("my-metric-demo-*")) == []
    return True


@pytest.mark.slow
def test_once_reports_live_points_every_widget_the_monitor_and_a_picture(
    start: Callable[..., Demo], folder: Path
) -> None:
    demo = start("--once", "--json", "--pictures", str(folder / "pictures"))
    code = demo.process.wait(330)
    err = demo.err.read_text()
    assert code == 0, err
    found = json.loads(demo.out.read_text())
    interval = yaml.safe_load(shipped_example().read_text())["instances"][0]["min_collection_interval"]
    metric = found["my_metric"]
    assert metric["points"] >= 2
    assert 0 <= metric["min"] <= metric["max"] <= 1000
    assert metric["live_spacing_s"]
    assert all(abs(spacing - interval) <= 2 for spacing in metric["live_spacing_s"])
    assert len(found["widgets"]) == 4
    for widget in found["widgets"]:
        assert all(query["points"] is None or query["points"] > 0 for query in widget["queries"])
    assert found["monitor"]["state"] in ("OK", "Warn", "Alert")
    assert found["app"]["hits"] > 0
    assert "simulated" in err
    assert all(Path(picture).read_bytes().startswith(b"\x89PNG") for picture in found["screenshots"])
    assert nothing_is_left(demo, folder)


@pytest.mark.slow
def test_a_database_that_dies_is_seen_and_the_demo_goes_on_and_an_agent_that_dies_ends_it(
    start: Callable[..., Demo], folder: Path
) -> None:
    demo = start("--no-open")
    assert demo.said("Ctrl-C stops everything.")
    (options,) = re.findall(r"For the commands of docs/exercise: (.+)", demo.out.read_text() + demo.err.read_text())
    plan = [children.program("my-metric"), "plan", "--host", files.hostname(), *options.split()]
    assert "none    timeboard" in subprocess.run(plan, capture_output=True, text=True, check=False, timeout=60).stdout
    demo.part("bin/postgres", "-D").kill()
    assert demo.said("PostgreSQL is gone: its check fails from now on")
    assert demo.said("ERROR | postgres")
    assert demo.process.poll() is None
    demo.part("agent", "run").kill()
    assert demo.end() == 1
    assert "my-metric: doghouse agent ended" in demo.err.read_text()
    assert "Traceback" not in demo.err.read_text()
    assert nothing_is_left(demo, folder)


@pytest.mark.parametrize(
    "moment", ["doghouse", "PostgreSQL", "the traced Flask app", "the past four hours", "the agent"]
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_any_moment_of_the_start_leaves_nothing(
    start: Callable[..., Demo], folder: Path, moment: str, number: signal.Signals
) -> None:
    demo = start("--no-open")
    assert demo.said(f"· {moment}")
    demo.process.send_signal(number)
    assert demo.end() == 0
    assert demo.err.read_text().endswith("stopped: no process and no port is left\n")
    assert nothing_is_left(demo, folder)


def test_parts_do_not_outlive_a_demo_that_is_killed(start: Callable[..., Demo]) -> None:
    demo = start("--no-open")
    assert demo.said("· the past four hours")
    demo.process.kill()
    assert until(lambda: not demo.family(), 60), demo.family()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs the database as themselves")
def test_root_runs_the_database_from_a_copy_where_its_own_is_closed_to_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in /root/project/.venv: no other user may look into it."""
    closed, open_ = folder / "closed", folder / "open"
    original = next(postgres.installations())
    installation = postgres.copied(original, closed)
    closed.chmod(0o700)
    open_.mkdir(0o711)
    monkeypatch.setattr(postgres, "installations", lambda: iter([installation]))
    owner = postgres.Owner.choose()
    assert not owner.can_run(installation / "bin/postgres")
    found = postgres.programs(owner, open_)
    assert found.is_relative_to(open_)
    assert owner.can_run(found / "initdb")


def test_a_part_that_does_not_start_is_named_with_its_last_words() -> None:
    child = children.start("the part", [sys.executable, "-c", "import sys; sys.exit('no such luck')"])
    with pytest.raises(Problem, match="the part did not start: no such luck"):
        child.first_line(Stop(), 60)
    with pytest.raises(Problem, match="the part cannot be started: /nowhere/at/all: No such file"):
        children.start("the part", ["/nowhere/at/all"])


def test_last_words_that_are_not_read_yet_when_a_part_has_ended_are_waited_for() -> None:
    child = children.start("the part", ["sh", "-c", "(sleep 0.3; echo too late >&2) & exit 1"])
    with pytest.raises(Problem, match="the part did not start: too late"):
        child.first_line(Stop(), 60)


def test_a_part_that_says_nothing_is_not_waited_for_for_ever() -> None:
    child = children.start("the part", [sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(Problem, match="was not ready within 0 s"):
        child.first_line(Stop(), 0.2)
    child.stop()
    assert child.ended


def test_a_part_that_does_not_hear_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "GRACE_S", 1)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    )
    child = children.start("the part", [sys.executable, "-c", deaf])
    assert child.first_line(Stop(), 60) == "ready"
    child.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_a_wait_ends_as_soon_as_the_demo_is_to_end() -> None:
    stop = Stop()
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGHUP)
    try:
        stop.listen()
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            stop.wait(60)
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), before, strict=True):
            signal.signal(number, handler)
