"""`make fidelity ARGS=--account`, with a second server that plays the account."""

from pathlib import Path

import httpx
import pytest

from scripts.fidelity import account, houses, outside
from scripts.fidelity.client import Client

NO_CASES = Client(Path("nowhere"))  # none of whose recordings is read


@pytest.fixture(autouse=True)
def no_keys_of_mine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DD_API_KEY", "DD_APP_KEY", "DD_SITE"):
        monkeypatch.delenv(name, raising=False)


def test_without_keys_nothing_is_sent() -> None:
    with pytest.raises(SystemExit, match="DD_API_KEY and DD_APP_KEY"):
        account.keys()


def test_an_account_that_is_a_doghouse_differs_in_nothing_and_has_nothing_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with houses.doghouse() as playing, houses.doghouse() as house:
        monkeypatch.setenv("DD_API_KEY", playing.api_key)
        monkeypatch.setenv("DD_APP_KEY", playing.app_key)
        differences = list(account.compare(NO_CASES, outside.read(), house, playing.url, 0))
        assert account.table(differences) == "The account and doghouse answered the same."
        boards = httpx.get(f"{playing.url}/api/v1/dashboard", headers=playing.headers).json()
        downtimes = httpx.get(f"{playing.url}/api/v2/downtime", headers=playing.headers).json()
        assert boards == {"dashboards": []}
        assert downtimes["data"]
        assert {downtime["attributes"]["status"] for downtime in downtimes["data"]} <= {"canceled", "ended"}


def test_each_refusal_that_the_account_does_not_make_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DD_API_KEY", "a" * 32)
    monkeypatch.setenv("DD_APP_KEY", "b" * 40)
    monkeypatch.setattr(account, "WAIT_S", 0)
    with houses.constant() as playing, houses.doghouse() as house:
        differences = list(account.compare(NO_CASES, outside.read(), house, playing.url, 0))
    rows = {difference.case for difference in differences}
    assert {"notify_by with every key", "a widget off the grid", "a downtime that is over", "queries"} <= rows


def test_only_what_makes_something_or_names_what_the_run_made_is_sent() -> None:
    with httpx.Client() as client:
        side = account.Side("account", client, created=["/api/v1/monitor/12"])
        assert account.may(side, "POST", "/api/v1/monitor")
        assert account.may(side, "DELETE", "/api/v1/monitor/12?force=true")
        assert not account.may(side, "DELETE", "/api/v1/monitor/123")
        assert not account.may(side, "POST", "/api/v1/monitor/mute_all")
        assert not account.may(side, "GET", "/api/v1/monitor")
