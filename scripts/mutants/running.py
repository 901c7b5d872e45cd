"""The process that runs tests for `make mutants`, in a fork of itself each time: what is changed is imported anew, all else is there already.

It reads requests as lines of JSON from stdin, and answers each with one. {"imports": [names]}: imports these modules, so that no fork has to.
{"tests": [ids], "watch": folder or null, "seconds": n}: runs these tests until one fails, but to the end where a folder is watched. The answer says what
came of it ("noticed", "survived", "not found", "took too long") and which tests failed, and, where a folder is watched, how many seconds each test took, which
lines of the folder's files it ran, and which modules it all needs but those of doghouse and of the tests.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
monitoring = sys.monitoring
TOOL = monitoring.PROFILER_ID
OUTCOMES = {
    pytest.ExitCode.OK: "survived",
    pytest.ExitCode.NO_TESTS_COLLECTED: "survived",
    pytest.ExitCode.USAGE_ERROR: "not found",  # there is no test of that name now, or conftest cannot be imported
}
THREADS = "ddtrace"  # it begins threads as it is imported, which a fork would not have
SLOWER_BY_CLOCK = 2  # how much longer by the clock it may take: what waits for what never comes takes no processor


class Watching:
    """What pytest tells of a run: the tests that failed, and, of a watched folder, what each test took and reached."""

    def __init__(self, folder: str | None) -> None:
        self.folder = folder
        self.failed: list[str] = []
        self.tests: dict[str, dict[str, Any]] = {}
        self.lines: set[tuple[str, int]] = set()
        if folder:
            monitoring.use_tool_id(TOOL, "mutants")
            monitoring.register_callback(TOOL, monitoring.events.LINE, self.line)
            monitoring.set_events(TOOL, monitoring.events.LINE)

    def line(self, code: CodeType, number: int) -> object:
        """A line runs for the first time in this test: the others are of no interest."""
        if self.folder and code.co_filename.startswith(self.folder):
            self.lines.add((code.co_filename, number))
        return monitoring.DISABLE

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.lines.clear()
        began = time.monotonic()
        if self.folder:
            monitoring.restart_events()
        result = yield
        if self.folder:
            self.tests[item.nodeid] = {"seconds": time.monotonic() - began, "lines": sorted(self.lines)}
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def main() -> None:
    for request in map(json.loads, sys.stdin):
        print(json.dumps(imported(request["imports"]) if "imports" in request else forked(request)), flush=True)


def imported(names: list[str]) -> dict[str, int]:
    for name in names:
        with contextlib.suppress(Exception):  # a part of a package that cannot be imported alone
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is there is the same in all forks
    return {"modules": len(names)}


def forked(request: dict[str, Any]) -> dict[str, Any]:
    """Runs the tests in a fork, which has a group of processes and a limit of the processor's seconds of its own."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        process = os.fork()
        if not process:
            os.setpgid(0, 0)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            limit = int(request["seconds"])
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
            try:
                result = run(request["tests"], request["watch"])
            except BaseException as problem:  # doghouse's own plugin of pytest cannot be imported
                result = {"outcome": "noticed", "failed": [], "problem": repr(problem)}
            answer.write_text(json.dumps(result))
            os._exit(0)
        ended = _waited(process, SLOWER_BY_CLOCK * request["seconds"])
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)  # what the tests left behind
        if not ended:
            os.waitpid(process, 0)
        if not answer.exists():
            return {"outcome": "took too long", "failed": []}
        return json.loads(answer.read_text())


def _waited(process: int, seconds: float) -> bool:
    """Whether the process has ended within so many seconds."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        if os.waitpid(process, os.WNOHANG)[0]:
            return True
        time.sleep(0.01)
    return False


def run(tests: list[str], watch: str | None) -> dict[str, Any]:
    watching = Watching(watch)
    plugins = [f"-pno:{name}" for name in ("cacheprovider", "cov", "xdist", "ddtrace")]
    options = ["-q", *plugins, "-m", "not slow and not browser"]
    code = pytest.main([*options, *([] if watch else ["-x"]), *tests], plugins=[watching])
    answer = {"outcome": OUTCOMES.get(code, "noticed"), "failed": watching.failed}
    return {**answer, "tests": watching.tests, "modules": _needed()} if watch else answer


def _needed() -> list[str]:
    """The modules of Python and of packages that were imported, in their order."""
    places = tuple(str(Path(place)) for place in sys.path if "site-packages" in place or "lib/python" in place)
    return [
        name
        for name, module in sys.modules.items()
        if str(getattr(module, "__file__", "")).startswith(places) and not name.startswith(THREADS)
    ]


if __name__ == "__main__":
    main()
