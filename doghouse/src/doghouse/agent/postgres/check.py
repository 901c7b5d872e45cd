"""The check itself: connects, runs its queries, and reports lost connections and missing grants as Datadog's integration does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from string import Template
from typing import Any

import psycopg

from datadog_checks.base import AgentCheck, ConfigurationError
from datadog_checks.base.utils.db import QueryExecutor, QueryManager
from datadog_checks.base.utils.db.utils import resolve_db_host
from doghouse.agent.postgres import activity, options, queries, relations
from doghouse.agent.postgres.model import Scope, Select

CONNECT_TIMEOUT_S = 5
SERVICE_CHECK = "postgres.can_connect"
Row = tuple[Any, ...]


class PostgreSql(AgentCheck):  # type: ignore[misc]
    """Collects what PostgreSQL's statistics views say, under the names of Datadog's integration."""

    __NAMESPACE__ = "postgresql"

    def __init__(self, name: str, init_config: dict[str, Any], instances: list[dict[str, Any]]) -> None:
        super().__init__(name, init_config, instances)
        service = str(self.instance.get("service") or init_config.get("service") or "")
        try:
            self.options = options.parse(self.instance, service)
        except ValueError as error:
            raise ConfigurationError(str(error)) from None
        for option in options.not_covered(self.instance):
            self.log.warning("doghouse's postgres check has nothing for the option %s", option)
        self._connection: psycopg.Connection[Row] | None = None
        self._lost: psycopg.Error | None = None
        self._executors: dict[Scope, QueryExecutor] = {}
        self._version = 0
        self._custom: QueryManager | None = None
        if self.instance.get("custom_queries") or init_config.get("global_custom_queries"):
            self._custom = QueryManager(self, self._rows, queries=[], hostname=self.reported_hostname)
            self.check_initializations.append(self._custom.compile_queries)

    @property
    def resolved_hostname(self) -> str:
        """The host that the metrics belong to: `reported_hostname`, else the Agent's own for a local server, else the server's."""
        return self.options.reported_hostname or str(resolve_db_host(self.options.host))

    @property
    def reported_hostname(self) -> str | None:
        """The host that is submitted; None leaves it to the Agent."""
        return None if self.options.exclude_hostname else self.resolved_hostname

    def check(self, _: Any) -> None:
        """One run. What it raises is also the message of the service check."""
        tags = [*self.options.tags, *self._core_tags()]
        self._lost = None
        try:
            tags += self._server_tags()
            without_db = [tag for tag in tags if not tag.startswith("db:")]
            self.gauge("running", 1, tags=without_db, hostname=self.reported_hostname)
            if not self.options.only_custom:
                for scope, executor in self._executors.items():
                    executor.execute(extra_tags=tags if scope is Scope.DATABASE else without_db)
            if self._custom is not None:
                self._custom.execute(extra_tags=tags)
            if self._lost is not None:
                raise self._lost
        except Exception as error:
            self._close()
            self._report(AgentCheck.CRITICAL, tags, " ".join(str(error).split()))
            raise
        self._report(AgentCheck.OK, tags, "")

    def cancel(self) -> None:
        """Close the connection: the Agent runs this check no more."""
        self._close()

    def _report(self, status: int, tags: list[str], message: str) -> None:
        self.service_check(SERVICE_CHECK, status, tags=tags, hostname=self.reported_hostname, message=message, raw=True)

    def _core_tags(self) -> Iterator[str]:
        values = dict(tag.split(":", 1) for tag in self.options.tags if ":" in tag)
        values |= {
            "resolved_hostname": self.resolved_hostname,
            "host": self.options.host,
            "port": str(self.options.port),
        }
        yield f"database_hostname:{resolve_db_host(self.options.host)}"
        yield f"database_instance:{Template(self.options.identifier).safe_substitute(values)}"

    def _server_tags(self) -> Iterator[str]:
        """What the server says of itself; connects if need be. The first query also shows whether the connection still stands."""
        connection = self._connect()
        (version,) = connection.execute("SHOW server_version").fetchone() or ("",)
        self.set_metadata("version", f"{self._version // 10_000}.{self._version % 10_000}.0")
        yield f"postgresql_version:{version}"
        for tag, query in (
            ("system_identifier", "SELECT system_identifier FROM pg_control_system()"),
            ("postgresql_cluster_name", "SHOW cluster_name"),
        ):
            if rows := self._rows(query):
                value = rows[0][0]
                if value:
                    yield f"{tag}:{value}"
        if self.options.tag_role and (rows := self._rows("SELECT pg_is_in_recovery()")):
            yield f"replication_role:{'standby' if rows[0][0] else 'master'}"

    def _connect(self) -> psycopg.Connection[Row]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(**self._target(), autocommit=True)
            if self._connection.info.server_version != self._version or not self._executors:
                self._version = self._connection.info.server_version
                self._executors = self._compile()
            self._say_missing_role()
        return self._connection

    def _target(self) -> dict[str, Any]:
        own = self.options
        target: dict[str, Any] = {
            "user": own.username,
            "dbname": own.dbname,
            "application_name": own.application_name,
            "connect_timeout": CONNECT_TIMEOUT_S,
            "options": f"-c statement_timeout={own.timeout_ms}",
        }
        if own.host == "localhost" and not own.password:
            return target  # through the local socket, as the user that the Agent runs as
        target |= {"host": own.host, "password": own.password or None, **own.ssl}
        return target | ({"port": own.port} if own.port else {})

    def _compile(self) -> dict[Scope, QueryExecutor]:
        major = self._version // 10_000
        own = self.options
        chosen = [*queries.ALL, activity.select(own.excluded_aggregations, own.username)]
        chosen += relations.ALL if own.relations else ()
        compiled = {}
        for scope in Scope:
            selects = [
                select
                for select in chosen
                if select.scope is scope and select.since <= major < select.before and own.wants(select.option)
            ]
            executor = QueryExecutor(
                self._rows,
                self,
                queries=[self._query(select) for select in selects],
                hostname=self.reported_hostname,
                logger=self.log,
            )
            executor.compile_queries()
            compiled[scope] = executor
        return compiled

    def _query(self, select: Select) -> dict[str, Any]:
        own = self.options
        if select not in relations.ALL:
            return select.query(own.databases, "true")
        query = select.query(own.databases, relations.conditions(own.relations, select))
        return query | {"query": f"{query['query']} LIMIT {own.max_relations}"}

    def _say_missing_role(self) -> None:
        rows = self._rows("SELECT pg_has_role(current_user, 'pg_monitor', 'usage')")
        if rows and not rows[0][0]:
            self.log.warning(
                "The %s user has not been granted the pg_monitor role. Please grant it to ensure proper monitoring.",
                self.options.username,
            )

    def _rows(self, query: str) -> list[Row]:
        """A query's rows; none, and a warning, where it is not allowed, not known to this server, or too slow. Remembers a lost connection."""
        connection = self._connection
        if connection is None or connection.closed:
            raise self._lost or psycopg.OperationalError("the connection is closed")
        try:
            return connection.execute(query.encode()).fetchall()
        except (psycopg.ProgrammingError, psycopg.errors.QueryCanceled) as error:
            self.log.warning("Not all metrics may be available: %s", " ".join(str(error).split()))
            return []
        except psycopg.Error as error:
            if connection.closed:
                self._lost = self._lost or error
            raise

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None
