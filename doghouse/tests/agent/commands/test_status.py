"""The forms of `agent status`, by the Agent's own templates (pkg/status/collector)."""

import pytest

from doghouse.agent.commands import status
from doghouse.agent.commands.health import health

RUN = {"metrics": 3, "events": 0, "service_checks": 1, "histogram_buckets": 0, "logs": 0, "platform_events": {}}
INSTANCE = {
    "name": "lab",
    "version": "1.2.3",
    "id": "lab:d884b5186b651429",
    "source": "/etc/datadog-agent/conf.d/lab.d/conf.yaml",
    "interval": 15,
    "running": False,
    "runs": 1200,
    "errors": 0,
    "skipped": 0,
    "error": "",
    "traceback": "",
    "warnings": [],
    "last_start": 1627586901.4,
    "last_success": 0.0,
    "average_duration": 1.798,
    "last_run": RUN | {"platform_events": {"dbm-metrics": 2}},
    **RUN,
    "metrics": 3600,
    "platform_events": {"dbm-metrics": 2400},
    "metadata": {},
}


def test_an_instances_block_is_the_agents():
    assert "\n".join(status.checks_text([INSTANCE])) == (
        """
    lab (1.2.3)
    -----------
      Instance ID: lab:d884b5186b651429 [OK]
      Configuration Source: file:/etc/datadog-agent/conf.d/lab.d/conf.yaml
      Collection Interval: 15s
      Total Runs: 1,200
      Metric Samples: Last Run: 3, Total: 3,600
      Events: Last Run: 0, Total: 0
      Database Monitoring Query Metrics: Last Run: 2, Total: 2,400
      Service Checks: Last Run: 1, Total: 1
      Average Execution Time : 1.798s
      Last Execution Date : 2021-07-29 19:28:21 UTC (1627586901000)
      Last Successful Execution Date : Never"""
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (0.0004, "0s"), (0.012, "12ms"), (1.798, "1.798s"), (2, "2s"), (123.5, "2m3.5s"), (3600, "1h0m0s")],
)
def test_a_duration_is_written_as_go_writes_it(seconds, text):
    assert status.duration(seconds) == text


def test_an_agent_is_healthy_unless_a_check_hangs_or_requests_cannot_be_delivered():
    def agent(problem="", *, hangs=False):
        check = {"id": "lab:1", "running": hangs, "skipped": int(hangs)}
        return {"checks": [check], "forwarder": {"last_problem": problem}}

    well = "Agent health: PASS\n=== 2 healthy components ===\ncheck lab:1, forwarder"
    assert health([agent()]) == (well, True)
    sick = "Agent health: FAIL\n=== 1 healthy components ===\n{}\n=== 1 unhealthy components ===\n{}"
    assert health([agent(hangs=True)]) == (sick.format("forwarder", "check lab:1"), False)
    assert health([agent("it is away"), agent()]) == (
        sick.format("check lab:1", "forwarder") + "\n" + well,
        False,
    )
