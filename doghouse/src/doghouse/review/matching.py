"""The monitors, downtimes, objectives and rules of two sides as pairs, with what changed of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from msgspec import Struct

from doghouse.importing.things import DowntimeInFile, MonitorInFile, SloInFile
from doghouse.review.fields import FieldChange, changed_fields
from doghouse.review.model import NamedRule, Side
from doghouse.review.pairing import Pair, Traits, pairs

Listed = MonitorInFile | DowntimeInFile | SloInFile | NamedRule
_NUMBER = re.compile(r"\b[0-9]+\b")


class Matched(Struct, frozen=True):
    """A pair with the fields that differ (none where one of both is missing)."""

    before: Any
    after: Any
    fields: Sequence[FieldChange]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed."""
        return self.before is not None and self.after is not None and not self.fields

    @property
    def kind(self) -> str:
        """`new`, `removed`, `renamed` (nothing else changed), `changed`."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "removed"
        return "renamed" if [field.field for field in self.fields] == ["name"] else "changed"


def monitors(base: Side, head: Side) -> list[Matched]:
    """The monitors. A composite whose members only have other ids, which a file that moved gives them, asks the same as before."""
    matches = _pairs(base, head, MonitorInFile)
    ids = {
        str(pair.before.body.get("id")): str(pair.after.body.get("id"))
        for pair in matches
        if pair.before and pair.after
    }
    return [_matched(pair, ids) for pair in matches]


def others(base: Side, head: Side, kind: type[Listed]) -> list[Matched]:
    """The downtimes, objectives or rules."""
    return [_matched(pair, {}) for pair in _pairs(base, head, kind)]


def listed(side: Side, kind: type[Listed]) -> list[Any]:
    """The things of a kind on a side."""
    everything: Sequence[Any] = side.rules if kind is NamedRule else side.things
    return [thing for thing in everything if isinstance(thing, kind)]


def called(thing: Listed) -> str:
    """What people call a thing: its name, else its message or scope, else where it stands."""
    body = thing.body
    text = next((str(body[key]) for key in ("name", "message", "scope") if body.get(key)), thing.where)
    return text.splitlines()[0][:120] if text.strip() else thing.where


def is_moved(matched: Matched, base: Side, head: Side) -> bool:
    """Whether a thing that is the same stands in another file, or has another address as a resource."""
    old, new = traits(base)(matched.before), traits(head)(matched.after)
    return (old.file, old.address) != (new.file, new.address) and bool(old.file and new.file)


def traits(side: Side) -> Callable[[Listed], Traits]:
    """What things of a side are known by."""

    def of(thing: Listed) -> Traits:
        body = thing.body
        behind = thing.where.removeprefix(thing.file) if thing.file else thing.where
        file = "" if thing.file == side.prefix else thing.file.removeprefix(side.prefix)
        address = behind.strip() if behind.startswith(" ") else ""
        return Traits(
            id=str(body.get("id") or ""),
            address=address,
            folder=str(PurePath(file).parent),
            file=file,
            place="" if address else behind,
            name=str(body.get("name") or ""),
            asks=f"{body.get('type')} {body.get('query')}" if body.get("query") else str(body.get("scope") or ""),
        )

    return of


def _pairs(base: Side, head: Side, kind: type[Listed]) -> list[Pair[Any]]:
    before, after = listed(base, kind), listed(head, kind)
    of_base, of_head = traits(base), traits(head)
    known = {id(thing): of_base(thing) for thing in before} | {id(thing): of_head(thing) for thing in after}
    return pairs(before, after, lambda thing: known[id(thing)], _same)


def _same(before: Listed, after: Listed) -> bool:
    return before.body == after.body or not changed_fields(before.body, after.body)


def _matched(pair: Pair[Any], ids: Mapping[str, str]) -> Matched:
    if pair.before is None or pair.after is None:
        return Matched(pair.before, pair.after, ())
    old, new = pair.before.body, pair.after.body
    if old.get("type") == "composite" and isinstance(old.get("query"), str):
        old = {**old, "query": _NUMBER.sub(lambda match: ids.get(match[0], match[0]), old["query"])}
    changed = changed_fields(old, new)
    if any(" " in thing.where.removeprefix(thing.file) for thing in (pair.before, pair.after)):
        # of a resource that is not there yet it is made up
        changed = [field for field in changed if field.field != "id"]
    return Matched(pair.before, pair.after, changed)
