"""A stand-in for Datadog on your own machine."""

__version__ = "0.1.0"
