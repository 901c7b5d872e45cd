"""Programs that nobody here wrote, as they come from the registry: `dog` (package datadog, version 1 throughout) and `ddogctl` (the official client).

Each makes, reads, changes and deletes a dashboard, a monitor and a downtime.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doghouse import running
from doghouse.running import House

BIN = Path(sys.executable).parent
QUERY = "avg(last_5m):avg:system.load.1{*} > 90"
NOTE = [{"definition": {"type": "note", "content": "hello"}}]
Program = Callable[..., Any]
# The official client takes known sites alone; server 1 of its configuration is any address.
SITECUSTOMIZE = """
import os
from datadog_api_client.configuration import Configuration
Configuration.get_host_from_settings = lambda *_, **__: os.environ["DOGHOUSE_URL"]
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running.serve(tmp_path_factory.mktemp("house")) as made:
        yield made


def run(house: House, command: list[str], **environment: str) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DD_", "DATADOG_"))}
    own = {"DD_API_KEY": house.api_key, "DD_APP_KEY": house.app_key, "HOME": str(house.data), **environment}
    done = subprocess.run(command, env={**kept, **own}, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def dog(house: House) -> Program:
    def call(*words: str) -> Any:
        said = run(house, [str(BIN / "dog"), "--api_host", house.url, "--raw", *words])
        return json.loads(said) if said.strip() else None

    return call


@pytest.fixture
def ddogctl(house: House, tmp_path: Path) -> Program:
    (tmp_path / "sitecustomize.py").write_text(SITECUSTOMIZE)

    def call(*words: str, json_out: bool = True) -> Any:
        command = [str(BIN / "ddogctl"), *words, *(("--format", "json") if json_out else ())]
        said = run(house, command, PYTHONPATH=str(tmp_path), DOGHOUSE_URL=house.url, DD_SITE="datadoghq.com")
        return json.loads(said[min(place for place in map(said.find, "{[") if place >= 0) :]) if json_out else said

    return call


def test_dogshell_makes_reads_changes_and_deletes_a_dashboard(dog: Program) -> None:
    made = dog("dashboard", "post", "from dog", json.dumps(NOTE), "ordered", "--description", "d")
    assert (made["title"], made["description"]) == ("from dog", "d")
    assert dog("dashboard", "show", made["id"]) == made
    changed = dog("dashboard", "update", made["id"], "new title", json.dumps(NOTE), "ordered")
    assert (changed["id"], changed["title"], changed["description"]) == (made["id"], "new title", None)
    dog("dashboard", "delete", made["id"])
    with pytest.raises(AssertionError, match="not found"):
        dog("dashboard", "show", made["id"])


def test_dogshell_makes_reads_changes_and_deletes_a_monitor(dog: Program) -> None:
    made = dog("monitor", "post", "metric alert", QUERY, "--name", "dog", "--message", "m", "--tags", "a:b,c:d")
    number = str(made["id"])
    assert (made["tags"], made["message"]) == (["a:b", "c:d"], "m")
    assert dog("monitor", "show", number)["name"] == "dog"
    changed = dog("monitor", "update", number, "metric alert", QUERY.replace("90", "95"), "--name", "new")
    assert (changed["name"], changed["query"]) == ("new", QUERY.replace("90", "95"))
    muted = dog("monitor", "mute", number)
    assert muted["options"]["silenced"] == {"*": None}
    assert dog("monitor", "unmute", number)["options"]["silenced"] == {}
    assert dog("monitor", "can_delete", number)["data"]["ok"] == [made["id"]]
    dog("monitor", "delete", number)
    assert dog("monitor", "show_all") == []


def test_dogshell_makes_reads_changes_and_cancels_a_downtime(dog: Program, house: House) -> None:
    start = int(house.clock.now()) + 3600
    made = dog("downtime", "post", "env:dog", str(start), "--message", "m", "--end", str(start + 60))
    number = str(made["id"])
    assert (made["scope"], made["active"]) == (["env:dog"], False)
    assert dog("downtime", "show", number)["message"] == "m"
    assert dog("downtime", "update", number, "--message", "new")["message"] == "new"
    dog("downtime", "delete", number)
    assert dog("downtime", "show", number)["canceled"] is not None


def test_dogshell_tags_hosts_posts_metrics_and_events(dog: Program, house: House) -> None:
    dog("metric", "post", "dog.metric", "42", "--host", "dog-host")
    dog("tag", "add", "dog-host", "role:dog")
    assert "role:dog" in dog("tag", "show", "dog-host")["tags"]
    assert dog("search", "query", "metrics:dog.metric")["results"]["metrics"] == ["dog.metric"]
    event = dog("event", "post", "a title", "a text", "--tags", "a:b")["event"]
    assert dog("event", "show", str(event["id"]))["event"]["title"] == "a title"


def test_dogshell_puts_a_dashboard_into_a_list_and_takes_it_out(dog: Program) -> None:
    board = dog("dashboard", "post", "listed", json.dumps(NOTE), "ordered")["id"]
    number = str(dog("dashboard_list", "post", "mine")["id"])
    items = json.dumps([{"type": "custom_timeboard", "id": board}])
    assert dog("dashboard_list", "add_dashboards", number, items)["added_dashboards_to_list"] == json.loads(items)
    assert dog("dashboard_list", "show_dashboards", number)["dashboards"][0]["title"] == "listed"
    assert dog("dashboard_list", "delete_dashboards", number, items)["deleted_dashboards_from_list"] == json.loads(
        items
    )
    assert dog("dashboard_list", "show", number)["dashboard_count"] == 0


def test_dogshell_mutes_a_host(dog: Program) -> None:
    dog("metric", "post", "dog.metric", "42", "--host", "muted-host")
    assert dog("host", "mute", "muted-host", "--message", "m")["action"] == "Muted"
    assert dog("host", "unmute", "muted-host")["action"] == "Unmuted"


@pytest.mark.slow
def test_ddogctl_makes_reads_changes_and_deletes_a_dashboard(ddogctl: Program, tmp_path: Path) -> None:
    file = tmp_path / "board.json"
    file.write_text(json.dumps({"title": "from ddogctl", "layout_type": "ordered", "widgets": NOTE}))
    made = ddogctl("dashboard", "create", "-f", str(file))
    assert ddogctl("dashboard", "get", made["id"])["title"] == "from ddogctl"
    file.write_text(json.dumps({"title": "new title", "layout_type": "ordered", "widgets": NOTE}))
    assert ddogctl("dashboard", "update", made["id"], "-f", str(file))["title"] == "new title"
    assert made["id"] in [one["id"] for one in ddogctl("dashboard", "list")]
    ddogctl("dashboard", "delete", made["id"], "--confirm", json_out=False)
    assert made["id"] not in json.dumps(ddogctl("dashboard", "list"))


@pytest.mark.slow
def test_ddogctl_makes_reads_changes_and_deletes_a_monitor(ddogctl: Program) -> None:
    made = ddogctl("monitor", "create", "--type", "metric alert", "--query", QUERY, "--name", "ctl", "--priority", "2")
    number = str(made["id"])
    assert ddogctl("monitor", "get", number)["name"] == "ctl"
    assert ddogctl("monitor", "update", number, "--name", "new")["name"] == "new"
    assert number in json.dumps(ddogctl("monitor", "list"))
    ddogctl("monitor", "delete", number, "--confirm", json_out=False)
    assert number not in [str(one["id"]) for one in ddogctl("monitor", "list")]


@pytest.mark.slow
def test_ddogctl_makes_reads_changes_and_cancels_a_downtime(ddogctl: Program) -> None:
    made = ddogctl("downtime", "create", "--scope", "env:ctl", "--end", "2h", "--message", "m")
    number = str(made["id"])
    assert ddogctl("downtime", "get", number)["message"] == "m"
    assert ddogctl("downtime", "update", number, "--message", "new")["message"] == "new"
    assert number in json.dumps(ddogctl("downtime", "list"))
    ddogctl("downtime", "delete", number, "--confirm", json_out=False)
    assert ddogctl("downtime", "get", number)["canceled"] is not None
