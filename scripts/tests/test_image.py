"""The images of deploy/, built and run by the engine that answers here; where none does, that is said (make image ENGINE=debian brings one).

The base is python:3.13-slim where the engine has it or can get it. Where it cannot, it is made of Debian 13's packages, with the same `python` in it
and with this machine's certificates; the rest of the Dockerfiles is as it stands.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from e2e_engine import answers  # noqa: E402

pytestmark = pytest.mark.slow
SERVICES = yaml.safe_load((ROOT / "deploy/docker-compose.yaml").read_text())["services"]
OFFICIAL, OURS = "python:3.13-slim", "doghouse/python:trixie"
DEBIAN = "python3,python3-venv,python3-pip,python-is-python3,ca-certificates"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
BUILD_S, WELL_S = 900, 90
KEYS = {"DOGHOUSE_API_KEY": secrets.token_hex(16), "DOGHOUSE_APP_KEY": secrets.token_hex(20)}
SEND = """
import json, os, sys, time, urllib.request
point = {"metric": "kept", "points": [[int(time.time()), 7]]}
request = urllib.request.Request("http://127.0.0.1:8420/api/v1/series", json.dumps({"series": [point]}).encode(),
    {"DD-API-KEY": os.environ["DOGHOUSE_API_KEY"], "Content-Type": "application/json"})
print(urllib.request.urlopen(request).status)
"""
ASK = """
import json, os, time, urllib.request
now = int(time.time())
request = urllib.request.Request(f"http://127.0.0.1:8420/api/v1/query?from={now - 600}&to={now + 60}&query=max:kept{{*}}",
    headers={"DD-API-KEY": os.environ["DOGHOUSE_API_KEY"], "DD-APPLICATION-KEY": os.environ["DOGHOUSE_APP_KEY"]})
print([value for series in json.load(urllib.request.urlopen(request))["series"] for _, value in series["pointlist"] if value])
"""


def run(*words: object, text: str | None = None) -> str:
    """What a command prints; its last lines where it fails."""
    command, env = [str(word) for word in words], os.environ | KEYS
    done = subprocess.run(
        command, cwd=ROOT, env=env, input=text, capture_output=True, text=True, timeout=BUILD_S, check=False
    )
    assert done.returncode == 0, f"{' '.join(command[:3])}: {(done.stdout + done.stderr)[-3000:]}"
    return done.stdout.strip()


def succeeds(*words: object) -> bool:
    return (
        subprocess.run([str(word) for word in words], capture_output=True, timeout=BUILD_S, check=False).returncode == 0
    )


def built(name: str, *words: str, text: str | None = None) -> str:
    """The name of an image of this repository, once it is built."""
    run("docker", "build", "-q", "--network", "host", "-t", name, *words, ".", text=text)
    return name


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    if shutil.which("docker") is None or not answers({}):
        pytest.skip("no Docker engine answers; make image ENGINE=debian")
    for image in (OFFICIAL, OURS):
        if succeeds("docker", "image", "inspect", image):
            return image
    if succeeds("docker", "pull", OFFICIAL):
        return OFFICIAL
    if shutil.which("mmdebstrap") is None:
        pytest.skip(f"{OFFICIAL} cannot be had here, and mmdebstrap is missing")
    tar = tmp_path_factory.mktemp("base") / "base.tar"
    files = [file for file in (CERTIFICATES, Path("/etc/pip.conf")) if file.exists()]
    hooks = [f"--customize-hook=copy-in {file} {file.parent}" for file in files]
    run("mmdebstrap", "--quiet", "--variant=minbase", f"--include={DEBIAN}", *hooks, "trixie", tar)
    as_official = f"ENV SSL_CERT_FILE={CERTIFICATES} PIP_BREAK_SYSTEM_PACKAGES=1 UV_BREAK_SYSTEM_PACKAGES=1"  # its Python is nobody else's
    run("docker", "import", "--change", as_official, tar, OURS)
    return OURS


@pytest.fixture(scope="module")
def image(base: str) -> str:
    """The image of doghouse, by its Dockerfile."""
    return built("doghouse/doghouse:test", "--build-arg", f"PYTHON={base}", "-f", "deploy/doghouse/Dockerfile")


def started(image: str) -> str:
    """A container as compose starts it, but with a network of its own that leads nowhere, so that no port of this machine is taken."""
    service = SERVICES["doghouse"]
    assert service["read_only"]
    limits = [
        "--read-only",
        *(f"--tmpfs={place}" for place in service["tmpfs"]),
        *(f"--cap-drop={name}" for name in service["cap_drop"]),
        *(f"--security-opt={name}" for name in service["security_opt"]),
    ]
    return run("docker", "run", "-d", "--network", "none", *limits, *(f"-e{name}" for name in KEYS), image)


def state(container: str) -> str:
    return run("docker", "inspect", "--format", "{{.State.Health.Status}}", container)


def becomes(container: str, expected: str) -> bool:
    until = time.monotonic() + WELL_S
    while state(container) != expected:
        if time.monotonic() > until:
            return False
        time.sleep(0.5)
    return True


@pytest.fixture
def house(image: str) -> Iterator[str]:
    container = started(image)
    try:
        assert becomes(container, "healthy"), run("docker", "logs", container)
        yield container
    finally:
        run("docker", "rm", "-f", "-v", container)


def test_it_runs_without_root_and_can_write_its_data_alone(house: str) -> None:
    assert run("docker", "exec", house, "id", "-u") == "10001"
    processes = run("docker", "top", house, "-eo", "uid,pid").splitlines()[1:]
    assert {line.split()[0] for line in processes} == {"10001"}
    for place, writes in (("/data", True), ("/tmp", True), ("/opt/doghouse", False), ("/", False), ("/etc", False)):
        assert succeeds("docker", "exec", house, "touch", f"{place}/x") == writes, place
    assert run("docker", "exec", house, "stat", "-c", "%a", "/data") == "700"


def test_what_was_acknowledged_outlives_a_kill_and_no_key_is_logged(house: str) -> None:
    assert run("docker", "exec", house, "python", "-c", SEND) == "202"
    run("docker", "kill", house)
    run("docker", "start", house)
    assert becomes(house, "healthy")
    assert run("docker", "exec", house, "python", "-c", ASK) == "[7.0]"
    logged = run("docker", "logs", house)
    assert "doghouse at http://127.0.0.1:8420" in logged
    assert not [name for name, key in KEYS.items() if key in logged]


def test_its_health_check_says_that_nothing_answers(image: str) -> None:
    quick = ("--health-interval=1s", "--health-start-period=1s", "--health-retries=1")
    container = run("docker", "run", "-d", "--network", "none", *quick, "--entrypoint=sleep", image, "600")
    try:
        assert becomes(container, "unhealthy")
    finally:
        run("docker", "rm", "-f", "-v", container)


@pytest.mark.parametrize(
    ("service", "stage", "command"), [("app", "", "my-metric app --help"), ("agent", "wheel", "ls /wheels")]
)
def test_what_compose_builds_of_this_repository_is_built_and_runs(
    base: str, service: str, stage: str, command: str
) -> None:
    """The Agent's image as far as it needs no Agent: the wheel of my_metric."""
    written = SERVICES[service]["build"]["dockerfile_inline"].replace(OFFICIAL, base)
    text = written.partition("FROM datadog/agent")[0]
    target = ["--target", stage] if stage else []
    name = built(f"doghouse/{service}:test", *target, "-f", "-", text=text)
    printed = run("docker", "run", "--rm", "--network", "none", "--entrypoint", "", name, *command.split())
    assert re.search(r"Usage: my-metric app|datadog_my_metric-.*\.whl", printed)
