"""Provisions what belongs to my_metric in a Datadog account, and a traced Flask app."""

__version__ = "0.1.0"
