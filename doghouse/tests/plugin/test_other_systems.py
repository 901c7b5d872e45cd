"""The light core where Linux's own things are missing, as on Windows, and where text is not UTF-8 by itself.

It is a simulation: modules and names that only Unix has are taken away. `.github/workflows/core.yml` runs the core's tests on the systems themselves.
"""

import json
import os
import subprocess
import sys

import pytest

# The modules that Python's library has on Unix alone, and what of `os`, `select` and `signal` Windows lacks.
MODULES = ("curses", "fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
NAMES = {
    "os": ("O_NONBLOCK", "chown", "fork", "getegid", "geteuid", "getgid", "getuid", "mkfifo", "nice"),
    "select": ("epoll", "poll"),
    "signal": ("SIGALRM", "SIGHUP", "SIGUSR1"),
}
PROGRAM = f"""
import os, select, signal, sys, warnings
warnings.filterwarnings("error", category=EncodingWarning, module=r"doghouse\\.")
for name in {(*MODULES, "platformdirs")!r}:  # the light core has no platformdirs
    sys.modules[name] = None
for module, names in {NAMES!r}.items():
    for name in names:
        delattr(sys.modules[module], name)
from doghouse import cli
cli.main()
"""
MONITOR = {
    "type": "metric alert",
    "name": "cpu → hoch",
    "query": "avg(last_5m):avg:m{*} by {host} > 90",
    "message": "Ü @ops@example.com",
    "options": {"new_host_delay": 0},
}
TESTS = 'monitor: m.json\nstart: 2026-03-02T10:00Z\ntests:\n  - name: Ü\n    series: {"m{host:a}": 95}\n    transitions: [+1m Alert]\n'


@pytest.fixture
def folder(tmp_path):
    for side, threshold in (("", 90), ("new", 80)):
        (tmp_path / side).mkdir(exist_ok=True)
        body = json.dumps(MONITOR | {"query": MONITOR["query"].replace("90", str(threshold))}, ensure_ascii=False)
        (tmp_path / side / "m.json").write_text(body, encoding="utf-8")
    (tmp_path / "m.test.yaml").write_text(TESTS, encoding="utf-8")
    rows = "".join(f"{1_772_445_600 + 60 * minute},m,95,host:a\n" for minute in range(20))
    (tmp_path / "s.csv").write_text(f"timestamp,metric,value,tags\n{rows}", encoding="utf-8")
    return tmp_path


def run(folder, *arguments, stdin=None, **environment):
    ascii_alone = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-X", "warn_default_encoding", "-W", "ignore::EncodingWarning", "-c", PROGRAM]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder, env=os.environ | ascii_alone | environment, input=stdin, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


HISTORY = ("--series", "s.csv", "--from", "2026-03-02T10:00Z", "--to", "2026-03-02T10:20Z")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--help"], "lint"),
        (["lint", "m.json"], "1 monitor: 1 ok"),
        (["lint", "--explain", "query-syntax"], "query-syntax"),
        (["test", "."], "1 passed, 0 failed"),
        (["backtest", "m.json", *HISTORY], "OK → Alert"),
        (["diff", "m.json", "new/m.json", *HISTORY], "cpu → hoch"),
        (["doctor", "--url", "http://127.0.0.1:9"], "nothing listens"),
    ],
)
def test_every_command_of_the_light_core_runs_without_what_unix_alone_has(folder, arguments, says):
    code, out, err = run(folder, *arguments)
    assert (code, "Traceback" in err) == (0, False), err
    assert says in out


def test_a_recording_is_a_test_that_passes_there(folder):
    assert run(folder, "record", "m.json", *HISTORY, "--out", "r.test.yaml")[0] == 0
    assert run(folder, "test", "r.test.yaml")[1].endswith("1 passed, 0 failed\n")


def test_monitors_come_through_a_pipe_there_too_and_an_empty_one_is_said(folder):
    text = (folder / "m.json").read_bytes()
    assert run(folder, "lint", "-", stdin=text)[:2] == (0, "1 monitor: 1 ok, 0 wrong, 0 not evaluated\n")
    code, _, err = run(folder, "lint", "-", stdin=b"")
    assert (code, "Traceback" in err) == (1, False)


def test_an_encoding_that_is_asked_for_is_kept_and_what_it_lacks_is_escaped(folder):
    code, out, err = run(folder, "backtest", "m.json", *HISTORY, PYTHONIOENCODING="ascii")
    assert (code, err) == (0, "")
    assert "OK \\u2192 Alert" in out
