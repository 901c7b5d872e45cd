"""The configuration that the demo gives the agent: the integration's own example, and a PostgreSQL instance in the form of a real Agent's."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

from companion.agent_config import shipped_example
from companion.demo.postgres import AGENT, Database
from companion.problem import Problem

TAGS = ("env:demo", "role:db_pg")  # of the host


def hostname() -> str:
    """This machine's name as a host's name that Datadog takes."""
    name = re.sub(r"[^A-Za-z0-9.\-]", "-", os.environ.get("DD_HOSTNAME") or socket.gethostname()).strip("-.")
    return name if name and name != "localhost" else "this-machine"


def write(work: Path, database: Database) -> tuple[Path, Path]:
    """conf.d and datadog.yaml under `work`; returns both. The interval that the integration's example sets is the one that runs. Raises Problem."""
    conf, datadog_yaml = work / "conf.d", work / "datadog.yaml"
    example = shipped_example()
    if example is None:
        raise Problem("the integration my_metric is not installed; make setup does that")
    _write(conf / "my_metric.d/conf.yaml", example.read_text(encoding="utf-8"))
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
