"""Which thing of BASE is which of HEAD."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from operator import attrgetter
from typing import Generic, TypeVar

from msgspec import Struct

Item = TypeVar("Item")

# What two things must share to be a pair, in the order in which it is tried: id, resource address, file, name. More than one thing may have an id or a
# name, so that each is first asked for together with what else tells them apart.
STAGES = (
    ("id", "file", "place"), ("id", "name"), ("id",),
    ("folder", "address"), ("address",),
    ("file", "name", "place"), ("file", "name"), ("file", "asks"), ("file", "place"),
    ("name", "asks"), ("name",),
)  # fmt: skip
_MAY_BE_EMPTY = frozenset({"file", "folder", "place"})  # the only thing of the only file has neither


class Traits(Struct, frozen=True):
    """What a thing is known by: `file` and `folder` relative to what was named, `place` where it stands in the file (`[2]`), `address` as a resource.

    `asks` is what it does whatever it is called (a monitor's query). Empty: it has none.
    """

    id: str = ""
    address: str = ""
    folder: str = ""
    file: str = ""
    place: str = ""
    name: str = ""
    asks: str = ""


class Pair(Struct, Generic[Item], frozen=True):
    """What it was and what it is; None before for a new one, None after for one that is gone."""

    before: Item | None
    after: Item | None


def pairs(
    before: Sequence[Item], after: Sequence[Item], traits: Callable[[Item], Traits], same: Callable[[Item, Item], bool]
) -> list[Pair[Item]]:
    """Each thing of `after`, in its order, with what it was before, then those that are gone. What is the `same` in the same place is paired at once."""
    known = [traits(item) for item in before], [traits(item) for item in after]
    unpaired = dict.fromkeys(range(len(before))), dict.fromkeys(range(len(after)))
    partners: dict[int, int] = {}

    def pair(of_before: int, of_after: int) -> None:
        partners[of_after] = of_before
        del unpaired[0][of_before], unpaired[1][of_after]

    for i, j in _unique(unpaired, known, ("file", "place")):
        if known[0][i].id == known[1][j].id and same(before[i], after[j]):
            pair(i, j)
    for names in STAGES:
        for i, j in _unique(unpaired, known, names):
            pair(i, j)
    paired = [Pair(before[partners[j]] if j in partners else None, item) for j, item in enumerate(after)]
    return [*paired, *(Pair(before[i], None) for i in unpaired[0])]


def _unique(
    unpaired: tuple[dict[int, None], dict[int, None]], known: tuple[list[Traits], list[Traits]], names: Sequence[str]
) -> list[tuple[int, int]]:
    """What is left of both sides and alone shares the traits of these names."""
    sides: list[dict[Hashable, list[int]]] = [{}, {}]
    value = attrgetter(*names)
    for side, indexes, traits in zip(sides, unpaired, known, strict=True):
        for index in indexes:
            if _has(traits[index], names):
                side.setdefault(value(traits[index]), []).append(index)
    return [
        (mine[0], sides[1][key][0]) for key, mine in sides[0].items() if len(mine) == 1 == len(sides[1].get(key, ()))
    ]


def _has(traits: Traits, names: Sequence[str]) -> bool:
    """Whether a thing has these traits. A resource's place in its file is its address, by which it was looked for already."""
    if "place" in names and traits.address:
        return False
    return all(name in _MAY_BE_EMPTY or getattr(traits, name) for name in names)
