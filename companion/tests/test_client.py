"""What is said when a call does not work: what to do, in one sentence, and never a key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from companion import terminal
from companion.client import LIMIT_WAITS, Account, ApiProblem, page_address
from doghouse.importing import Keys
from doghouse.running import House

from .conftest import MyMetric
from .faulty import EVERY, road_to

WRONG = "0123456789abcdef0123456789abcdef"


def test_without_keys_it_says_where_they_come_from(offline: MyMetric) -> None:
    ran = offline("plan")
    assert ran.code == 64
    assert (
        ran.err
        == "my-metric: no keys: set DD_API_KEY and DD_APP_KEY, or name a file that holds them with --keys-file\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"api_key": "a"}', "is not JSON with"),
        ('{"api_key": "", "app_key": "a"}', "api_key in"),
        ('{"api_key": "a", "app_key": null}', "app_key in"),
        ('{"api_key": "sec ret", "app_key": "a"}', "is no key"),
    ],
)
def test_a_keys_file_that_is_none_is_said_so(offline: MyMetric, tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "keys.json"
    if text:
        file.write_text(text)
    ran = offline("plan", "--keys-file", str(file))
    assert ran.code == 64
    assert said in ran.err
    assert "sec" not in ran.err


def test_the_end_of_line_of_a_file_is_no_part_of_a_key(
    offline: MyMetric, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DD_API_KEY", f"{house.api_key}\n")
    monkeypatch.setenv("DD_APP_KEY", f" {house.app_key}\r\n")
    assert offline("plan", "--api-url", house.url).code == 2


@pytest.mark.parametrize(
    "url",
    ["http://[::1", "http://127.0.0.1:99999", "http://u:hunter2@a", "http://a b", "http://a/?b", "a:80", "http://"],
)
def test_an_address_that_is_none_is_wrong_use(offline: MyMetric, house: House, url: str) -> None:
    ran = offline("plan", "--api-url", url, "--keys-file", str(house.keys_file))
    assert (ran.code, ran.err.count("\n")) == (64, 1)
    assert "is not an address such as" in ran.err
    assert "hunter2" not in ran.err


def test_https_where_http_is_spoken_is_said_so(offline: MyMetric, house: House) -> None:
    url = house.url.replace("http:", "https:")
    ran = offline("plan", "--api-url", url, "--keys-file", str(house.keys_file))
    assert ran.code == 1
    assert ran.err.endswith(f"my-metric: list dashboards: {url} does not speak TLS as https asks for; is it http://?\n")


@pytest.mark.parametrize(
    "answer", [b"{}", b"[]", b"null", b'"hello"', b"<html>", b'{"dashboards": [1], "data": {}, "tags": []}', b'[{"a": 1}]']
)  # fmt: skip
def test_what_is_no_api_is_said_so(offline: MyMetric, house: House, answer: bytes) -> None:
    """Whichever of the calls that read gets it."""
    for number in (1, 2, 3, 4):
        with road_to(house.url) as road:
            road.fault, road.broken_call, road.answer = "answer", number, answer
            given = ("--host", "web-1", "--tag", "env:lab", "--keys-file", str(house.keys_file))
            ran = offline("plan", "--api-url", road.url, *given)
        if answer == b"[]" and number == 2:  # no monitors
            continue
        assert (ran.code, ran.err.count("\n")) == (1, 1), ran.err
        assert "is this the address of an API?" in ran.err


def test_a_page_is_taken_for_no_api(offline: MyMetric, house: House) -> None:
    with road_to(f"{house.url}/nowhere") as road:
        ran = offline("plan", "--api-url", road.url, "--keys-file", str(house.keys_file))
    assert (
        ran.err == f"my-metric: list dashboards: {road.url} answered with status 404; is this the address of an API?\n"
    )


def test_a_wrong_api_key_and_a_wrong_application_key_are_told_apart(
    offline: MyMetric, house: House, tmp_path: Path
) -> None:
    for name, said in (("api_key", "the API key is not one of"), ("app_key", "the application key was refused by")):
        keys = {"api_key": house.api_key, "app_key": house.app_key, name: WRONG}
        file = tmp_path / "keys.json"
        file.write_text(json.dumps(keys))
        ran = offline("plan", "--api-url", house.url, "--keys-file", str(file))
        assert ran.code == 1
        assert said in ran.err
        assert ran.err.count("\n") == 1
        for key in (WRONG, house.api_key, house.app_key):
            assert key not in ran.out + ran.err


def test_the_permission_that_is_missing_is_named(house: House) -> None:
    with Account(Keys(house.api_key, WRONG), api_url=house.url) as account:
        with pytest.raises(ApiProblem, match="it is wrong, or lacks the permission dashboards_read; check DD_APP_KEY"):
            account.call("list_dashboards")
        with pytest.raises(ApiProblem, match="lacks the permission monitors_downtime"):
            account.call("list_downtimes")


def test_a_key_that_is_known_and_lacks_a_permission_is_not_called_wrong(house: House) -> None:
    with road_to(house.url) as road:
        road.fault, road.broken_call = "403", 1
        with (
            Account(Keys(house.api_key, house.app_key), api_url=road.url) as account,
            pytest.raises(ApiProblem) as said,
        ):
            account.call("create_monitor", body={})
    assert str(said.value) == (
        "create monitor: the application key (DD_APP_KEY, or the keys file) lacks the permission monitors_write"
        " (Forbidden; Failed permission authorization checks)"
    )


def test_an_address_where_nobody_listens_is_said_so(offline: MyMetric, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DD_API_KEY", WRONG)
    monkeypatch.setenv("DD_APP_KEY", WRONG)
    ran = offline("plan", "--api-url", "http://127.0.0.1:1")
    assert ran.code == 1
    assert ran.err == "my-metric: list dashboards: nothing listens at http://127.0.0.1:1\n"


def test_a_refusal_is_passed_on_in_the_accounts_words(account: Account) -> None:
    with pytest.raises(ApiProblem) as problem:
        account.call("create_dashboard", body={"title": "a", "layout_type": "ordered", "widgets": [], "tags": ["a:b"]})
    assert problem.value.status == 400
    assert "Invalid tag format. Valid tag keys are: team." in str(problem.value)


def test_a_server_that_fails_is_not_taken_for_a_wrong_key(house: House) -> None:
    with road_to(house.url) as road:
        road.fault, road.broken_call = "500", 2  # the call that asks which key is wrong
        account = Account(Keys(house.api_key, WRONG), api_url=road.url)
        with account, pytest.raises(ApiProblem, match=r"^list dashboards: refused: Forbidden$"):
            account.call("list_dashboards")


def test_what_the_server_does_not_evaluate_is_not_asked_for_again(account: Account) -> None:
    with pytest.raises(ApiProblem) as problem:
        account.call("query_metrics", _from=0, to=60, query="forecast(avg:a{*}, 'linear', 1)")
    assert problem.value.status == 501
    assert "run the command again" not in str(problem.value)


def test_a_limit_is_waited_for_as_told(house: House) -> None:
    waits: list[tuple[float, str]] = []
    with road_to(house.url) as road:
        road.fault, road.broken_call = "429", 1
        keys = Keys(house.api_key, house.app_key)
        with Account(keys, api_url=road.url, wait=lambda *told: waits.append(told)) as account:
            assert account.call("list_monitors") == []
    assert waits == [(3.0, f"{road.url} asks us to wait (list monitors)")]


def test_a_limit_that_does_not_end_is_not_waited_for_for_ever(house: House) -> None:
    waits: list[float] = []
    keys = Keys(house.api_key, house.app_key)
    with road_to(house.url) as road:
        road.fault, road.broken_call = "429", EVERY
        account = Account(keys, api_url=road.url, wait=lambda seconds, _: waits.append(seconds))
        with account, pytest.raises(ApiProblem, match="too many requests; the limit is lifted in 3 s"):
            account.call("list_dashboards")
    assert waits == [3.0] * LIMIT_WAITS


def test_keys_are_in_no_repr(house: House, account: Account) -> None:
    keys = Keys(house.api_key, house.app_key)
    assert house.api_key not in repr(keys)
    assert house.api_key not in repr(account)


def test_a_person_looks_at_the_page_of_their_site() -> None:
    assert page_address(None, "datadoghq.com") == "https://app.datadoghq.com"
    assert page_address(None, "datadoghq.eu") == "https://app.datadoghq.eu"
    assert page_address(None, "us3.datadoghq.com") == "https://us3.datadoghq.com"
    assert page_address("http://127.0.0.1:8420", "datadoghq.com") == "http://127.0.0.1:8420"


def test_a_wait_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.count_down(0.01, "http://127.0.0.1 asks us to wait (list monitors)")
    assert capsys.readouterr().err == "http://127.0.0.1 asks us to wait (list monitors): waiting 0 s\n"
