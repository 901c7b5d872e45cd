"""The files of a real Agent: written where there is none, merged where there is one, and no key unless told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from datadog_checks import my_metric as integration

from .conftest import MyMetric

KEY = "0123456789abcdef0123456789abcdef"
MINE = """\
# my own file
api_key: fedcba9876543210fedcba9876543210  # secret
tags:
# the team's
- team:a   # a
process_config:
  enabled: 'true'  # keep
"""


@pytest.fixture
def agent_config(offline: MyMetric, settings_file: Path) -> MyMetric:
    return offline.with_arguments("--config", str(settings_file))


def read(folder: Path, name: str) -> object:
    return yaml.safe_load((folder / name).read_text())


def test_an_empty_folder_gets_every_file(agent_config: MyMetric, tmp_path: Path) -> None:
    assert agent_config("agent-config", str(tmp_path / "etc")).code == 0
    folder = tmp_path / "etc"
    main = read(folder, "datadog.yaml")
    assert main == {
        "site": "datadoghq.com",
        "hostname": "web-1",
        "tags": ["env:lab", "role:web"],
        "logs_enabled": True,
        "apm_config": {"enabled": True},
    }
    assert read(folder, "conf.d/my_metric.d/conf.yaml")["instances"][0]["min_collection_interval"] == 45  # type: ignore[index]
    assert read(folder, "conf.d/postgres.d/conf.yaml")["instances"][0]["username"] == "datadog"  # type: ignore[index]
    assert "GRANT pg_monitor TO datadog" in (folder / "postgres-grants.sql").read_text()


def test_my_metrics_file_is_the_integrations_own_example(agent_config: MyMetric, tmp_path: Path) -> None:
    agent_config("agent-config", str(tmp_path))
    example = Path(integration.__file__).parent / "data/conf.yaml.example"
    assert (tmp_path / "conf.d/my_metric.d/conf.yaml").read_text() == example.read_text()


def test_a_second_run_changes_nothing(agent_config: MyMetric, tmp_path: Path) -> None:
    agent_config("agent-config", str(tmp_path / "etc"))
    ran = agent_config("agent-config", str(tmp_path / "etc"))
    assert ran.out.endswith("is up to date\n")
    assert "+++" not in ran.out


def test_what_was_there_stays_word_for_word(agent_config: MyMetric, tmp_path: Path) -> None:
    (tmp_path / "datadog.yaml").write_text(MINE)
    agent_config("agent-config", str(tmp_path))
    text = (tmp_path / "datadog.yaml").read_text()
    for line in MINE.splitlines():
        assert line in text.splitlines()
    held = yaml.safe_load(text)
    assert held["tags"] == ["team:a", "env:lab", "role:web"]
    assert held["logs_enabled"] is True


def test_an_interval_is_set_in_place_and_nothing_else_is_touched(agent_config: MyMetric, tmp_path: Path) -> None:
    agent_config("agent-config", str(tmp_path))
    file = tmp_path / "conf.d/my_metric.d/conf.yaml"
    before = file.read_text()
    file.write_text(before.replace("min_collection_interval: 45", "min_collection_interval: 15  # fast"))
    ran = agent_config("agent-config", str(tmp_path))
    assert file.read_text() == before.replace("min_collection_interval: 45", "min_collection_interval: 45  # fast")
    assert len(re.findall(r"(?m)^[-+](?![-+])", ran.out)) == 2


def test_settings_of_the_postgres_instance_are_the_persons(agent_config: MyMetric, tmp_path: Path) -> None:
    file = tmp_path / "conf.d/postgres.d/conf.yaml"
    file.parent.mkdir(parents=True)
    file.write_text('init_config:\ninstances:\n  - host: db.example.com   # ours\n    password: "hunter2"\n')
    agent_config("agent-config", str(tmp_path))
    assert "host: db.example.com   # ours" in file.read_text()
    assert yaml.safe_load(file.read_text())["instances"] == [
        {"host": "db.example.com", "password": "hunter2", "port": 5432, "username": "datadog", "dbname": "postgres"}
    ]


def test_a_file_of_comments_alone_keeps_them(agent_config: MyMetric, tmp_path: Path) -> None:
    (tmp_path / "datadog.yaml").write_text("# api_key: here\n# site: there\n")
    agent_config("agent-config", str(tmp_path))
    text = (tmp_path / "datadog.yaml").read_text()
    assert text.startswith("# api_key: here\n# site: there\n")
    assert yaml.safe_load(text)["hostname"] == "web-1"


def test_the_key_is_written_only_when_told_and_shown_never(
    agent_config: MyMetric, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DD_API_KEY", KEY)
    ran = agent_config("agent-config", str(tmp_path))
    assert "api_key" not in (tmp_path / "datadog.yaml").read_text().replace("--write-key", "")
    ran = agent_config("agent-config", str(tmp_path), "--write-key")
    assert yaml.safe_load((tmp_path / "datadog.yaml").read_text())["api_key"] == KEY
    assert KEY not in ran.out + ran.err
    assert "api_key: (not shown)" in ran.out
    assert (tmp_path / "datadog.yaml").stat().st_mode & 0o007 == 0


def test_write_key_without_a_key_is_wrong_use(agent_config: MyMetric, tmp_path: Path) -> None:
    ran = agent_config("agent-config", str(tmp_path), "--write-key")
    assert ran.code == 64
    assert "DD_API_KEY" in ran.err


def test_another_address_is_put_where_each_part_of_the_agent_looks_for_it(
    agent_config: MyMetric, tmp_path: Path
) -> None:
    agent_config("agent-config", str(tmp_path), "--api-url", "http://127.0.0.1:8420")
    held = yaml.safe_load((tmp_path / "datadog.yaml").read_text())
    assert held["dd_url"] == held["logs_config"]["logs_dd_url"] == held["apm_config"]["apm_dd_url"]
    assert held["dd_url"] == "http://127.0.0.1:8420"


def test_a_dry_run_writes_nothing(agent_config: MyMetric, tmp_path: Path) -> None:
    ran = agent_config("agent-config", str(tmp_path / "etc"), "--dry-run")
    assert "+hostname: web-1" in ran.out
    assert not (tmp_path / "etc").exists()


def test_a_file_that_is_not_yaml_is_said_with_its_line(agent_config: MyMetric, tmp_path: Path) -> None:
    (tmp_path / "datadog.yaml").write_text("a: b\nc: [\n")
    ran = agent_config("agent-config", str(tmp_path))
    assert ran.code == 1
    assert re.match(r"my-metric: datadog\.yaml:\d: this is not YAML", ran.err)
