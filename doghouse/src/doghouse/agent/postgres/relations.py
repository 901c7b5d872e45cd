"""What the check asks of the tables that `relations` of an instance names: locks, rows, indexes, sizes, blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from doghouse.agent.postgres.model import Scope, Select

_TABLE = (("relname", "table"), ("schemaname", "schema"))

LOCKS = Select(
    "locks",
    "FROM pg_locks l JOIN pg_database d ON d.oid = l.database JOIN pg_class c ON c.oid = l.relation"
    " LEFT JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE {relations} AND l.mode IS NOT NULL AND relname NOT LIKE 'pg\\_%' GROUP BY 1, 2, 3, 4, 5",
    (("count(*)", "locks", "gauge"),),
    (
        ("l.mode", "lock_mode"),
        ("l.locktype", "lock_type"),
        ("n.nspname", "schema"),
        ("d.datname", "db"),
        ("relname", "table"),
    ),
    Scope.DATABASE,
    schema="n.nspname",
)

ROWS = Select(
    "relation_rows",
    "FROM pg_stat_user_tables WHERE {relations}",
    (
        ("seq_scan", "seq_scans", "rate"),
        ("seq_tup_read", "seq_rows_read", "rate"),
        ("idx_scan", "index_rel_scans", "rate"),
        ("idx_tup_fetch", "index_rel_rows_fetched", "rate"),
        ("n_tup_ins", "rows_inserted", "rate"),
        ("n_tup_upd", "rows_updated", "rate"),
        ("n_tup_del", "rows_deleted", "rate"),
        ("n_tup_hot_upd", "rows_hot_updated", "rate"),
        ("n_live_tup", "live_rows", "gauge"),
        ("n_dead_tup", "dead_rows", "gauge"),
        ("vacuum_count", "vacuumed", "monotonic_count"),
        ("autovacuum_count", "autovacuumed", "monotonic_count"),
        ("analyze_count", "analyzed", "monotonic_count"),
        ("autoanalyze_count", "autoanalyzed", "monotonic_count"),
    ),
    _TABLE,
    Scope.DATABASE,
)

INDEXES = Select(
    "relation_indexes",
    "FROM pg_stat_user_indexes WHERE {relations}",
    (
        ("idx_scan", "index_scans", "rate"),
        ("idx_tup_read", "index_rows_read", "rate"),
        ("idx_tup_fetch", "index_rows_fetched", "rate"),
        ("pg_relation_size(indexrelid)", "individual_index_size", "gauge"),
    ),
    (*_TABLE, ("indexrelname", "index")),
    Scope.DATABASE,
)

SIZES = Select(
    "relation_sizes",
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast' AND c.relkind = 'r' AND {relations}",
    (
        ("pg_table_size(c.oid)", "table_size", "gauge"),
        ("pg_indexes_size(c.oid)", "index_size", "gauge"),
        ("pg_total_relation_size(c.oid)", "total_size", "gauge"),
    ),
    (("n.nspname", "schema"), ("relname", "table")),
    Scope.DATABASE,
    schema="n.nspname",
)

BLOCKS = Select(
    "relation_blocks",
    "FROM pg_statio_user_tables WHERE {relations}",
    (
        ("heap_blks_read", "heap_blocks_read", "rate"),
        ("heap_blks_hit", "heap_blocks_hit", "rate"),
        ("idx_blks_read", "index_blocks_read", "rate"),
        ("idx_blks_hit", "index_blocks_hit", "rate"),
        ("toast_blks_read", "toast_blocks_read", "rate"),
        ("toast_blks_hit", "toast_blocks_hit", "rate"),
        ("tidx_blks_read", "toast_index_blocks_read", "rate"),
        ("tidx_blks_hit", "toast_index_blocks_hit", "rate"),
    ),
    _TABLE,
    Scope.DATABASE,
)

ALL = (LOCKS, ROWS, INDEXES, SIZES, BLOCKS)


class Relation(Struct, frozen=True):
    """One entry of `relations`: a name or a regular expression, in these schemas (none: all); `kinds` narrows locks."""

    name: str = ""
    regex: str = ""
    schemas: tuple[str, ...] = ()
    kinds: tuple[str, ...] = field(default=())

    def condition(self, schema: str, with_kind: bool) -> str:
        """The entry as SQL, over `relname` and the column `schema`."""
        parts = [f"relname = {quoted(self.name)}" if self.name else f"relname ~ {quoted(self.regex)}"]
        if self.schemas:
            parts.append(f"{schema} IN ({', '.join(map(quoted, self.schemas))})")
        if self.kinds and with_kind:
            parts.append(f"relkind IN ({', '.join(map(quoted, self.kinds))})")
        return f"({' AND '.join(parts)})"


def parse(entries: Sequence[Any]) -> tuple[Relation, ...]:
    """The entries of an instance. Raises ValueError with what is wrong, in one sentence."""
    return tuple(_relation(entry) for entry in entries)


def conditions(relations: Sequence[Relation], select: Select) -> str:
    """Any of the entries, as SQL."""
    return f"({' OR '.join(relation.condition(select.schema, select is LOCKS) for relation in relations)})"


def quoted(text: str) -> str:
    """A literal of SQL."""
    escaped = text.replace("'", "''")
    return f" E'{escaped}'".replace("\\", "\\\\") if "\\" in escaped else f"'{escaped}'"


def _relation(entry: Any) -> Relation:
    if isinstance(entry, str):
        return Relation(name=entry)
    if not isinstance(entry, dict):
        raise ValueError(f"relations: each entry is a table's name or a mapping, found {entry!r}")
    name, regex = entry.get("relation_name"), entry.get("relation_regex")
    if bool(name) == bool(regex):
        raise ValueError(f"relations: give either relation_name or relation_regex, found {entry!r}")
    for key in ("schemas", "relkind"):
        if not isinstance(entry.get(key, []), list):
            raise ValueError(f"relations: {key} must be a list, found {entry[key]!r}")
    schemas, kinds = (tuple(map(str, entry.get(key, []))) for key in ("schemas", "relkind"))
    return Relation(str(name or ""), str(regex or ""), schemas, kinds)
