"""The environment that the unmodified client runs in, with the versions that its own tests want."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scripts.fidelity.client import CACHE, VERSION, base_python

WANTED = (
    f"datadog-api-client=={VERSION}",
    *("pytest<8", "pytest-bdd==6.0.1", "pytest-recording<0.14", "urllib3<2.3"),
    *("glom", "jinja2", "python-dateutil", "zstandard", "setuptools<81"),
)


def python() -> Path:
    """Its interpreter; the environment is made on first use."""
    folder = CACHE / "venv"
    done = folder / "made"
    if not done.is_file() or done.read_text() != "\n".join(WANTED):
        print("fidelity: making the client's environment", file=sys.stderr)
        subprocess.run([base_python(), "-m", "venv", "--clear", str(folder)], check=True, stdout=sys.stderr)
        install = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", *WANTED]
        subprocess.run(install, check=True, stdout=sys.stderr)
        done.write_text("\n".join(WANTED))
    return folder / "bin" / "python"


def variables(**own: str) -> dict[str, str]:
    """The process's environment without anything of Datadog's, and with these."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("DD_", "DATADOG_", "PYTEST_"))
    }
    return {**environment, "PYTHONDONTWRITEBYTECODE": "1", "DD_TRACE_ENABLED": "false", **own}
