"""What holds for the tests of all folders: they use what is in shared/ (pytest's importlib mode puts no test folder on the path), and they are patient."""

import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import httpx
import pytest

from doghouse import cli

sys.path.insert(0, str(Path(__file__).parent / "shared"))

# httpx's own patience is five seconds: too few for a server that shares its cores with other tests.
for _asks in (
    httpx.Client.__init__,
    httpx.request,
    *(getattr(httpx, method) for method in ("get", "post", "put", "patch", "delete")),
):
    _asks.__kwdefaults__["timeout"] = httpx.Timeout(60)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first: begun last, one would keep one core busy while the others have nothing to do."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`doghouse` in this process: its exit code, what it printed, and what it said on stderr."""

    def call(*arguments: object, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["doghouse", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        with pytest.raises(SystemExit) as left:
            cli.main()
        return int(left.value.code or 0), *capsys.readouterr()

    return call
