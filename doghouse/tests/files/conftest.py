"""A command that reads a user's file, called in this process: an exception that is no exit fails the test as a traceback would a person."""

import logging
import os

import pytest

from doghouse.agent.commands import integration


@pytest.fixture(autouse=True)
def own_log():
    """The log as it was before: `agent run` takes it over in this process."""
    log = logging.getLogger("doghouse")
    before = log.handlers[:], log.level, log.propagate
    yield
    log.handlers[:], log.level, log.propagate = before


@pytest.fixture
def call(monkeypatch, run):
    monkeypatch.setattr(integration, "_pip", lambda *_: None)  # a wheel that can be read is not installed here

    def within(folder, *arguments):
        monkeypatch.chdir(folder)
        code, out, err = run(*arguments)
        return code, out + err

    for name in ("DD_API_KEY", "DD_APP_KEY", "DOGHOUSE_API_KEY", "DD_HOSTNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(os.environ, "NO_COLOR", "1")
    return within
