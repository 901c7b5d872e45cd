"""What `postgres.d` runs where Datadog's own `datadog_checks.postgres` is not installed."""

from doghouse.agent.postgres.check import PostgreSql

__all__ = ["PostgreSql"]
