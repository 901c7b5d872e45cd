"""A pytest plugin for the client's own scenarios: it sends them to a doghouse, keeps those of our features, and writes down how each went.

Loaded with `-p fidelity_plugin` before the client's conftest, in the client's environment; it changes nothing in the client's files.
"""

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from datadog_api_client import configuration

BASE = urlsplit(os.environ["FIDELITY_URL"])
FEATURES = set(os.environ["FIDELITY_FEATURES"].split())
REPORT = Path(os.environ["FIDELITY_REPORT"])
own_init = configuration.Configuration.__init__


def local_init(self, *args, **kwargs):
    """Server 1 of the client is `{protocol}://{name}` for every operation, intakes too."""
    own_init(self, *args, **kwargs)
    self.server_index = 1
    self.server_variables = {"name": BASE.netloc, "protocol": BASE.scheme}
    self.max_retries = 1


configuration.Configuration.__init__ = local_init


def feature_of(item):
    scenario = getattr(getattr(item, "function", None), "__scenario__", None)
    if scenario is None:
        return None, None
    path = str(scenario.feature.filename).replace("\\", "/").split("/")
    return f"{path[-3]}/{path[-1].removesuffix('.feature')}", scenario.name


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    keep = [item for item in items if feature_of(item)[0] in FEATURES]
    config.hook.pytest_deselected(items=[item for item in items if feature_of(item)[0] not in FEATURES])
    items[:] = keep


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" or report.skipped or report.failed:
        feature, name = feature_of(item)
        crash = getattr(getattr(report.longrepr, "reprcrash", None), "message", "") or str(report.longrepr or "")
        row = {"feature": feature, "scenario": name, "outcome": report.outcome, "detail": crash[:2000]}
        with REPORT.open("a") as file:
            file.write(json.dumps(row) + "\n")
