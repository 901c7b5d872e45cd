"""`doghouse agent check`: what it runs, prints, and says of metadata.csv."""

import json
import re

import pytest

CSV = "metric_name,metric_type,interval,unit_name\nlab.value,gauge,,\nlab.old,count,,\nlab.seen,gauge,,\n"
BODY = """\
self.gauge('lab.value', 5, tags=['a:b'])
self.count('lab.seen', 2)
self.rate('lab.rate', time.time())
self.histogram('lab.times', 3)
self.service_check('lab.up', 1, tags=['c:d'], message='slowly')
self.event({'msg_title': 'a title', 'msg_text': 'a text', 'timestamp': 1772445600, 'event_type': 'lab'})
self.submit_histogram_bucket('lab.spread', 4, 0.0, 10.0, False, '', [])
self.database_monitoring_query_sample('{}')
self.set_metadata('version', '1.2.3')
self.send_log({'message': 'a line', 'timestamp': 1772445600.5})
self.warning('take care of %s', 'this')"""


@pytest.fixture
def checked(checks, doghouse_agent):
    def run(*arguments, body=BODY, **variables):
        checks.add("lab", body)
        return doghouse_agent("check", "lab", "--conf", checks.conf, *arguments, **variables)

    return run


def only(out):
    (one,) = json.loads(out)
    return one


def test_json_is_a_list_that_ddev_finds_in_the_output(checked):
    code, out, err = checked("--json")
    (found,) = re.findall(r"((?:\{ \[|\[).*?\n(?:\} \]|\]))", out, re.DOTALL)  # datadog_checks_dev: plugin/pytest.py
    assert json.loads(found) == json.loads(out)
    assert (code, err) == (0, "")


def test_what_a_check_prints_is_not_among_the_json(checked):
    body = "print('a word')\nos.system('echo another')\nself.gauge('lab.value', 1)"
    code, out, err = checked("--json", body=body)
    assert only(out)["aggregator"]["metrics"][0]["metric"] == "lab.value"
    assert (code, "a word" in err, "another" in err) == (0, True, True)


def test_tags_that_are_no_text_are_left_out_and_an_event_has_the_fields_that_the_agent_reads(checked):
    body = (
        "self.gauge('lab.value', 1, tags=['a:b', 3, None, b'c:d', b'\\xff'])\n"
        "self.event({'msg_title': 5, 'msg_text': 'x', 'alert_type': None, 'of_mine': 'y', 'timestamp': 0})"
    )
    code, out, _ = checked("--json", body=body)
    aggregator = only(out)["aggregator"]
    assert (code, aggregator["metrics"][0]["tags"]) == (0, ["a:b", "c:d"])
    assert aggregator["events"][0].keys() == {"msg_text", "tags", "host", "timestamp"}


def test_every_kind_of_submission_is_in_the_json(checked):
    one = only(checked("--json")[1])
    aggregator, runner = one["aggregator"], one["runner"]
    metrics = {found["metric"]: found for found in aggregator["metrics"]}
    value = metrics["lab.value"]
    assert (value["type"], value["tags"], value["host"], value["points"][0][1], value["interval"]) == (
        "gauge",
        ["a:b"],
        "web-1",
        5,
        0,
    )
    assert (
        metrics["lab.seen"]["type"],
        metrics["lab.times.count"]["type"],
        metrics["lab.times.95percentile"]["type"],
    ) == ("count", "rate", "gauge")
    assert "lab.rate" not in metrics
    check = aggregator["service_checks"][0]
    assert (check["check"], check["status"], check["tags"], check["host_name"], check["message"]) == (
        "lab.up",
        1,
        ["c:d"],
        "web-1",
        "slowly",
    )
    assert aggregator["events"][0]["msg_title"] == "a title"
    assert aggregator["sketches"][0]["points"][0]["sketch"]["summary"]["Cnt"] == 4
    assert aggregator["logs"][0] | {"hostname": ""} == {
        "ddsource": "lab",
        "hostname": "",
        "message": "a line",
        "timestamp": 1772445600500,
    }
    assert runner["TotalEventPlatformEvents"] == {"dbm-samples": 1}
    assert next(iter(one["inventories"].values()))["version.raw"] == "1.2.3"
    assert runner["LastWarnings"] == ["take care of this"]
    assert (runner["CheckName"], runner["TotalRuns"], runner["LastError"]) == ("lab", 1, "")
    assert runner["CheckID"].startswith("lab:")


def test_ddevs_stub_takes_the_json_as_it_is(checked):
    from datadog_checks.base.stubs import aggregator, datadog_agent
    from datadog_checks.dev._env import replay_check_run

    aggregator.reset()
    replay_check_run(json.loads(checked("--json")[1]), aggregator, datadog_agent)
    aggregator.assert_metric("lab.value", value=5, tags=["a:b"], hostname="web-1")
    aggregator.assert_service_check("lab.up", 1)
    aggregator.reset()


def test_with_check_rate_it_runs_twice_a_second_apart(checked):
    one = only(checked("--check-rate", "--json")[1])
    rate = next(found for found in one["aggregator"]["metrics"] if found["metric"] == "lab.rate")
    assert rate["points"][0][1] == pytest.approx(1, abs=0.05)
    assert one["runner"]["TotalRuns"] == 2


@pytest.mark.parametrize("option", ["--check-times", "--times", "-t"])
def test_it_runs_as_often_as_it_is_told(checked, option):
    assert only(checked(option, 3, "--json")[1])["runner"]["TotalRuns"] == 3


def test_for_people_it_prints_what_the_real_agent_prints(checked):
    code, out, _ = checked()
    headings = [line for line in out.splitlines() if line.startswith("===") and not line.startswith("====")]
    assert headings == [
        "=== Series ===",
        "=== Sketches ===",
        "=== Service Checks ===",
        "=== Events ===",
        "=== Logs ===",
    ]
    assert "Running Checks" in out
    for line in ("Metric Samples", "Events", "Service Checks", "Database Monitoring Query Samples"):
        count = 4 if line == "Metric Samples" else 1
        assert f"      {line}: Last Run: {count}, Total: {count}\n" in out
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(\d{10}000\)"
    assert re.search(rf"Last Execution Date : {when}\n      Last Successful Execution Date : {when}\n", out)
    assert re.search(r"    config.hash: lab:[0-9a-f]+\n    config.provider: file\n", out)
    assert "Warning: take care of this" in out
    assert "version.raw: 1.2.3" in out
    assert "Check has run only once" in out
    assert code == 0


def test_tables_show_series_and_service_checks(checked):
    _, out, _ = checked("--table")
    assert re.search(r"METRIC +TYPE +TIMESTAMP +VALUE +TAGS", out)
    assert re.search(r"lab\.value +gauge +\d+ +5(\.0)? +a:b", out)
    assert re.search(r"lab\.up +\d+ +1 +slowly +c:d", out)


def test_several_instances_are_run_one_after_the_other(checks, doghouse_agent):
    checks.add("lab", "self.gauge('lab.value', self.instance['n'])", "instances:\n  - {n: 1}\n  - {n: 2}\n")
    _, out, _ = doghouse_agent("check", "lab", "--conf", checks.conf)
    assert out.startswith("Multiple check instances found, running each of them\n")
    assert out.count("Instance ID: lab:") == 2


def test_a_check_that_raises_says_where_and_exits_1(checked):
    code, out, _ = checked("--json", body="self.gauge('lab.value', 1)\nraise KeyError('port')")
    (error,) = json.loads(only(out)["runner"]["LastError"])
    assert code == 1
    assert error["message"] == "'port'"
    assert "checks.d/lab.py" in error["traceback"]
    assert only(out)["aggregator"]["metrics"][0]["metric"] == "lab.value"


def test_a_check_that_can_not_be_loaded_says_why(checks, doghouse_agent):
    (checks.root / "checks.d" / "lab.py").write_text("import no_such_library\n")
    checks.add("lab")
    code, out, _ = doghouse_agent("check", "lab", "--conf", checks.conf)
    assert code == 1
    assert "Error: could not load lab:" in out
    assert "No module named 'no_such_library'" in out
    assert "pip install 'datadog-checks-base[deps]'" in out


def test_a_jmx_integration_is_called_that(checks, doghouse_agent):
    checks.add("lab", "", "init_config:\n  is_jmx: true\ninstances:\n  - {host: localhost, port: 7199}\n")
    code, out, _ = doghouse_agent("check", "lab", "--conf", checks.conf)
    assert code == 1
    assert "lab is a JMX integration" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "--conf", "."), "no valid check found: there is no nowhere.d/conf.yaml with instances of nowhere"),
        (("lab", "--conf", "/nowhere"), "/nowhere: is not a folder with configurations of checks"),
        (("./nowhere",), "./nowhere: is not an integration's folder: it has no datadog_checks"),
        (("lab",), "conf.d: there is no such folder; give --conf DIR"),
    ],
)
def test_what_can_not_be_run_says_why_in_one_sentence(doghouse_agent, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    code, _, err = doghouse_agent("check", *arguments)
    assert code == 1
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_the_log_is_shown_if_it_is_asked_for(checked):
    body = "self.log.info('a word of the check')"
    assert "a word of the check" in checked("-l", "info", body=body)[2]
    assert "a word of the check" not in checked(body=body)[2]


def test_the_options_that_ddev_passes_are_taken(checked):
    code, _, err = checked(
        "--json", "--discovery-timeout", 30, "--discovery-min-instances", 1, "--delay", 10, "--pause", 5
    )
    assert code == 0, err


def test_the_folder_of_conf_d_may_come_from_the_environment(checks, doghouse_agent):
    checks.add("lab", "self.gauge('lab.value', 1)")
    assert doghouse_agent("check", "lab", DD_CONFD_PATH=str(checks.conf))[0] == 0


@pytest.fixture
def integration(tmp_path):
    """An integration's folder, as in integrations-extras."""
    folder = tmp_path / "lab_extra"
    package = folder / "datadog_checks" / "lab_extra"
    (package / "data").mkdir(parents=True)
    (folder / "metadata.csv").write_text(CSV)
    (package / "__init__.py").write_text("from .check import LabCheck\n__version__ = '2.0.0'\n")
    (package / "check.py").write_text(
        "from datadog_checks.base import AgentCheck\n\nclass LabCheck(AgentCheck):\n"
        "    def check(self, _):\n        self.gauge('lab.value', 1)\n        self.gauge('lab.new', 1)\n        self.count('lab.seen', 1)\n"
    )
    (package / "data" / "conf.yaml.example").write_text("init_config:\ninstances:\n  - min_collection_interval: 30\n")
    return folder


def test_an_integrations_folder_runs_with_its_own_example_and_is_compared_with_its_metadata_csv(
    integration, doghouse_agent
):
    code, out, _ = doghouse_agent("check", integration, "--json")
    difference = only(out)["metadata_csv"]
    assert code == 0
    assert difference["not_listed"] == ["lab.new"]
    assert difference["not_submitted"] == ["lab.old"]
    assert difference["other_type"] == {"lab.seen": {"submitted": "count", "listed": "gauge"}}


def test_a_rate_counts_as_submitted_although_it_needs_two_runs_for_a_point(integration, doghouse_agent):
    (integration / "metadata.csv").write_text("metric_name,metric_type\nlab.commits,count\n")
    (integration / "datadog_checks/lab_extra/check.py").write_text(
        "from datadog_checks.base import AgentCheck\n\nclass LabCheck(AgentCheck):\n"
        "    def check(self, _):\n        self.rate('lab.reads', 1)\n        self.monotonic_count('lab.commits', 1)\n"
    )
    difference = only(doghouse_agent("check", integration, "--json")[1])["metadata_csv"]
    assert (difference["not_listed"], difference["not_submitted"]) == (["lab.reads"], [])


def test_the_comparison_is_also_said_to_people(integration, doghouse_agent):
    _, out, _ = doghouse_agent("check", integration)
    assert "missing from metadata.csv: lab.new" in out
    assert "listed, but not submitted: lab.old" in out
    assert "listed as gauge, but submitted as count: lab.seen" in out


@pytest.mark.parametrize(
    ("text", "said"), [("name\nx\n", "must have the columns metric_name and metric_type"), (None, "cannot be read")]
)
def test_a_metadata_csv_that_can_not_be_used_is_named(checked, tmp_path, text, said):
    path = tmp_path / "metadata.csv"
    if text:
        path.write_text(text)
    code, _, err = checked("--metadata", path)
    assert code == 1
    assert f"{path}" in err
    assert said in err


def test_configcheck_shows_what_is_configured_without_secrets_and_what_is_wrong(checks, doghouse_agent):
    checks.add(
        "lab",
        "pass",
        "init_config: {a: 1}\ninstances:\n  - {password: hunter2, tags: [x:y], url: 'http://u:hunter2@h/', pass: 5}\n",
    )
    code, out, _ = doghouse_agent("configcheck", "--conf", checks.conf)
    assert code == 0
    assert "=== lab check ===" in out
    assert "x:y" in out
    assert "hunter2" not in out
    assert "url: http://u:********@h/" in out
    assert "pass: '********'" in out
    checks.add("typo", "pass", "instances: [\n")
    checks.add("nowhere")
    code, out, _ = doghouse_agent("configcheck", "--conf", checks.conf)
    assert code == 1
    assert "typo.d/conf.yaml:2: is not YAML" in out
    assert "nowhere: no module datadog_checks.nowhere is installed" in out


def test_version_and_hostname(doghouse_agent):
    assert doghouse_agent("version")[1].startswith("Agent 7.")
    assert doghouse_agent("hostname")[:2] == (0, "web-1\n")
