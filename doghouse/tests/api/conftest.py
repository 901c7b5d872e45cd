from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from served import API_KEY as API_KEY
from served import APP_KEY as APP_KEY
from served import Api, opened

from doghouse.storage import config
from doghouse.time.clock import Clock

NOW = datetime.fromisoformat("2026-03-02T10:00:00Z").timestamp()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def open_api(tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Api]]:
    """Opens the same data folder as often as asked: what was stored must be there again."""
    folder = config.own(tmp_path / "data")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(opened(folder, clock))
    folder.release()


@pytest.fixture
def api(open_api: Callable[[], Api]) -> Api:
    return open_api()
