"""The review of a change, in each format, a module a format."""

from doghouse.reports.review import json, markdown, objects, text  # noqa: F401  # each registers what it writes
