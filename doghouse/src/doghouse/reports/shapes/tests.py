"""What `test --json` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec


class Difference(msgspec.Struct, frozen=True):
    """What a test expected at a line of its file, and what there was instead."""

    line: int
    expected: Sequence[str]
    got: Sequence[str]


class UnitTest(msgspec.Struct, frozen=True):
    """A unit test: passed where nothing differs."""

    file: str
    line: int
    name: str
    passed: bool
    differences: Sequence[Difference]
    remarks: Sequence[str] | msgspec.UnsetType = msgspec.UNSET


class Share(msgspec.Struct, frozen=True):
    """How many of how many are reached."""

    reached: int
    of: int


class Missed(msgspec.Struct, frozen=True):
    """What no test reaches: a state, a transition, a side of a message's conditional, or a downtime."""

    kind: str
    text: str


class Covered(msgspec.Struct, frozen=True):
    """A monitor or downtime, how many tests it has, and what none of them reaches of how many things."""

    where: str
    name: str
    tests: int
    of: int
    missed: Sequence[Missed]


class Coverage(msgspec.Struct, frozen=True):
    """What the tests reach; `untested` monitors have none."""

    percent: float
    counts: Mapping[str, Share]
    untested: int
    monitors: Sequence[Covered]
    downtimes: Sequence[Covered]


class UnitTests(msgspec.Struct, frozen=True):
    """What `doghouse test --json` prints. `errors` has a sentence for each file that could not be read; `coverage` is there with --coverage."""

    version: int
    tests: Sequence[UnitTest]
    errors: Sequence[str]
    coverage: Coverage | msgspec.UnsetType = msgspec.UNSET
