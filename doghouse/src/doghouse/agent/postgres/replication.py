"""What the check asks about replication, on either side of it."""

from __future__ import annotations

from doghouse.agent.postgres.model import Select
from doghouse.agent.postgres.server import WAL_POSITION

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
            (f"pg_wal_lsn_diff({WAL_POSITION}, restart_lsn)", "replication_slot.restart_delay_bytes", "gauge"),
            (
                f"pg_wal_lsn_diff({WAL_POSITION}, confirmed_flush_lsn)",
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
