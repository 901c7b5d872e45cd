"""What the tests share: an account in a real doghouse, and `my-metric` as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from companion.cli import main
from companion.client import Account
from doghouse import running
from doghouse.importing import Keys
from doghouse.running import House

SETTINGS = "email: me@example.org\nhost: web-1\ntimezone: Europe/Berlin\ntags: [env:lab, role:web]\n"


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class MyMetric:
    """`my-metric` in this process, with the settings and the account of a test."""

    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    arguments: tuple[str, ...]

    def __call__(self, *words: str) -> Ran:
        self.patch.setattr("sys.argv", ["my-metric", words[0], *self.arguments, *words[1:]])
        self.capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capture.readouterr()
        return Ran(int(ended.value.code or 0), out, err)

    def with_arguments(self, *arguments: str) -> MyMetric:
        return MyMetric(self.capture, self.patch, (*self.arguments, *arguments))


@pytest.fixture(autouse=True)
def nobodys_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key, site or settings file of the person who runs the tests."""
    for name in ("DD_API_KEY", "DD_APP_KEY", "DD_SITE", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running.serve(tmp_path / "doghouse") as house:
        yield house


@pytest.fixture
def account(house: House) -> Iterator[Account]:
    with Account(Keys(house.api_key, house.app_key), api_url=house.url, site="datadoghq.com") as account:
        yield account


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "settings.yaml"
    file.write_text(SETTINGS)
    return file


@pytest.fixture
def offline(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> MyMetric:
    """`my-metric` without an account."""
    return MyMetric(capsys, monkeypatch, ())


@pytest.fixture
def my_metric(offline: MyMetric, house: House, settings_file: Path) -> MyMetric:
    """`my-metric` against a doghouse of the test's own."""
    return offline.with_arguments(
        "--config", str(settings_file), "--api-url", house.url, "--keys-file", str(house.keys_file)
    )
