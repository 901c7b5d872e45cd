from collections.abc import Iterator

import httpx
import pytest

from doghouse import running
from doghouse.running import House
from doghouse.time.clock import Clock


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running.serve(tmp_path_factory.mktemp("house"), clock=Clock(float(1_772_445_600))) as served:
        yield served


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.url, headers=house.headers) as opened:
        yield opened
