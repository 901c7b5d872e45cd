"""The built wheel against what `agent integration install` asks of one.

Read in datadog-agent's cmd/agent/subcommands/integrations/command.go.
"""

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from datadog_checks.base import AgentCheck
from datadog_checks.my_metric import __version__

from .common import ROOT

AGENT_PYTHONS = ("3.13.0", "3.13.18")  # Agent 7.72 and later


def build(folder: Path) -> Path:
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder))))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


@pytest.fixture(scope="module")
def metadata_text(wheel: Path, names: list[str]) -> str:
    """What the Agent reads: the first entry of the archive whose name ends in METADATA."""
    return zipfile.ZipFile(wheel).read(next(name for name in names if name.endswith("METADATA"))).decode()


@pytest.fixture(scope="module")
def metadata(metadata_text: str) -> Message:
    return Parser().parsestr(metadata_text)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as pip does."""
    folder = tmp_path_factory.mktemp("site-packages")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def test_the_file_is_named_as_the_downloader_looks_for_it(wheel: Path) -> None:
    assert wheel.name == f"datadog_my_metric-{__version__}-py3-none-any.whl"


def test_the_package_is_named_as_the_command_accepts_it(metadata_text: str) -> None:
    assert re.search(r"Name: (\S+)", metadata_text)[1] == "datadog-my-metric"
    assert re.fullmatch(r"datadog-.*", "datadog-my-metric")


def test_the_version_has_three_parts_and_is_the_modules(metadata: Message) -> None:
    assert metadata["Version"] == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:[a-zA-Z]+\d*)?", metadata["Version"])


def test_it_depends_on_the_base_package_alone(metadata: Message) -> None:
    required = [Requirement(text) for text in metadata.get_all("Requires-Dist", [])]

    assert [requirement.name for requirement in required if not requirement.marker] == ["datadog-checks-base"]


def test_every_bound_on_the_base_package_is_one_that_the_agent_can_compare(metadata_text: str) -> None:
    (line,) = [line for line in metadata_text.splitlines() if "Requires-Dist: datadog-checks-base" in line]
    bounds = re.findall(r"([><=!~]{1,3})([0-9.]*)", line)

    assert bounds
    for operator, version in bounds:
        assert operator in ("<", "<=", ">", ">=", "==", "!=")
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


@pytest.mark.parametrize("version", AGENT_PYTHONS)
def test_the_agents_python_is_accepted(metadata: Message, version: str) -> None:
    assert SpecifierSet(metadata["Requires-Python"]).contains(version)


def test_the_one_configuration_file_copied_to_conf_d_does_not_start_the_check(names: list[str]) -> None:
    data = [Path(name).name for name in names if name.startswith("datadog_checks/my_metric/data/")]

    assert data == ["conf.yaml.example"]
    assert re.fullmatch(r"[\w_]+\.yaml.*", data[0])


def test_the_wheel_holds_the_interval(installed: Path) -> None:
    shipped = yaml.safe_load((installed / "datadog_checks/my_metric/data/conf.yaml.example").read_text())

    assert shipped["instances"] == [{"min_collection_interval": 45}]


def test_the_namespace_package_is_left_to_the_base_package(names: list[str]) -> None:
    assert "datadog_checks/my_metric/__init__.py" in names
    assert "datadog_checks/__init__.py" not in names
    assert {name.split("/")[0] for name in names} == {"datadog_checks", f"datadog_my_metric-{__version__}.dist-info"}


def test_the_module_exports_exactly_one_check() -> None:
    import datadog_checks.my_metric as module

    checks = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, AgentCheck)]

    assert [check.__name__ for check in checks] == ["MyMetricCheck"]


def test_the_check_runs_from_the_unpacked_wheel(installed: Path) -> None:
    program = (
        "import datadog_checks.my_metric as m; print(m.__file__); "
        "from datadog_checks.base.stubs import aggregator; "
        "assert m.MyMetricCheck('my_metric', {}, [{}]).run() == ''; "
        "print(aggregator.metrics('my_metric')[0].name)"
    )
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-c", program]

    ran = subprocess.run(command, capture_output=True, text=True, cwd=installed, env=environment, check=False)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [str(installed / "datadog_checks/my_metric/__init__.py"), "my_metric"]


def test_two_builds_are_the_same_to_the_last_byte(tmp_path: Path) -> None:
    first, two = (hashlib.sha256(build(tmp_path / name).read_bytes()).hexdigest() for name in ("one", "two"))

    assert first == two
