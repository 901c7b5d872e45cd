"""The options of an instance, with the defaults of Datadog's integration (postgres/data/conf.yaml.example)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doghouse.agent.postgres import relations
from doghouse.agent.postgres.relations import Relation, quoted

IGNORED_DATABASES = (
    "template0", "template1", "rdsadmin", "azure_maintenance", "cloudsqladmin", "alloydbadmin", "alloydbmetadata",
)  # fmt: skip
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
ON = ("collect_database_size_metrics", "collect_count_metrics", "collect_wal_metrics")  # collected unless switched off
NOT_COVERED = (
    "dbm",
    "database_autodiscovery",
    "collect_bloat_metrics",
    "collect_buffercache_metrics",
    "custom_metrics",
)


@dataclass(frozen=True, slots=True)
class Options:
    """What an instance asks for."""

    host: str
    port: int | None
    username: str
    password: str = field(repr=False)
    dbname: str
    tags: tuple[str, ...]
    relations: tuple[Relation, ...]
    ssl: Mapping[str, str]
    timeout_ms: int
    application_name: str
    reported_hostname: str
    exclude_hostname: bool
    identifier: str
    tag_role: bool
    only_custom: bool
    max_relations: int
    excluded_aggregations: tuple[str, ...]
    databases: str  # the condition on datname
    switched: Mapping[str, bool]

    def wants(self, option: str) -> bool:
        """Whether a switch is on; the empty name always is."""
        return not option or self.switched.get(option, option in ON)


def parse(instance: Mapping[str, Any], service: str) -> Options:
    """The options. Raises ValueError with what is wrong, in one sentence."""
    host = str(instance.get("host") or "localhost")
    dbname = str(instance.get("dbname") or "postgres")
    port = _number(instance, "port", 5432)
    ssl = str(instance.get("ssl", "allow")).lower()
    for place, query in enumerate(_list(instance, "custom_queries", ()), 1):
        if not isinstance(query, Mapping):
            raise ValueError(f"custom_queries: query {place} must be a mapping with query and columns, found {query!r}")
    listed = {
        key: str(instance[key]) for key in ("ssl_root_cert", "ssl_cert", "ssl_key", "ssl_password") if instance.get(key)
    }
    return Options(
        host=host,
        port=port,
        username=str(instance.get("username") or "datadog"),
        password=str(instance.get("password") or ""),
        dbname=dbname,
        tags=_tags(instance, host, port, dbname, service),
        relations=relations.parse(_list(instance, "relations", ())),
        ssl={"sslmode": ssl if ssl in SSL_MODES else "allow", **{_LIBPQ[key]: value for key, value in listed.items()}},
        timeout_ms=_number(instance, "query_timeout", 5000),
        application_name=str(instance.get("application_name") or "datadog-agent"),
        reported_hostname=str(instance.get("reported_hostname") or ""),
        exclude_hostname=_on(instance, "exclude_hostname", False),
        identifier=str((instance.get("database_identifier") or {}).get("template") or "$resolved_hostname"),
        tag_role=_on(instance, "tag_replication_role", True),
        only_custom=_on(instance, "only_custom_queries", False),
        max_relations=_number(instance, "max_relations", 300),
        excluded_aggregations=tuple(map(str, _list(instance, "activity_metrics_excluded_aggregations", ()))),
        databases=_databases(instance, dbname),
        switched={key: _on(instance, key, False) for key in instance if key.startswith("collect_")},
    )


_LIBPQ = {"ssl_root_cert": "sslrootcert", "ssl_cert": "sslcert", "ssl_key": "sslkey", "ssl_password": "sslpassword"}


def not_covered(instance: Mapping[str, Any]) -> list[str]:
    """The options that are set and that this check does not cover."""
    options = [key for key in NOT_COVERED if instance.get(key)]
    discovery = instance.get("database_autodiscovery")
    if isinstance(discovery, Mapping) and not discovery.get("enabled"):
        options.remove("database_autodiscovery")
    return options


def _tags(instance: Mapping[str, Any], host: str, port: int, dbname: str, service: str) -> tuple[str, ...]:
    tags = [str(tag) for tag in _list(instance, "tags", ()) if tag is not None]
    if not _on(instance, "disable_generic_tags", False):
        tags.append(f"server:{host}")
    tags.append(f"port:{port}" if port else "port:socket")
    if service:
        tags.append(f"service:{service}")
    return (*dict.fromkeys(tags), f"db:{dbname}")


def _databases(instance: Mapping[str, Any], dbname: str) -> str:
    ignored = [str(name) for name in _list(instance, "ignore_databases", IGNORED_DATABASES)]
    if _on(instance, "collect_default_database", True):
        ignored = [name for name in ignored if name != "postgres"]
    parts = [f"s.datname NOT ILIKE {quoted(name)}" for name in ignored]
    if _on(instance, "dbstrict", False):
        parts.append(f"s.datname = {quoted(dbname)}")
    return " AND ".join(parts) or "s.datname IS NOT NULL"


def _list(instance: Mapping[str, Any], key: str, default: Any) -> Any:
    value = instance.get(key)
    if value is None:
        return default
    if not isinstance(value, list):
        raise ValueError(f"{key} must be a list, found {value!r}")
    return value


def _number(instance: Mapping[str, Any], key: str, default: int) -> int:
    value = instance.get(key)
    if value is None or value == "":
        return default if value is None else 0
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{key} must be a whole number, found {value!r}") from None


def _on(instance: Mapping[str, Any], key: str, default: bool) -> bool:
    value = instance.get(key, default)
    return value.strip().lower() in ("true", "yes", "y", "1", "on") if isinstance(value, str) else bool(value)
