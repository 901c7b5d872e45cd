"""The units of Datadog's own metrics (metadata.csv of DataDog/integrations-core: postgres, disk, network; docs: integrations/system).

GUESS: memory, swap and disks are counted in what the Agent sends (MiB, KiB); the metadata says byte, and what Datadog does in between is not known.
GUESS: latencies and durations of traces are seconds, as the tracing documentation's names have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

# Unit, or unit/per unit → names, which share what stands before the colon.
LISTED = {
    "percent": "system.cpu: guest idle interrupt iowait stolen system user",
    "mebibyte": "system.mem: buffered cached free shared slab total usable used|system.swap: free total used",
    "kibibyte": "system.disk: free total used",
    "fraction": "system.disk: in_use|system.mem: pct_usable|system.swap: pct_free|postgresql: percent_usage_connections",
    "second": "system: uptime|postgresql: replication_delay activity.xact_start_age replication.wal_write_lag replication.wal_flush_lag "
    "replication.wal_replay_lag",
    "byte/second": "system.net: bytes_rcvd bytes_sent|postgresql: temp_bytes",
    "packet/second": "system.net: packets_in.count packets_out.count",
    "error/second": "system.net: packets_in.error packets_out.error",
    "connection": "postgresql: connections max_connections",
    "transaction/second": "postgresql: commits rollbacks",
    "transaction": "postgresql: transactions.open transactions.idle_in_transaction before_xid_wraparound activity.backend_xmin_age activity.backend_xid_age",
    "block/second": "postgresql: disk_read heap_blocks_read index_blocks_read toast_blocks_read toast_index_blocks_read toast_index_blocks_hit",
    "hit/second": "postgresql: buffer_hit heap_blocks_hit index_blocks_hit toast_blocks_hit",
    "row/second": "postgresql: rows_returned rows_fetched rows_inserted rows_updated rows_deleted rows_hot_updated seq_rows_read index_rows_fetched "
    "index_rel_rows_fetched index_rows_read",
    "row": "postgresql: live_rows dead_rows",
    "byte": "postgresql: database_size table_size index_size total_size individual_index_size replication_delay_bytes",
    "lock": "postgresql: locks deadlocks.count",
    "lock/second": "postgresql: deadlocks",
    "file/second": "postgresql: temp_files",
    "item": "postgresql: db.count",
    "table": "postgresql: table.count",
    "buffer": "postgresql: bgwriter.buffers_backend",
    "millisecond": "postgresql: bgwriter.write_time bgwriter.sync_time",
}
COUNTED = ("hits", "errors", "hits.by_http_status", "errors.by_http_status", "apdex")  # of a trace metric: no seconds


def _listed() -> Iterator[tuple[str, tuple[str, str | None]]]:
    for unit, families in LISTED.items():
        of, _, per = unit.partition("/")
        for family in families.split("|"):
            prefix, _, names = family.partition(": ")
            yield from ((f"{prefix}.{name}", (of, per or None)) for name in names.split())


UNITS: Mapping[str, tuple[str, str | None]] = dict(_listed())


def units(metric: str) -> tuple[str | None, str | None]:
    """A metric's unit and what it is per, by name; (None, None) where nothing is known of it."""
    if metric.startswith("trace.") and not metric.endswith(tuple(f".{name}" for name in COUNTED)):
        return "second", None
    return UNITS.get(metric, (None, None))
