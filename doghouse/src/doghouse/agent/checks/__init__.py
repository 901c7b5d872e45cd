"""Checks: found, configured, made, run on schedule, and given the modules that they import from the Agent."""
