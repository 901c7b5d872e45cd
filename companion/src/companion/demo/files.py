"""The configuration that the demo gives the agent: the integration's own example, and a PostgreSQL instance in the form of a real Agent's."""

from __future__ import annotations

import importlib.util
import os
import re
import socket
from pathlib import Path

from companion.demo.postgres import AGENT, Database
from companion.problem import Problem

TAGS = ("env:demo", "role:db_pg")  # of the host


def shipped_example() -> Path:
    """`conf.yaml.example` of the integration: the interval that it sets is the one that runs. Raises Problem."""
    spec = importlib.util.find_spec("datadog_checks.my_metric")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        example = Path(folder) / "data/conf.yaml.example"
        if example.exists():
            return example
    raise Problem("the integration my_metric is not installed; make setup does that")


def hostname() -> str:
    """This machine's name as a host's name that Datadog takes."""
    name = re.sub(r"[^A-Za-z0-9.\-]", "-", os.environ.get("DD_HOSTNAME") or socket.gethostname()).strip("-.")
    return name if name and name != "localhost" else "this-machine"


def write(work: Path, database: Database) -> tuple[Path, Path]:
    """conf.d and datadog.yaml under `work`; returns both."""
    conf, datadog_yaml = work / "conf.d", work / "datadog.yaml"
    _write(conf / "my_metric.d/conf.yaml", shipped_example().read_text(encoding="utf-8"))
    _write(
        conf / "postgres.d/conf.yaml",
        "init_config:\n\ninstances:\n"
        f"  - host: 127.0.0.1\n    port: {database.port}\n    username: {AGENT}\n"
        f"    password: {database.passwords[AGENT]}\n    dbname: postgres\n    dbm: false\n",
    )
    tags = "".join(f"  - {tag}\n" for tag in TAGS)
    _write(datadog_yaml, f"hostname: {hostname()}\ntags:\n{tags}")
    return conf, datadog_yaml


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")
