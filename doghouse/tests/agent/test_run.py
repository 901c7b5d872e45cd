"""`doghouse agent run` as a process: real checks, a real connection, real files."""

import itertools
import json

import pytest

from .conftest import KEY, eventually

GAUGE = "self.gauge('lab.value', 5, tags=self.instance.get('tags', []))"
EVERY_SECOND = "instances:\n  - min_collection_interval: 1\n    tags: [role:x]\n"


def times(intake, metric):
    return sorted(int(point["timestamp"]) for series in intake.series(metric) for point in series["points"])


def test_a_check_runs_at_its_interval_and_its_points_arrive(checks, running_agent, intake):
    checks.add("lab", GAUGE, EVERY_SECOND)
    with running_agent():
        eventually(lambda: runs(checks) >= 4)
    (first, *_) = intake.series("lab.value")
    assert (first["type"], first["tags"], first["resources"]) == (3, ["role:x"], [{"type": "host", "name": "web-1"}])
    seen = times(intake, "lab.value")
    assert len(seen) >= 4
    assert {b - a for a, b in itertools.pairwise(seen)} <= {0, 1, 2}
    assert seen[-1] - seen[0] >= len(seen) - 2


def status_of(checks):
    """What the agent of this test wrote as its status last; nothing before it did."""
    found = list((checks.root / "home").rglob("status.json"))
    return json.loads(found[0].read_text()) if found else {"checks": []}


def runs(checks, name="lab"):
    """How often a check has run."""
    return next((one["runs"] for one in status_of(checks)["checks"] if one["name"] == name), 0)


def test_the_host_is_reported_with_its_tags_and_address(checks, running_agent, intake, tmp_path):
    (tmp_path / "datadog.yaml").write_text("tags: [role:db]\nenv: lab\n")
    checks.add("lab", GAUGE)
    with running_agent("--datadog-yaml", tmp_path / "datadog.yaml"):
        intake.wait(lambda _: intake.bodies("/intake/"))
    (body,) = intake.bodies("/intake/")
    assert body["internalHostname"] == "web-1"
    assert body["host-tags"] == {"system": ["role:db", "env:lab"]}
    assert json.loads(body["gohai"])["network"]["ipaddress"]
    assert body["agent_checks"][0][:2] == ["lab", "lab"]


def test_a_check_that_raises_is_reported_and_the_others_go_on(checks, running_agent, intake, doghouse_agent):
    checks.add("broken", "self.service_check('broken.up', 2, message='no')\nraise RuntimeError('it fell over')")
    checks.add("lab", GAUGE, EVERY_SECOND)
    with running_agent() as process:
        eventually(lambda: runs(checks) >= 2)
        code, out, _ = doghouse_agent("status")
        assert code == 0
        assert "Error: it fell over" in out
        assert "[ERROR]" in out
        assert "[OK]" in out
    assert "raised: it fell over" in process.log.read_text()
    assert intake.series("lab.value")
    assert [(one["check"], one["status"], one["message"]) for one in intake.bodies("/api/v1/check_run")[0]][:1] == [
        ("broken.up", 2, "no")
    ]


def test_a_yaml_with_a_typo_is_one_sentence_with_its_line_and_the_others_go_on(checks, running_agent, intake):
    wrong = checks.add("typo", GAUGE, "instances:\n  - a: 1\n   b: 2\n")
    checks.add("lab", GAUGE, EVERY_SECOND)
    with running_agent() as process:
        eventually(lambda: runs(checks) >= 1)
    log = process.log.read_text()
    assert f"{wrong}:3: is not YAML" in log
    assert "Traceback" not in log
    assert intake.series("lab.value")


def test_a_changed_interval_is_taken_up_without_a_restart(checks, running_agent, intake):
    checks.add("lab", GAUGE, "instances:\n  - min_collection_interval: 3600\n")
    with running_agent() as process:
        eventually(lambda: runs(checks) >= 1)
        checks.add("lab", None, EVERY_SECOND)
        eventually(lambda: runs(checks) >= 3)
    assert "is no longer configured" in process.log.read_text()


def test_a_check_is_not_begun_anew_when_the_file_of_another_changes(checks, running_agent):
    for name in ("lab", "other"):
        checks.add(name, GAUGE, "instances:\n  - min_collection_interval: 3600\n")
    with running_agent() as process:
        eventually(lambda: runs(checks) >= 1 and runs(checks, "other") >= 1)
        checks.add("lab", None, EVERY_SECOND)
        eventually(lambda: runs(checks) >= 3)
    begun = [line for line in process.log.read_text().splitlines() if "runs every" in line]
    assert [sum(name in line for line in begun) for name in ("lab:", "other:")] == [2, 1]


def test_a_file_that_becomes_wrong_leaves_its_check_running_as_it_was(checks, running_agent):
    checks.add("lab", GAUGE, EVERY_SECOND)
    with running_agent() as process:
        eventually(lambda: runs(checks) >= 1)
        checks.add("lab", None, "instances: [\n")
        eventually(lambda: "is not YAML" in process.log.read_text())
        before = runs(checks)
        eventually(lambda: runs(checks) > before + 1)


def test_a_check_that_hangs_stops_no_other_and_no_ending(checks, running_agent, intake):
    checks.add("hangs", "time.sleep(3600)")
    checks.add("lab", GAUGE, EVERY_SECOND)
    with running_agent():
        eventually(lambda: runs(checks) >= 3)
    assert len(times(intake, "lab.value")) >= 3


def test_a_check_whose_constructor_hangs_stops_no_other_and_runs_once_it_is_made(checks, running_agent):
    checks.add("slow", "self.gauge('slow.value', 1)")
    (checks.root / "checks.d" / "slow.py").write_text(
        "import pathlib, time\nfrom datadog_checks.base import AgentCheck\nclass Check(AgentCheck):\n"
        "    def __init__(self, name, init_config, instances):\n"
        "        super().__init__(name, init_config, instances)\n"
        f"        while not pathlib.Path({str(checks.root / 'go')!r}).exists():\n            time.sleep(0.05)\n"
        "    def check(self, _):\n        self.gauge('slow.value', 1)\n"
        "    def cancel(self):\n        time.sleep(3600)\n"
    )
    checks.add("lab", GAUGE, EVERY_SECOND)
    with running_agent() as process:
        eventually(lambda: runs(checks) >= 3)
        (waiting,) = status_of(checks)["loading_errors"]
        assert (waiting["name"], waiting["error"]) == (
            "slow",
            "is not made yet: its module or its constructor still runs",
        )
        (checks.root / "go").touch()
        eventually(lambda: runs(checks, "slow") >= 1)
        assert status_of(checks)["loading_errors"] == []
    assert "slow (" in process.log.read_text()


def test_a_module_that_exits_stops_no_other(checks, running_agent):
    checks.add("exits", "pass")
    (checks.root / "checks.d" / "exits.py").write_text("import sys\nsys.exit(3)\n")
    checks.add("lab", GAUGE, EVERY_SECOND)
    with running_agent() as process:
        eventually(lambda: runs(checks) >= 2)
    assert "exits can't be imported: SystemExit: 3" in process.log.read_text()


def test_a_check_that_exits_is_an_error_and_runs_again(checks, running_agent):
    checks.add("lab", "import sys\nsys.exit(3)", EVERY_SECOND)
    with running_agent() as process:
        eventually(lambda: runs(checks) >= 2)
    assert "raised: SystemExit: 3" in process.log.read_text()


def test_what_could_not_be_sent_is_sent_by_the_next_agent(checks, running_agent, intake):
    checks.add("lab", GAUGE, EVERY_SECOND)
    intake.status = 503
    with running_agent():
        eventually(lambda: runs(checks) >= 2)
    assert intake.received == []
    intake.status = 202
    with running_agent():
        intake.wait(lambda _: times(intake, "lab.value"), within=60)


def test_what_an_intake_that_hangs_has_not_taken_is_sent_by_the_next_agent(checks, running_agent, intake):
    checks.add("lab", GAUGE, EVERY_SECOND)
    intake.open.clear()
    with running_agent():
        eventually(lambda: runs(checks) >= 2)
    assert intake.received == []
    intake.open.set()
    with running_agent():
        intake.wait(lambda _: times(intake, "lab.value"), within=60)


def test_a_wrong_key_is_one_clear_sentence(checks, intake, doghouse_agent):
    checks.add("lab", GAUGE)
    code, _, err = doghouse_agent("run", "--conf", checks.conf, "--url", intake.url, DD_API_KEY="wrong")
    assert code == 1
    assert "the API key is refused (403)" in err
    assert "wrong" not in err
    assert "Traceback" not in err


def test_no_key_at_all_is_one_clear_sentence(checks, intake, doghouse_agent):
    code, _, err = doghouse_agent("run", "--conf", checks.conf, "--url", intake.url, DD_API_KEY="")
    assert code == 1
    assert "API key: there is none: give --keys-file, DD_API_KEY, or api_key in datadog.yaml" in err


def test_a_keys_file_goes_before_other_keys(checks, running_agent, intake, tmp_path):
    (tmp_path / "keys.json").write_text(json.dumps({"api_key": KEY, "app_key": "x"}))
    with running_agent("--keys-file", tmp_path / "keys.json", DD_API_KEY="wrong"):
        intake.wait(lambda _: intake.bodies("/intake/"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--conf", "/nowhere"), "/nowhere: is not a folder with configurations of checks"),
        (
            ("--conf", ".", "--datadog-yaml", "/nowhere.yaml"),
            "/nowhere.yaml: cannot be read: No such file or directory",
        ),
        (("--conf", ".", "--keys-file", "/nowhere.json"), "/nowhere.json: cannot be read"),
        (("--conf", ".", "--log-level", "loud"), "log_level: must be one of"),
        (("--conf", ".", "--url", "nonsense"), "'nonsense' is not an http:// or https:// address"),
        (("--conf", ".", "--url", "http://h:99999"), "'http://h:99999' is not an http:// or https:// address"),
    ],
)
def test_what_can_not_start_says_why_in_one_sentence(doghouse_agent, arguments, said):
    code, _, err = doghouse_agent("run", *arguments)
    assert code == 1
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_a_second_agent_with_the_same_configuration_is_refused(checks, running_agent, intake, doghouse_agent):
    checks.add("lab", GAUGE)
    with running_agent() as process:
        eventually(lambda: status_of(checks)["checks"])
        code, _, err = doghouse_agent("run", "--conf", checks.conf, "--url", intake.url)
    assert code == 1
    assert f"is running already (process {process.pid})" in err


def test_status_without_an_agent_says_so(doghouse_agent):
    code, out, err = doghouse_agent("status")
    assert (code, out, err) == (1, "", "doghouse agent: no agent is running\n")


def test_status_finds_an_agent_wherever_its_run_folder_is(checks, running_agent, doghouse_agent, tmp_path):
    checks.add("lab", GAUGE)
    with running_agent("--run-path", tmp_path / "elsewhere"):
        eventually(lambda: (tmp_path / "elsewhere" / "status.json").exists())
        code, out, _ = doghouse_agent("status", "--json")
        assert code == 0
        assert json.loads(out)[0]["checks"][0]["name"] == "lab"
        assert doghouse_agent("health")[:2][0] == 0
    assert doghouse_agent("status")[0] == 1
