"""Transactions and waiting queries by application, database and user (`collect_activity_metrics`)."""

from __future__ import annotations

from collections.abc import Collection

from doghouse.agent.postgres.model import Select
from doghouse.agent.postgres.relations import quoted

_GROUPED = (("application_name", "app"), ("datname", "db"), ("usename", "user"))


def select(excluded: Collection[str], own_user: str) -> Select:
    """The query, grouped by what `activity_metrics_excluded_aggregations` leaves (`datname` always). The check's own user's queries don't count as active."""
    tags = tuple(pair for pair in _GROUPED if pair[0] == "datname" or pair[0] not in excluded)
    others = f"usename NOT IN ('postgres', {quoted(own_user)})"
    return Select(
        "activity",
        "FROM pg_stat_activity WHERE backend_type = 'client backend' AND query !~* '^vacuum '"
        f" GROUP BY datid, {', '.join(column for column, _ in tags)}",
        (
            ("count(xact_start)", "transactions.open", "gauge"),
            ("count(*) FILTER (WHERE state = 'idle in transaction')", "transactions.idle_in_transaction", "gauge"),
            (f"count(*) FILTER (WHERE state = 'active' AND {others})", "active_queries", "gauge"),
            ("count(wait_event)", "waiting_queries", "gauge"),
            ("count(wait_event) FILTER (WHERE state = 'active')", "active_waiting_queries", "gauge"),
            ("max(extract(epoch FROM clock_timestamp() - xact_start))", "activity.xact_start_age", "gauge"),
            ("max(age(backend_xid))", "activity.backend_xid_age", "gauge"),
            ("max(age(backend_xmin))", "activity.backend_xmin_age", "gauge"),
        ),
        tags,
        option="collect_activity_metrics",
    )
