"""Datadog's operations of the products that doghouse stands in for (`operations.csv`, out of the official client's OpenAPI documents)."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from msgspec import Struct


class Operation(Struct, frozen=True):
    """One of them: `path` is a template, as in `/api/v1/monitor/{monitor_id}`."""

    product: str
    version: str
    operation: str
    method: str
    path: str

    @property
    def endpoint(self) -> tuple[str, str]:
        """Its method and path, whatever the parameters are called."""
        return self.method, nameless(self.path)


@lru_cache(maxsize=1)
def operations() -> tuple[Operation, ...]:
    """All of them, by product."""
    with (files("doghouse.web") / "operations.csv").open(encoding="utf-8") as file:
        return tuple(Operation(**row) for row in csv.DictReader(file))


def nameless(path: str) -> str:
    """A path whose parameters have no names: `/api/v1/monitor/{id:int}` → `/api/v1/monitor/{}`."""
    return re.sub(r"\{[^}]*\}", "{}", path)


@lru_cache(maxsize=1)
def _by_length() -> Mapping[tuple[str, int], Sequence[tuple[Sequence[str], Operation]]]:
    """The operations and the parts of their paths, by method and number of parts: whoever asks for what there is not should not cost more than a page."""
    by_length = defaultdict(list)
    for operation in sorted(operations(), key=lambda operation: operation.path.count("{")):
        method, path = operation.endpoint
        parts = path.split("/")
        by_length[method, len(parts)].append((parts, operation))
    return by_length


def of_request(method: str, path: str) -> Operation | None:
    """The operation that a request is one of; one without parameters in its path before others."""
    parts = path.split("/")
    for template, operation in _by_length().get((method, len(parts)), ()):
        if all(part if name == "{}" else part == name for name, part in zip(template, parts, strict=True)):
            return operation
    return None
