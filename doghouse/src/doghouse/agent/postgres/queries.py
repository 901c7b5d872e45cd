"""What the check asks every server. Names, types and tags are those of Datadog's integration (integrations-core: postgres/metadata.csv); the SQL is ours."""

from __future__ import annotations

from doghouse.agent.postgres import databases, replication, server

ALL = (*databases.DATABASES, *server.SERVER, *replication.REPLICATION, *databases.OPTIONAL)
