"""The files of a real Agent: written where there is none, merged where there is one, and no key unless told."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from companion.agent_config import without_secrets
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
    assert re.match(r"my-metric: \S+/datadog\.yaml:\d: this is not YAML", ran.err)


def test_a_key_that_stands_twice_is_not_shown_in_the_error(agent_config: MyMetric, tmp_path: Path) -> None:
    (tmp_path / "datadog.yaml").write_text(f"api_key: {KEY}\napi_key: {KEY}\n")
    ran = agent_config("agent-config", str(tmp_path))
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "datadog.yaml:2: this is not YAML: found duplicate key" in ran.err
    assert KEY not in ran.err


def test_nothing_is_written_when_one_file_cannot_be_merged(agent_config: MyMetric, tmp_path: Path) -> None:
    file = tmp_path / "conf.d/my_metric.d/conf.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("init_config:\ninstances: none\n")
    ran = agent_config("agent-config", str(tmp_path))
    assert ran.code == 1
    assert f"{file}:2: instances is not a list" in ran.err
    assert [path for path in tmp_path.rglob("*.yaml") if path.name != "settings.yaml"] == [file]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[{min_collection_interval: 15, tags: [a:b]}]", "[{min_collection_interval: 45, tags: [a:b]}]"),
        ("[{tags: ['#a'], min_collection_interval: '15'}] # fast", "[{tags: ['#a'], min_collection_interval: 45}] # fast"),
    ],
)  # fmt: skip
def test_a_value_is_replaced_within_its_line(agent_config: MyMetric, tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "conf.d/my_metric.d/conf.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"init_config:\ninstances: {before}\n")
    assert agent_config("agent-config", str(tmp_path)).code == 0
    assert file.read_text() == f"init_config:\ninstances: {after}\n"


def test_tags_in_one_text_are_added_to_as_the_agent_reads_them(agent_config: MyMetric, tmp_path: Path) -> None:
    (tmp_path / "datadog.yaml").write_text("tags: team:a env:lab  # ours\n")
    agent_config("agent-config", str(tmp_path))
    assert "tags: team:a env:lab role:web # ours" in re.sub(" +", " ", (tmp_path / "datadog.yaml").read_text())


@pytest.mark.parametrize("indent", ["", "  ", "    "])
def test_lists_and_line_ends_keep_their_style(agent_config: MyMetric, tmp_path: Path, indent: str) -> None:
    file = tmp_path / "datadog.yaml"
    file.write_bytes(f"---\r\ntags: # t\r\n{indent}- team:a\r\n".encode())
    agent_config("agent-config", str(tmp_path))
    held = file.read_bytes().decode()
    assert held.startswith(f"---\r\ntags: # t\r\n{indent}- team:a\r\n{indent}- env:lab\r\n")
    assert held.count("\n") == held.count("\r\n")


def test_what_nobody_has_said_stays_and_what_differs_is_told(agent_config: MyMetric, tmp_path: Path) -> None:
    (tmp_path / "datadog.yaml").write_text("site: datadoghq.eu\nlogs_enabled: false\n")
    ran = agent_config("agent-config", str(tmp_path))
    assert "kept  datadog.yaml: logs_enabled: false stays, where ours is true" in ran.out
    assert read(tmp_path, "datadog.yaml")["site"] == "datadoghq.eu"  # type: ignore[index]
    agent_config("agent-config", str(tmp_path), "--site", "us3.datadoghq.com")
    assert read(tmp_path, "datadog.yaml")["site"] == "us3.datadoghq.com"  # type: ignore[index]


def test_a_key_of_digits_alone_stays_a_text(
    agent_config: MyMetric, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DD_API_KEY", "12345678901234567890123456789012\n")
    file = tmp_path / "datadog.yaml"
    agent_config("agent-config", str(tmp_path), "--write-key")
    file.write_text(file.read_text().replace("12345678901234567890123456789012", "old"))
    agent_config("agent-config", str(tmp_path), "--write-key")
    assert read(tmp_path, "datadog.yaml")["api_key"] == "12345678901234567890123456789012"  # type: ignore[index]


@pytest.mark.parametrize(
    "line",
    [f"api_key: {KEY}", f'  "app_key": "{KEY}"', "password: hunter2 # pw", f"    - {KEY}", "https: http://u:hunter2@proxy"],
)  # fmt: skip
def test_no_secret_is_in_a_line_that_is_shown(line: str) -> None:
    shown = without_secrets(f"+{line}")
    assert "(not shown)" in shown
    assert KEY not in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("line", ["password: <PASSWORD>", "## @param api_key - string - required", "tags: [key:value]"])
def test_what_is_no_secret_is_shown(line: str) -> None:
    assert without_secrets(line) == line


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_what_root_makes_belongs_to_the_owner_of_the_agents_folder(agent_config: MyMetric, tmp_path: Path) -> None:
    """The Agent runs as a user of its own, and could not read a file of root's with mode 0640."""
    folder = tmp_path / "etc"
    folder.mkdir()
    os.chown(folder, 12345, 12346)
    agent_config("agent-config", str(folder))
    assert {(path.stat().st_uid, path.stat().st_gid) for path in folder.rglob("*")} == {(12345, 12346)}
