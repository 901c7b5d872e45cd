"""What `make e2e` says where there is no engine, and how it compares the host's networking. (The run itself is `make e2e ENGINE=debian`.)"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SCRIPTS))

from e2e_engine import command, networking, without_counts  # noqa: E402


def test_without_an_engine_it_says_so_and_what_to_do():
    code = "import e2e_engine\ntry:\n    with e2e_engine.engine(''): print('an engine')\nexcept e2e_engine.NoEngine as reason: print(reason)"
    env = {**os.environ, "DOCKER_HOST": "unix:///nowhere/docker.sock"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=SCRIPTS, env=env, capture_output=True, text=True, check=True
    )
    assert "no Docker engine answers" in done.stdout
    assert "ENGINE=debian" in done.stdout


@pytest.mark.parametrize(("arguments", "code"), [((), 1), (("--optional",), 0)])
def test_only_where_it_is_optional_is_it_no_failure_that_it_was_not_run(arguments, code):
    env = {**os.environ, "DOCKER_HOST": "unix:///nowhere/docker.sock"}
    done = subprocess.run(
        [sys.executable, SCRIPTS / "e2e.py", *arguments], env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("e2e: not run: no Docker engine answers")
    assert done.returncode == code


def test_our_own_engine_makes_no_bridge_and_no_rules():
    line = command(Path("/work"), Path("/cache"), Path("/work/docker.sock"))
    assert {
        "--bridge",
        "none",
        "--iptables=false",
        "--ip6tables=false",
        "--ip-forward=false",
        "--ip-masq=false",
    } <= set(line)
    assert line[line.index("-H") + 1] == "unix:///work/docker.sock"


def test_counters_make_no_difference_between_rules():
    before = "*filter\n:INPUT ACCEPT [5:300]\n:MINE - [1:60]\n-A INPUT -j MINE\nCOMMIT"
    assert without_counts(before) == without_counts(before.replace("[5:300]", "[9:999]").replace("[1:60]", "[2:120]"))


def test_an_empty_table_is_no_rule_but_a_policy_is():
    empty = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\nCOMMIT"
    assert without_counts(empty) == ""
    assert without_counts(empty.replace("FORWARD ACCEPT", "FORWARD DROP")) != ""


def test_the_hosts_networking_is_read_twice_alike():
    first, second = networking(), networking()
    assert {name: without_counts(text) for name, text in first.items()} == {
        name: without_counts(text) for name, text in second.items()
    }
