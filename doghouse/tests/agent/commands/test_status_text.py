"""The whole text of `agent status`, and what `agent check` prints of its submissions."""

import json
from types import SimpleNamespace

import pytest

from doghouse.agent.aggregation.samples import Event, FlushedSeries, ServiceCheck
from doghouse.agent.aggregation.sketches import FlushedSketch, Sketch
from doghouse.agent.aggregation.submissions import Batch, Counts
from doghouse.agent.checks.configuration import Instance
from doghouse.agent.checks.running import CheckError, History
from doghouse.agent.commands import check_output, status
from doghouse.agent.commands.check import Result, Shown
from doghouse.agent.commands.metadata_csv import Difference

T0 = 1_627_586_901.4  # 2021-07-29 19:28:21 UTC
RUN = {"metrics": 3, "events": 4, "service_checks": 1, "histogram_buckets": 5, "logs": 6, "platform_events": {}}
INSTANCE = {
    "name": "lab",
    "version": "0.0.0",
    "id": "lab:2",
    "source": "lab.yaml",
    "interval": 15,
    "running": True,
    "runs": 2,
    "errors": 1,
    "skipped": 1000,
    "error": "it broke",
    "traceback": "Traceback\nline",
    "warnings": ["take care", "again"],
    "last_start": T0,
    "last_success": T0 - 60,
    "average_duration": 0.5,
    "last_run": RUN,
    **{name: 1000 * count if count else {"mine": 7} for name, count in RUN.items()},
    "metadata": {"b": "2", "a": "1"},
}
STATUS = {
    "version": "7.1",
    "pid": 5,
    "python": "3.12",
    "arch": "amd64",
    "written": T0 + 60,
    "started": T0,
    "hostname": "web-1",
    "host_tags": ["a:b", "c:d"],
    "log_level": "info",
    "config_file": "/etc/datadog.yaml",
    "conf": "/conf.d",
    "checks_d": "/checks.d",
    "url": "http://example.com",
    "checks": [INSTANCE, {**INSTANCE, "id": "lab:1", "error": "", "warnings": [], "running": False, "skipped": 0, "metadata": {}}],
    "loading_errors": [{"name": "gone", "source": "gone.yaml", "error": "no module"}],
    "config_errors": [
        {"path": "/conf.d/bad.d/conf.yaml", "line": 3, "error": "is wrong"},
        {"path": "/conf.d/worse.yaml", "line": 0, "error": "is none"},
    ],
    "forwarder": {"delivered": 1000, "retried": 2, "refused": 3, "dropped": 4, "waiting": 5, "last_problem": "it is away"},
    "dogstatsd": {"packets": 1, "metrics": 2, "events": 3, "service_checks": 4, "errors": 5, "dropped": 6000},
}  # fmt: skip


def test_a_status_is_the_agents_text():
    assert (
        status.text(STATUS)
        == """\
Getting the status from the agent.

============
Agent (v7.1)
============
  Status date: 2021-07-29 19:29:21 UTC (1627586961000)
  Agent start: 2021-07-29 19:28:21 UTC (1627586901000)
  Pid: 5
  Python Version: 3.12
  Build arch: amd64
  Agent flavor: agent
  Log Level: info

  Paths
  =====
    Config File: /etc/datadog.yaml
    conf.d: /conf.d
    checks.d: /checks.d

  Hostnames
  =========
    hostname: web-1
    host tags:
      a:b
      c:d

=========
Collector
=========

  Running Checks
  ==============

    lab
    ---
      Instance ID: lab:1 [OK]
      Configuration Source: file:lab.yaml
      Collection Interval: 15s
      Total Runs: 2
      Metric Samples: Last Run: 3, Total: 3,000
      Events: Last Run: 4, Total: 4,000
      mine: Last Run: 0, Total: 7
      Service Checks: Last Run: 1, Total: 1,000
      Histogram Buckets: Last Run: 5, Total: 5,000
      Logs: Last Run: 6, Total: 6,000
      Average Execution Time : 500ms
      Last Execution Date : 2021-07-29 19:28:21 UTC (1627586901000)
      Last Successful Execution Date : 2021-07-29 19:27:21 UTC (1627586841000)
      Instance ID: lab:2 [ERROR]
      Configuration Source: file:lab.yaml
      Collection Interval: 15s
      Total Runs: 2 (running now)
      Metric Samples: Last Run: 3, Total: 3,000
      Events: Last Run: 4, Total: 4,000
      mine: Last Run: 0, Total: 7
      Service Checks: Last Run: 1, Total: 1,000
      Histogram Buckets: Last Run: 5, Total: 5,000
      Logs: Last Run: 6, Total: 6,000
      Skipped Runs: 1,000 (the one before was still under way)
      Average Execution Time : 500ms
      Last Execution Date : 2021-07-29 19:28:21 UTC (1627586901000)
      Last Successful Execution Date : 2021-07-29 19:27:21 UTC (1627586841000)
      metadata:
        a: 1
        b: 2
      Error: it broke
        Traceback
        line
      Warning: take care
      Warning: again

  Config Errors
  =============
    bad
    ---
      /conf.d/bad.d/conf.yaml:3: is wrong
    worse
    -----
      /conf.d/worse.yaml: is none

  Loading Errors
  ==============

    gone
    ----
      Python Check Loader:
        no module

=========
Forwarder
=========

  Transactions
  ============
    Endpoint: http://example.com
    Success: 1,000
    Retried: 2
    Retry Queue Size: 5
    Dropped: 7
    Last problem: it is away

==========
Aggregator
==========
  Checks Metric Sample: 6,000
  Dogstatsd Metric Sample: 2
  Event: 8,003
  Service Check: 2,004
  Checks Histogram Bucket Metric Sample: 10,000

=========
DogStatsD
=========
  Packets: 1
  Metric Packets: 2
  Event Packets: 3
  Service Check Packets: 4
  Parse Errors: 5
  Packets Dropped: 6,000
"""
    )


def test_what_is_not_there_is_not_shown():
    nothing = dict.fromkeys(STATUS["dogstatsd"], 0)
    quiet = {**STATUS["forwarder"], "last_problem": ""}
    bare = {**STATUS, "checks": [], "loading_errors": [], "config_errors": [], "host_tags": [], "config_file": ""}
    text = status.text({**bare, "dogstatsd": nothing, "forwarder": quiet})
    assert "    No checks have run yet\n\n=========\nForwarder" in text
    assert "    Config File: There is no config file\n" in text
    assert "    Dropped: 7\n\n==========\nAggregator\n==========\n\n=========\nDogStatsD" in text
    assert not [word for word in ("host tags", "Errors\n", "Last problem") if word in text]


def test_a_check_that_never_ran_has_no_dates_and_one_that_warned_says_so():
    new = {**INSTANCE, "runs": 0, "error": "", "version": "1.2", "warnings": ["care"], "metadata": {}}
    lines = list(status.checks_text([new]))
    assert lines[:4] == ["", "    lab (1.2)", "    ---------", "      Instance ID: lab:2 [WARNING]"]
    assert not [line for line in lines if "Date" in line]
    assert lines[-1] == "      Warning: care"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.9996, "1s"), (0.999, "999ms"), (59.9994, "59.999s"), (60, "1m0s"), (3599.9, "59m59.9s"), (3661.5, "1h1m1.5s")],
)
def test_a_duration_carries_as_go_carries_it(seconds, text):
    assert status.duration(seconds) == text


# -- agent check


def sketch(*values):
    made = Sketch()
    for value in values:
        made.insert(value)
    return made


COUNTS = Counts(3, 1, 2, 4, 5)
COUNTS.platform_events["dbm-samples"] = 2
COUNTS.metadata["version.raw"] = "1.2"
HISTORY = History(2, 1, 0, CheckError("it broke", "Traceback"), ("care",), T0, T0 - 60, 0.5, 1.0, Counts(1, 0, 1))
RUNNING = SimpleNamespace(
    instance=Instance("lab", "lab:1", "lab.yaml", 15, {}, {}), check=SimpleNamespace(check_version="1.2.3"), history=HISTORY, counts=COUNTS, busy=False
)  # fmt: skip
SERIES = (
    FlushedSeries("lab.value", "gauge", 0, "web-1", ("a:b", "c:d"), ((T0, 5.0),)),
    FlushedSeries("lab.longer.name", "count", 10, "", (), ((T0, 0.25),)),
)
BATCH = Batch(
    series=SERIES,
    sketches=(FlushedSketch("lab.times", "web-1", ("a:b",), ((7, sketch(1.0, 3.0)),)),),
    service_checks=(ServiceCheck("lab.up", 1, "web-1", ("c:d", "e:f"), "slowly", 7),),
    events=(Event("lab", {"msg_title": "t"}),),
    logs=[{"message": "m"}],
)
SHOWN = Shown(RUNNING, BATCH, [0.0104, 0.021])


def test_json_has_what_was_submitted_and_how_the_runs_went():
    lost = (Instance("gone", "gone:1", "gone.yaml", 15, {}, {}), "no module")
    difference = Difference("metadata.csv", ("a",), ("b",), {"c": ("gauge", "count")})
    [made, failed] = json.loads(check_output.as_json(Result((SHOWN,), (lost,), difference)))
    assert made["metadata_csv"] == {
        "file": "metadata.csv",
        "not_listed": ["a"],
        "not_submitted": ["b"],
        "other_type": {"c": {"submitted": "gauge", "listed": "count"}},
    }
    usual = {"source_type_name": "System"}
    assert made["aggregator"] == {
        "metrics": [
            {**usual, "metric": "lab.value", "points": [[1627586901, 5]], "tags": ["a:b", "c:d"], "host": "web-1", "type": "gauge", "interval": 0},
            {**usual, "metric": "lab.longer.name", "points": [[1627586901, 0.25]], "tags": [], "host": "", "type": "count", "interval": 10},
        ],
        "sketches": [
            {"metric": "lab.times", "tags": ["a:b"], "host": "web-1", "interval": 0,
             "points": [{"sketch": {"summary": {"Min": 1.0, "Max": 3.0, "Sum": 4.0, "Avg": 2.0, "Cnt": 2}}, "ts": 7}]},
        ],
        "service_checks": [{"check": "lab.up", "host_name": "web-1", "timestamp": 7, "status": 1, "message": "slowly", "tags": ["c:d", "e:f"]}],
        "events": [{"msg_title": "t"}],
        "logs": [{"message": "m"}],
    }  # fmt: skip
    assert made["inventories"] == {"lab:1": {"version.raw": "1.2"}}
    assert made["runner"] == {
        "CheckName": "lab",
        "CheckVersion": "1.2.3",
        "CheckConfigSource": "file:lab.yaml",
        "CheckID": "lab:1",
        "Interval": 15_000_000_000,
        "TotalRuns": 2,
        "TotalErrors": 1,
        "TotalWarnings": 1,
        "MetricSamples": 1,
        "Events": 1,
        "ServiceChecks": 0,
        "HistogramBuckets": 0,
        "EventPlatformEvents": {},
        "TotalMetricSamples": 3,
        "TotalEvents": 2,
        "TotalServiceChecks": 1,
        "TotalHistogramBuckets": 4,
        "TotalEventPlatformEvents": {"dbm-samples": 2},
        "ExecutionTimes": [10, 21],
        "AverageExecutionTime": 15,
        "LastExecutionTime": 21,
        "LastError": '[{"message": "it broke", "traceback": "Traceback"}]',
        "LastWarnings": ["care"],
        "UpdateTimestamp": 1627586901,
        "LastSuccessDate": 1627586841,
    }
    assert failed == {
        "aggregator": {"metrics": []},
        "inventories": {},
        "runner": {"CheckName": "gone", "CheckID": "gone:1", "LastError": "no module"},
    }


def test_tables_are_as_wide_as_what_is_in_them():
    text = check_output.as_text(Result((SHOWN,), (), None), table=True, once=True)
    assert text.startswith("""\
=== Series ===
  METRIC           TYPE   TIMESTAMP   VALUE  TAGS
  ---------------  -----  ----------  -----  -------
  lab.value        gauge  1627586901  5      a:b c:d
  lab.longer.name  count  1627586901  0.25
=== Sketches ===
[
""")
    assert (
        """\
=== Service Checks ===
  CHECK   TIMESTAMP  STATUS  MESSAGE  TAGS
  ------  ---------  ------  -------  -------
  lab.up  7          1       slowly   c:d e:f
=== Events ===
"""
        in text
    )
    assert (
        "=========\nCollector\n=========\n\n  Running Checks\n  ==============\n\n    lab (1.2.3)\n    -----------\n"
        in text
    )
    assert (
        "\n  Metadata\n  ========\n    config.hash: lab:1\n    config.provider: file\n    version.raw: 1.2\n\nCheck has run only once"
        in text
    )
    assert text.endswith("to see any other metric if available.")
    plain = check_output.as_text(Result((SHOWN, SHOWN), (), None), table=False, once=False)
    assert plain.startswith(
        'Multiple check instances found, running each of them\n=== Series ===\n[\n  {\n    "metric": "lab.value"'
    )
    assert "Check has run only once" not in plain


def test_a_check_that_cannot_be_loaded_and_what_metadata_csv_lacks_are_said():
    lost = (Instance("gone", "gone:1", "gone.yaml", 15, {}, {}), "no module")
    same = Difference("metadata.csv", (), (), {})
    assert check_output.as_text(Result((), (lost,), same), table=False, once=True) == (
        "\nError: could not load gone:\n* Python Check Loader: no module\n\n=== metadata.csv ===\n"
        "Every submitted metric is listed, and every listed metric was submitted."
    )
    difference = Difference("metadata.csv", ("a",), ("b",), {"c": ("gauge", "count")})
    assert check_output.as_text(Result((), (), difference), table=False, once=False) == (
        "\n=== metadata.csv ===\nmissing from metadata.csv: a\nlisted, but not submitted: b\nlisted as count, but submitted as gauge: c"
    )
