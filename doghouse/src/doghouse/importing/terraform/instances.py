"""What a block with `count` or `for_each` stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from doghouse.importing.terraform.language.expressions import evaluate
from doghouse.importing.terraform.language.scope import Scope
from doghouse.importing.terraform.language.syntax import Block
from doghouse.importing.terraform.language.values import Namespace, Set, Unknown, Value, WrongError, shown, text
from doghouse.importing.terraform.language.work import at_most

MOST_INSTANCES = 10_000  # that a block stands for


class Instance(Struct, frozen=True):
    """One of the things that a block stands for: `key` as its address has it (`["a"]`, `[0]`, nothing), and `each` or `count` for its expressions."""

    key: str
    names: Mapping[str, Value]


def instances(block: Block, scope: Scope) -> tuple[list[Instance], Unknown | None]:
    """What a block stands for, and what is unknown of how many there are: then it is one, with a key that is unknown too. Raises WrongError."""
    if "count" in block.attributes:
        count = evaluate(block.attributes["count"], scope)
        if isinstance(count, Unknown):
            index = Namespace("count", lambda name: Unknown("count.index", count.why))
            return [Instance("[?]", {"count": index})], count
        return [Instance(f"[{at}]", {"count": {"index": at}}) for at in range(_whole(count))], None
    if "for_each" in block.attributes:
        values = evaluate(block.attributes["for_each"], scope)
        if isinstance(values, Unknown):
            namespace = Namespace(
                "each", lambda name: Unknown(f"each.{name}", f"depends on {values.expression}, which {values.why}")
            )
            return [Instance("[?]", {"each": namespace})], values
        return [Instance(f'["{key}"]', {"each": {"key": key, "value": value}}) for key, value in _keyed(values)], None
    return [Instance("", {})], None


def collected(block: Block, instances: Sequence[Instance], values: Sequence[Value]) -> Value:
    """One thing, or a list (`count`) or an object (`for_each`) of them."""
    if "count" in block.attributes:
        return list(values)
    if "for_each" in block.attributes:
        return {instance.names["each"]["key"]: value for instance, value in zip(instances, values, strict=True)}
    return values[0]


def _whole(count: Value) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise WrongError(f"count is {shown(count)}: expected a whole number, 0 or more")
    at_most(count, MOST_INSTANCES, "instances")
    return count


def _keyed(values: Value) -> list[tuple[str, Value]]:
    if isinstance(values, dict):
        return sorted(values.items())
    if isinstance(values, Set):
        return [(text(value), value) for value in values]
    raise WrongError(f"for_each is {shown(values)}: expected a map, or a set of texts")


def line_of(block: Block, *names: str) -> int:
    """The line of the first of these attributes that a block has; else its own."""
    return next((block.attributes[name].line for name in names if name in block.attributes), block.line)
