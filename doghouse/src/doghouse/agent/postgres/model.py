"""How a query of the check is described: what it reads, which columns become tags, and which become metrics."""

from __future__ import annotations

import enum
from typing import Any, Literal

from msgspec import Struct

Submission = Literal["gauge", "rate", "count", "monotonic_count"]


class Scope(enum.Enum):
    """Which of the instance's tags a query's metrics get: `db:` is among them only for what is read in that one database."""

    SERVER = 0
    DATABASE = 1


class Select(Struct, frozen=True):
    """One statement. `tags` are (SQL, tag name), `metrics` (SQL, metric name without `postgresql.`, how it is submitted).

    It runs on servers from version `since` to before `before` (major numbers), where `option` of the instance is on ("": always).
    In `source`, `{databases}` stands for the condition on `datname`, `{relations}` for the one on `relname` and the schema.
    """

    name: str
    source: str
    metrics: tuple[tuple[str, str, Submission], ...]
    tags: tuple[tuple[str, str], ...] = ()
    scope: Scope = Scope.SERVER
    since: int = 10
    before: int = 1000
    option: str = ""
    schema: str = "schemaname"  # the column that holds a relation's schema

    def query(self, databases: str, relations: str) -> dict[str, Any]:
        """The query in the form that `QueryExecutor` of datadog-checks-base takes."""
        columns = [sql for sql, *_ in (*self.tags, *self.metrics)]
        source = self.source.replace("{databases}", databases).replace("{relations}", relations)
        # a tag whose value is NULL is left out
        typed = [{"name": tag, "type": "tag_not_null"} for _, tag in self.tags]
        typed += [{"name": metric, "type": kind} for _, metric, kind in self.metrics]
        return {"name": self.name, "query": f"SELECT {', '.join(columns)} {source}", "columns": typed}
