"""datadogpy's own integration suite, live against a doghouse."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from scripts.fidelity.client import CACHE, base_python
from scripts.fidelity.houses import Target
from scripts.fidelity.live.environment import variables

from .outcome import Outcome

VERSION = "0.56.0"
NAME = f"datadogpy {VERSION}"
WANTED = ("pytest<9", "pytest-vcr==1.0.2", "vcrpy<9", "freezegun", "python-dateutil", "mock", "requests", "pyyaml")
TIMEOUT_S = 900
# Cases that cannot pass, and why.
ELSEWHERE = "another product of Datadog's"
EXPECTED = {
    "test_embed_crud": f"embeds: {ELSEWHERE}",
    "test_get_all_embeds": f"embeds: {ELSEWHERE}",
    "test_user_crud": f"users: {ELSEWHERE}",
    "test_roles_crud": f"roles: {ELSEWHERE}",
    "test_security_monitoring_rules": f"security: {ELSEWHERE}",
    "test_security_monitoring_signals": f"security: {ELSEWHERE}",
    "test_screenboard": "boards of `/api/v1/screen`, which Datadog gave up for dashboards, are not served",
    "test_monitor_validate": "wants the words of 2020, `… is invalid`; since 2022 Datadog adds `: invalid operator specified: `",
}


def datadogpy(house: Target) -> Iterator[Outcome]:
    """Each test of the suite."""
    with tempfile.TemporaryDirectory(prefix="clients-") as folder:
        suite = _unpacked(Path(folder))
        report = Path(folder) / "report.xml"
        environment = variables(
            DD_TEST_CLIENT_API_KEY=house.api_key,
            DD_TEST_CLIENT_APP_KEY=house.app_key,
            DD_TEST_CLIENT_USER="you@example.com",
            DATADOG_HOST=house.url,
        )
        options = ["-q", "-p", "no:cacheprovider", "-W", "ignore", "--vcr-record=all", f"--junitxml={report}"]
        done = subprocess.run(
            [_interpreter(), "-m", "pytest", *options, "tests/integration/api/test_api.py"],
            cwd=suite,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        if not report.is_file():
            sys.exit(f"clients: datadogpy's suite did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        for case in ElementTree.parse(report).iter("testcase"):
            yield _outcome(case)


def _outcome(case: ElementTree.Element) -> Outcome:
    name = case.get("name", "")
    failure = next((element for kind in ("failure", "error") if (element := case.find(kind)) is not None), None)
    if failure is not None:
        why = EXPECTED.get(name)
        message = " ".join((failure.get("message") or "").split())[:200]
        return Outcome(NAME, name, "failed", why or message, expected=why is not None)
    return Outcome(NAME, name, "passed" if case.find("skipped") is None else "not run")


def _interpreter() -> Path:
    """Its environment, made on first use."""
    folder = CACHE / "datadogpy"
    done = folder / "made"
    requirements = (f"datadog=={VERSION}", *WANTED)
    if not done.is_file() or done.read_text() != "\n".join(requirements):
        subprocess.run([base_python(), "-m", "venv", "--clear", str(folder)], check=True, stdout=sys.stderr)
        _pip(folder, "install", *requirements)
        done.write_text("\n".join(requirements))
    return folder / "bin" / "python"


def _unpacked(folder: Path) -> Path:
    """The source distribution without its recordings, waiting 1 s instead of 10 between two tries."""
    _interpreter()
    archive = CACHE / f"datadog-{VERSION}.tar.gz"
    if not archive.is_file():
        _pip(
            CACHE / "datadogpy",
            "download",
            "--no-deps",
            "--no-binary",
            "datadog",
            "-d",
            str(CACHE),
            f"datadog=={VERSION}",
        )
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    suite = folder / f"datadog-{VERSION}"
    for recording in (suite / "tests" / "integration" / "api" / "cassettes").iterdir():
        recording.unlink()
    settings = suite / "tests" / "integration" / "conftest.py"
    settings.write_text(re.sub(r"WAIT_TIME = \d+", "WAIT_TIME = 1", settings.read_text()))
    return suite


def _pip(folder: Path, *words: str) -> None:
    command = [folder / "bin" / "python", "-m", "pip", words[0], "-q", "--disable-pip-version-check", *words[1:]]
    subprocess.run(command, check=True, stdout=sys.stderr)


CLIENTS = {"datadogpy": datadogpy}
