"""Datadog's operations of the products that doghouse stands in for (`operations.csv`, out of the official client's OpenAPI documents)."""

from __future__ import annotations

import csv
import re
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

    def is_at(self, method: str, path: str) -> bool:
        """Whether a request is one of this operation."""
        pattern = "[^/]+".join(re.escape(part) for part in nameless(self.path).split("{}"))
        return method == self.method and re.fullmatch(pattern, path) is not None


@lru_cache(maxsize=1)
def operations() -> tuple[Operation, ...]:
    """All of them, by product."""
    with (files("doghouse.web") / "operations.csv").open(encoding="utf-8") as file:
        return tuple(Operation(**row) for row in csv.DictReader(file))


def nameless(path: str) -> str:
    """A path whose parameters have no names: `/api/v1/monitor/{id:int}` → `/api/v1/monitor/{}`."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def of_request(method: str, path: str) -> Operation | None:
    """The operation that a request is one of; one without parameters in its path before others."""
    return min(
        (operation for operation in operations() if operation.is_at(method, path)),
        key=lambda operation: operation.path.count("{"),
        default=None,
    )
