"""deploy/docker-compose.yaml, as far as it can be read without an engine."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = Path(__file__).parents[3] / "deploy/docker-compose.yaml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
DOCKERFILE = FILE.parent / "doghouse/Dockerfile"
IMAGE = dict(
    re.findall(r"(?m)^([A-Z]+) (.+)$", DOCKERFILE.read_text().replace("\\\n", "").partition("FROM ${PYTHON}\n")[2])
)


def dockerfile(build: dict[str, str]) -> str:
    inline = build.get("dockerfile_inline")
    return inline if inline is not None else (FILE.parent / build["context"] / build["dockerfile"]).read_text()


def test_the_agent_the_database_the_app_and_if_wanted_a_doghouse() -> None:
    assert set(SERVICES) == {"agent", "postgres", "app", "doghouse"}
    assert SERVICES["doghouse"]["profiles"] == ["doghouse"]
    assert all("profiles" not in service for name, service in SERVICES.items() if name != "doghouse")


def test_the_agent_runs_the_shipped_configuration_of_the_installed_wheel() -> None:
    agent = SERVICES["agent"]
    build = agent["build"]["dockerfile_inline"]
    assert "FROM datadog/agent:7" in build
    assert "agent integration install -r -w" in build
    mounted = [volume.split(":") for volume in agent["volumes"] if "my_metric.d" in volume]
    assert [target for _, target, _ in mounted] == ["/etc/datadog-agent/conf.d/my_metric.d/conf.yaml"]
    assert (FILE.parent / mounted[0][0]).is_file()


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_copied_into_an_image_is_there(name: str) -> None:
    build = SERVICES[name].get("build")
    for source in re.findall(r"(?m)^\s*COPY (?!--from)(\S+)", dockerfile(build)) if build else []:
        assert (FILE.parent / build["context"] / source).exists()


def test_nothing_is_reachable_from_outside() -> None:
    assert all(service["network_mode"] == "host" and "ports" not in service for service in SERVICES.values())
    assert "listen_addresses=127.0.0.1" in SERVICES["postgres"]["command"]
    assert SERVICES["agent"]["environment"]["DD_BIND_HOST"] == "127.0.0.1"
    assert "--host" not in str(SERVICES["doghouse"]) + IMAGE["CMD"]  # its default is 127.0.0.1


def test_each_service_says_whether_it_is_well_and_is_waited_for() -> None:
    """The Agent's image brings a check of its own, and so does doghouse's."""
    brought = ("agent", "doghouse")
    assert all("test" in service["healthcheck"] for name, service in SERVICES.items() if name not in brought)
    assert IMAGE["HEALTHCHECK"]
    waited = SERVICES["agent"]["depends_on"]
    assert {name: one["condition"] for name, one in waited.items()} == dict.fromkeys(waited, "service_healthy")
    assert waited["doghouse"]["required"] is False


def test_no_key_stands_in_it_and_no_registry() -> None:
    text = FILE.read_text()
    assert not re.search(r"\b[0-9a-f]{32,40}\b", text)
    assert set(re.findall(r"(\w+_KEY): (.*)", text)) == {
        ("DD_API_KEY", "${DD_API_KEY:?set DD_API_KEY to the API key of your organisation, or of the doghouse}"),
        ("DOGHOUSE_API_KEY", "${DD_API_KEY:-}"),
        ("DOGHOUSE_APP_KEY", "${DD_APP_KEY:-}"),
    }
    for image in re.findall(r"(?m)^\s*(?:FROM|image:) (\S+)", text):
        assert "." not in image.split("/")[0].split(":")[0], f"{image} names a registry"


def test_the_image_of_doghouse_has_no_root_and_can_write_its_data_alone() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", IMAGE["USER"])
    doghouse = SERVICES["doghouse"]
    assert (doghouse["read_only"], doghouse["cap_drop"], doghouse["tmpfs"]) == (True, ["ALL"], ["/tmp"])
    assert f"chown {IMAGE['USER']} {IMAGE['VOLUME']}" in DOCKERFILE.read_text()


def test_what_the_image_runs_serves_and_its_health_check_tells_well_from_ill(tmp_path: Path) -> None:
    """The commands of the image as they stand, but for the port and the folder, which are others here."""
    command = [*json.loads(IMAGE["ENTRYPOINT"]), *json.loads(IMAGE["CMD"])]
    check = json.loads(IMAGE["HEALTHCHECK"].partition("CMD ")[2])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    here = {"/data": str(tmp_path / "data"), "8420": port}
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def is_well() -> bool:
        words = [word.replace("8420", port) for word in check]
        return subprocess.run(words, env=env, stderr=subprocess.DEVNULL, timeout=60, check=False).returncode == 0

    assert not is_well()
    with subprocess.Popen(
        [*(here.get(word, word) for word in command), "--json"], env=env, stdout=subprocess.PIPE
    ) as house:
        assert house.stdout is not None
        assert json.loads(house.stdout.readline())["url"].endswith(port)  # when requests are accepted
        assert is_well()
        house.send_signal(signal.SIGTERM)
        assert house.wait(60) == 0
