"""What the check asks every server. Names, types and tags are those of Datadog's integration (integrations-core: postgres/metadata.csv); the SQL is ours."""

from __future__ import annotations

from doghouse.agent.postgres.model import Scope, Select

_DATABASES = "FROM pg_stat_database s JOIN pg_database d ON d.oid = s.datid WHERE {databases}"
_WAL_POSITION = "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END"

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

SERVER = (
    Select(
        "connections",
        "FROM pg_stat_database, (SELECT setting::float AS most FROM pg_settings WHERE name = 'max_connections') AS allowed",
        (
            ("max(most)", "max_connections", "gauge"),
            ("sum(numbackends) / max(most)", "percent_usage_connections", "gauge"),
        ),
    ),
    Select(
        "uptime",
        "",
        (("floor(extract(epoch FROM current_timestamp - pg_postmaster_start_time()))", "uptime", "gauge"),),
    ),
    Select(
        "control_checkpoint",
        "FROM pg_control_checkpoint()",
        (
            ("timeline_id", "control.timeline_id", "gauge"),
            ("extract(epoch FROM now() - checkpoint_time)", "control.checkpoint_delay", "gauge"),
            (f"pg_wal_lsn_diff({_WAL_POSITION}, checkpoint_lsn)", "control.checkpoint_delay_bytes", "gauge"),
            (f"pg_wal_lsn_diff({_WAL_POSITION}, redo_lsn)", "control.redo_delay_bytes", "gauge"),
        ),
    ),
    Select(
        "bgwriter",
        "FROM pg_stat_bgwriter",
        (
            ("checkpoints_timed", "bgwriter.checkpoints_timed", "monotonic_count"),
            ("checkpoints_req", "bgwriter.checkpoints_requested", "monotonic_count"),
            ("buffers_checkpoint", "bgwriter.buffers_checkpoint", "monotonic_count"),
            ("buffers_clean", "bgwriter.buffers_clean", "monotonic_count"),
            ("maxwritten_clean", "bgwriter.maxwritten_clean", "monotonic_count"),
            ("buffers_backend", "bgwriter.buffers_backend", "monotonic_count"),
            ("buffers_backend_fsync", "bgwriter.buffers_backend_fsync", "monotonic_count"),
            ("buffers_alloc", "bgwriter.buffers_alloc", "monotonic_count"),
            ("checkpoint_write_time", "bgwriter.write_time", "monotonic_count"),
            ("checkpoint_sync_time", "bgwriter.sync_time", "monotonic_count"),
        ),
        before=17,
    ),
    Select(
        "checkpointer",
        "FROM pg_stat_bgwriter b, pg_stat_checkpointer c",
        (
            ("c.num_timed", "bgwriter.checkpoints_timed", "monotonic_count"),
            ("c.num_requested", "bgwriter.checkpoints_requested", "monotonic_count"),
            ("c.buffers_written", "bgwriter.buffers_checkpoint", "monotonic_count"),
            ("b.buffers_clean", "bgwriter.buffers_clean", "monotonic_count"),
            ("b.maxwritten_clean", "bgwriter.maxwritten_clean", "monotonic_count"),
            ("b.buffers_alloc", "bgwriter.buffers_alloc", "monotonic_count"),
            ("c.write_time", "bgwriter.write_time", "monotonic_count"),
            ("c.sync_time", "bgwriter.sync_time", "monotonic_count"),
        ),
        since=17,
    ),
    Select(
        "archiver",
        "FROM pg_stat_archiver",
        (
            ("archived_count", "archiver.archived_count", "monotonic_count"),
            ("failed_count", "archiver.failed_count", "monotonic_count"),
        ),
    ),
    Select(
        "slru",
        "FROM pg_stat_slru",
        tuple(
            (column, f"slru.{column}", "monotonic_count")
            for column in (
                "blks_zeroed",
                "blks_hit",
                "blks_read",
                "blks_written",
                "blks_exists",
                "flushes",
                "truncates",
            )
        ),
        (("name", "slru_name"),),
        since=13,
    ),
    Select(
        "snapshot",
        "FROM (SELECT pg_current_snapshot() AS now) AS s",
        (
            ("pg_snapshot_xmin(now)::text::numeric", "snapshot.xmin", "gauge"),
            ("pg_snapshot_xmax(now)::text::numeric", "snapshot.xmax", "gauge"),
            ("(SELECT count(*) FROM pg_snapshot_xip(now))", "snapshot.xip_count", "gauge"),
        ),
        since=13,
    ),
    Select(
        "wal_files",
        "FROM pg_ls_waldir()",
        (
            ("count(*)", "wal_count", "gauge"),
            ("sum(size)", "wal_size", "gauge"),
            ("extract(epoch FROM now() - min(modification))", "wal_age", "gauge"),
        ),
        option="collect_wal_metrics",
    ),
    Select(
        "stat_wal",
        "FROM pg_stat_wal",
        (
            ("wal_records", "wal.records", "monotonic_count"),
            ("wal_fpi", "wal.full_page_images", "monotonic_count"),
            ("wal_bytes", "wal.bytes", "monotonic_count"),
            ("wal_buffers_full", "wal.buffers_full", "monotonic_count"),
        ),
        since=14,
    ),
    Select(
        "stat_wal_writes",
        "FROM pg_stat_wal",
        (
            ("wal_write", "wal.write", "monotonic_count"),
            ("wal_sync", "wal.sync", "monotonic_count"),
            ("wal_write_time", "wal.write_time", "monotonic_count"),
            ("wal_sync_time", "wal.sync_time", "monotonic_count"),
        ),
        since=14,
        before=18,  # these columns moved to pg_stat_io
    ),
    Select(
        "wait_events",
        "FROM pg_stat_activity GROUP BY application_name, datname, usename, wait_event, backend_type",
        (("count(*)", "activity.wait_event", "gauge"),),
        (
            ("application_name", "app"),
            ("datname", "db"),
            ("usename", "user"),
            ("coalesce(wait_event, 'NoWaitEvent')", "wait_event"),
            ("backend_type", "backend_type"),
        ),
    ),
)

REPLICATION = (
    Select(
        "replication_delay",
        "WHERE pg_is_in_recovery()",
        (
            (
                "CASE WHEN EXISTS (SELECT FROM pg_stat_wal_receiver)"
                " AND (pg_last_wal_receive_lsn() IS NULL OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()) THEN 0"
                " ELSE greatest(0, extract(epoch FROM now() - pg_last_xact_replay_timestamp())) END",
                "replication_delay",
                "gauge",
            ),
            (
                "abs(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()))",
                "replication_delay_bytes",
                "gauge",
            ),
        ),
    ),
    Select(
        "stat_replication",
        "FROM pg_stat_replication r LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid",
        (
            ("greatest(0, age(r.backend_xmin))", "replication.backend_xmin_age", "gauge"),
            ("greatest(0, extract(epoch FROM r.write_lag))", "replication.wal_write_lag", "gauge"),
            ("greatest(0, extract(epoch FROM r.flush_lag))", "replication.wal_flush_lag", "gauge"),
            ("greatest(0, extract(epoch FROM r.replay_lag))", "replication.wal_replay_lag", "gauge"),
        ),
        (
            ("r.application_name", "wal_app_name"),
            ("r.state", "wal_state"),
            ("r.sync_state", "wal_sync_state"),
            ("r.client_addr", "wal_client_addr"),
            ("s.slot_name", "slot_name"),
            ("s.slot_type", "slot_type"),
        ),
    ),
    Select(
        "replication_slots",
        "FROM pg_replication_slots",
        (
            ("age(xmin)", "replication_slot.xmin_age", "gauge"),
            ("age(catalog_xmin)", "replication_slot.catalog_xmin_age", "gauge"),
            (f"pg_wal_lsn_diff({_WAL_POSITION}, restart_lsn)", "replication_slot.restart_delay_bytes", "gauge"),
            (
                f"pg_wal_lsn_diff({_WAL_POSITION}, confirmed_flush_lsn)",
                "replication_slot.confirmed_flush_delay_bytes",
                "gauge",
            ),
        ),
        (
            ("slot_name", "slot_name"),
            ("slot_type", "slot_type"),
            ("CASE WHEN temporary THEN 'temporary' ELSE 'permanent' END", "slot_persistence"),
            ("CASE WHEN active THEN 'active' ELSE 'inactive' END", "slot_state"),
        ),
    ),
    Select(
        "wal_receiver",
        "FROM (VALUES (1)) AS one (connected) LEFT JOIN pg_stat_wal_receiver ON true",
        (
            ("one.connected", "wal_receiver.connected", "gauge"),
            ("received_tli", "wal_receiver.received_timeline", "gauge"),
            ("extract(epoch FROM clock_timestamp() - last_msg_send_time)", "wal_receiver.last_msg_send_age", "gauge"),
            (
                "extract(epoch FROM clock_timestamp() - last_msg_receipt_time)",
                "wal_receiver.last_msg_receipt_age",
                "gauge",
            ),
            ("extract(epoch FROM clock_timestamp() - latest_end_time)", "wal_receiver.latest_end_age", "gauge"),
        ),
        (("coalesce(status, 'disconnected')", "status"),),
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

ALL = (*DATABASES, *SERVER, *REPLICATION, *OPTIONAL)
