"""Shared dashboards: boards that others open by a link, without keys."""
