"""What the check asks of databases: their traffic, sizes, conflicts and checksums, and on demand how many tables they have and what their functions take."""

from __future__ import annotations

from doghouse.agent.postgres.model import Scope, Select

_DATABASES = "FROM pg_stat_database s JOIN pg_database d ON d.oid = s.datid WHERE {databases}"

DATABASES = (
    Select(
        "pg_stat_database",
        _DATABASES,
        (
            ("numbackends", "connections", "gauge"),
            ("xact_commit", "commits", "rate"),
            ("xact_rollback", "rollbacks", "rate"),
            ("blks_read", "disk_read", "rate"),
            ("blks_hit", "buffer_hit", "rate"),
            ("tup_returned", "rows_returned", "rate"),
            ("tup_fetched", "rows_fetched", "rate"),
            ("tup_inserted", "rows_inserted", "rate"),
            ("tup_updated", "rows_updated", "rate"),
            ("tup_deleted", "rows_deleted", "rate"),
            ("2^31 - age(d.datfrozenxid)", "before_xid_wraparound", "gauge"),
            ("deadlocks", "deadlocks", "rate"),
            ("deadlocks", "deadlocks.count", "monotonic_count"),
            ("temp_bytes", "temp_bytes", "rate"),
            ("temp_files", "temp_files", "rate"),
            ("blk_read_time", "blk_read_time", "monotonic_count"),
            ("blk_write_time", "blk_write_time", "monotonic_count"),
        ),
        (("s.datname", "db"),),
    ),
    Select(
        "pg_stat_database_sessions",
        _DATABASES,
        (
            ("session_time", "sessions.session_time", "monotonic_count"),
            ("active_time", "sessions.active_time", "monotonic_count"),
            ("idle_in_transaction_time", "sessions.idle_in_transaction_time", "monotonic_count"),
            ("sessions", "sessions.count", "monotonic_count"),
            ("sessions_abandoned", "sessions.abandoned", "monotonic_count"),
            ("sessions_fatal", "sessions.fatal", "monotonic_count"),
            ("sessions_killed", "sessions.killed", "monotonic_count"),
        ),
        (("s.datname", "db"),),
        since=14,
    ),
    Select(
        "pg_database_size",
        _DATABASES,
        (("pg_database_size(d.oid)", "database_size", "gauge"),),
        (("s.datname", "db"),),
        option="collect_database_size_metrics",
    ),
    Select("pg_database_count", _DATABASES, (("count(*)", "db.count", "gauge"),)),
    Select(
        "pg_stat_database_conflicts",
        "FROM pg_stat_database_conflicts s WHERE {databases}",
        tuple(
            (f"confl_{cause}", f"conflicts.{cause}", "monotonic_count")
            for cause in ("tablespace", "lock", "snapshot", "bufferpin", "deadlock")
        ),
        (("s.datname", "db"),),
    ),
    Select(
        "checksum_failures",
        _DATABASES,
        (("checksum_failures", "checksums.checksum_failures", "monotonic_count"),),
        (("s.datname", "db"),),
        since=12,
        option="collect_checksum_metrics",
    ),
    Select(
        "data_checksums",
        "",
        (("1", "checksums.enabled", "count"),),
        (("CASE current_setting('data_checksums') WHEN 'on' THEN 'true' ELSE 'false' END", "enabled"),),
        since=12,
        option="collect_checksum_metrics",
    ),
)

OPTIONAL = (
    Select(
        "table_count",
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') GROUP BY n.nspname",
        (("count(*)", "table.count", "gauge"),),
        (("n.nspname", "schema"),),
        Scope.DATABASE,
        option="collect_count_metrics",
    ),
    Select(
        "functions",
        "FROM pg_stat_user_functions s JOIN pg_proc p ON p.oid = s.funcid",
        (
            ("calls", "function.calls", "rate"),
            ("total_time", "function.total_time", "rate"),
            ("self_time", "function.self_time", "rate"),
        ),
        (
            ("s.schemaname", "schema"),
            # functions of one name are told apart by their arguments
            (
                "CASE WHEN p.proargnames IS NULL OR (SELECT count(*) FROM pg_stat_user_functions o WHERE o.funcname = s.funcname) = 1"
                " THEN p.proname::text ELSE p.proname || '_' || array_to_string(p.proargnames, '_') END",
                "function",
            ),
        ),
        Scope.DATABASE,
        option="collect_function_metrics",
    ),
)
