"""A PostgreSQL check under the Agent's name `postgres`, for where Datadog's own integration is not installed (docs/agent.md says what it covers)."""
