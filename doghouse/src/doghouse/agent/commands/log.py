"""Where the Agent's log goes: to stderr, in the Agent's form."""

from __future__ import annotations

import logging
import sys
import time

from doghouse.agent.errors import ConfigurationError

LEVELS = {
    "trace": 7,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "err": logging.ERROR,
    "critical": logging.CRITICAL,
    "off": logging.CRITICAL + 1,
}


def to_stderr(level: str) -> None:
    """Write this process's log as the Agent does, one line a message. Raises ConfigurationError for a level that there is not."""
    if level.lower() not in LEVELS:
        raise ConfigurationError("log_level", 0, f"must be one of {', '.join(LEVELS)}, found '{level}'")
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s UTC | DOGHOUSE | %(levelname)s | %(message)s", "%Y-%m-%d %H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logger = logging.getLogger("doghouse")
    logger.handlers = [handler]
    logger.setLevel(LEVELS[level.lower()])
