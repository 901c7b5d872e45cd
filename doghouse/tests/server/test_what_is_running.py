"""What is running, and whether it keeps up: `doghouse --version`, `/health`, the page of monitors, a metric."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from live_house import living

from doghouse import __version__, release, running
from doghouse.live.lag import METRIC, Lag, is_behind
from doghouse.storage import manifest
from doghouse.storage.config import ConfigError
from doghouse.time.clock import Clock

NOW = 1_772_445_600.0
MONITOR = {"type": "metric alert", "query": "avg(last_5m):avg:m{*} > 90", "name": "n"}


def test_the_command_says_version_commit_and_data_format() -> None:
    done = subprocess.run([sys.executable, "-m", "doghouse", "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(
        rf"doghouse {re.escape(__version__)} \((commit [0-9a-f]{{12}}, )?data format {manifest.FORMAT}\)\n", done.stdout
    )


def test_health_says_the_same(tmp_path: Path) -> None:
    with running.serve(tmp_path, clock=Clock(NOW)) as house:
        said = httpx.get(f"{house.url}/health").json()
    assert said == {
        "status": "ok",
        "version": __version__,
        "commit": release.commit(),
        "data_format": manifest.FORMAT,
        "monitors": {"lag_s": 0.0},
        "warnings": [],
        "keys_file": str(house.keys_file),
    }


@pytest.mark.parametrize("host", ["rebound.example.com", "localhost.example.com", ""])
def test_health_tells_a_page_under_a_foreign_name_no_path(tmp_path: Path, host: str) -> None:
    with running.serve(tmp_path) as house:
        said = httpx.get(f"{house.url}/health", headers={"Host": host})
    assert said.status_code == 200
    assert str(tmp_path) not in said.text


def test_no_commit_is_made_up_for_a_package_inside_another_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(release, "PACKAGE", tmp_path / ".venv" / "doghouse")
    assert release._of_repository() is None


@pytest.mark.parametrize(("number", "age"), [(2, "a newer"), (10**9, "a newer"), (0, "an older"), (-1, "an older")])
def test_a_folder_of_another_format_is_refused_by_its_version(tmp_path: Path, number: int, age: str) -> None:
    with running.serve(tmp_path):
        pass
    written = (tmp_path / manifest.MANIFEST).read_text()
    (tmp_path / manifest.MANIFEST).write_text(written.replace('"format":1', f'"format":{number}'))
    with pytest.raises(ConfigError, match=f"written by {age} doghouse \\(format {number}"), running.serve(tmp_path):
        pass


def test_a_pass_that_takes_its_minute_is_no_lag_and_one_that_takes_longer_adds_up() -> None:
    now = 0.0
    lag = Lag(lambda: now)

    def passing(minute: int, takes: float) -> float:
        nonlocal now
        lag.begin(minute)
        now += takes
        lag.end()
        return lag.now()

    assert [passing(minute, 10) for minute in range(3)] == [10, 10, 10]
    assert [passing(minute, 70) for minute in range(3, 7)] == [70, 80, 90, 100]
    assert not is_behind(passing(8, 5))  # a minute was left out: two minutes' time for what was left
    assert passing(500, 1) == 1  # after a jump of the clock
    assert passing(3, 1) == 2  # and back


def test_the_lag_of_a_pass_that_is_under_way_grows() -> None:
    now = 0.0
    lag = Lag(lambda: now)
    lag.begin(0)
    now = 61
    assert is_behind(lag.now())


def test_a_server_that_does_not_keep_up_says_so_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running.serve(tmp_path, clock=Clock(NOW)) as house, httpx.Client(headers=house.headers) as client:
        client.post(f"{house.url}/api/v1/monitor", json=MONITOR).raise_for_status()
        live = house.app.state.live
        slow = iter([0.0, 130.0])
        monkeypatch.setattr(live._lag, "_clock", lambda: next(slow, 130.0))
        house.clock.set(NOW + 60)
        live.step()
        said = client.get(f"{house.url}/health").json()
        assert said["monitors"]["lag_s"] >= 60
        assert "the monitors are" in said["warnings"][0]
        assert "s behind" in client.get(f"{house.url}/monitors/manage").text
        query = {"query": f"max:{METRIC}{{*}}", "from": int(NOW), "to": int(NOW + 120)}
        [series] = client.get(f"{house.url}/api/v1/query", params=query).json()["series"]
        assert max(value for _, value in series["pointlist"]) >= 60


def test_monitors_that_are_behind_are_all_evaluated_later_and_none_is_left_out(tmp_path: Path) -> None:
    with living(tmp_path) as live:
        for host in ("a", "b", "c"):
            live.points.give([*[1] * 5, *[100] * 5, *[1] * 10], host=host)
        for number in range(4):
            live.monitor("avg(last_5m):avg:m{*} by {host} > 90", f"{number} @ops@example.com")
        live.service.live.step()
        live.clock.set(live.clock.now() + 60 * 19)  # as a pass that took nineteen minutes leaves it
        live.service.live.step()
        triggered = [notification for notification in live.notifications if notification.transition == "Triggered"]
    assert len(triggered) == 4 * 3  # among the minutes that were missed
    assert len({(notification.monitor_id, notification.group) for notification in triggered}) == 4 * 3


def test_databases_in_a_folder_that_others_may_read_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running.serve(folder, clock=Clock(NOW)):
        pass
    (folder / "notes.txt").write_text("mine")
    for path in [folder, *folder.iterdir()]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    with running.serve(folder, clock=Clock(NOW)):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert modes.pop("notes.txt") == 0o644
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}
    assert set(manifest.STORES) <= set(modes)


def test_a_new_doghouse_in_a_folder_that_others_may_read_writes_nothing_that_they_may(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with running.serve(folder, clock=Clock(NOW)):
        open_to_others = [path for path in folder.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []
