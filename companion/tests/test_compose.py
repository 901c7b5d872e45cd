"""deploy/docker-compose.yaml, as far as it can be read without an engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = Path(__file__).parents[2] / "deploy/docker-compose.yaml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]


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
    for source in re.findall(r"(?m)^\s*COPY (?!--from)(\S+)", build["dockerfile_inline"]) if build else []:
        assert (FILE.parent / build["context"] / source).exists()


def test_nothing_is_reachable_from_outside() -> None:
    assert all(service["network_mode"] == "host" and "ports" not in service for service in SERVICES.values())
    assert "listen_addresses=127.0.0.1" in SERVICES["postgres"]["command"]
    assert SERVICES["agent"]["environment"]["DD_BIND_HOST"] == "127.0.0.1"
    assert "--host" not in SERVICES["doghouse"]["command"]  # its default is 127.0.0.1


def test_each_service_says_whether_it_is_well_and_is_waited_for() -> None:
    """The Agent's image brings a check of its own."""
    assert all("test" in service["healthcheck"] for name, service in SERVICES.items() if name != "agent")
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
