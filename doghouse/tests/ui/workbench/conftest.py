"""A doghouse with a monitor that flaps."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from flapping import FLAPPING, depth
from house import NOW, Served

from doghouse import running
from doghouse.metrics.intake.importing import CONTENT_TYPE, parts
from doghouse.storage.config import Settings
from doghouse.time.clock import Clock


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A doghouse of the module's own, for its monitors are written."""
    folder = tmp_path_factory.mktemp("workbench")
    with running.serve(folder, clock=Clock(NOW), settings=Settings()) as house:
        made = Served(house)
        for part in parts(*depth()):
            assert made.client.post("/doghouse/import", content=part, headers={"Content-Type": CONTENT_TYPE}).is_success
        yield made


@pytest.fixture
def flapping(served: Served) -> Iterator[int]:
    """The id of a monitor that flaps, gone after the test."""
    made = int(served.ok("POST", "/api/v1/monitor", FLAPPING)["id"])
    yield made
    served.client.delete(f"/api/v1/monitor/{made}")
