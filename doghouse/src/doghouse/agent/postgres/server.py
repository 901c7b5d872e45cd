"""What the check asks of the server as a whole: connections, checkpoints, the background writer, the write-ahead log."""

from __future__ import annotations

from doghouse.agent.postgres.model import Select

WAL_POSITION = "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END"

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
            (f"pg_wal_lsn_diff({WAL_POSITION}, checkpoint_lsn)", "control.checkpoint_delay_bytes", "gauge"),
            (f"pg_wal_lsn_diff({WAL_POSITION}, redo_lsn)", "control.redo_delay_bytes", "gauge"),
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
