"""The outputs that doghouse/README.md shows of lint and test are those of the commands."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
README = (ROOT / "doghouse" / "README.md").read_text()
MONITORS = [
    {"type": "metric alert", "query": "avg(last_5m):avg:m{*} > 90", "message": "{{#is_alert}}{{host.ip}} @a@b.cc{{/is_alert}}",
     "options": {"thresholds": {"critical": 90, "warning": 80}}},
    {"type": "metric alert", "query": "avg(last_5m):avg:n{*} > 200", "message": "@a@b.cc", "options": {"thresholds": {"critical": 90}}},
    {"type": "metric alert", "query": "avg(last_5m):ave:m{*} > 90", "message": "{{#is_alert}}@a@b.cc"},
    {"type": "rum alert", "query": 'rum("x").rollup("count").last("5m") > 1', "message": "@a@b.cc"},
]  # fmt: skip


def shown(command):
    """What the page shows below `$ doghouse …`."""
    return re.search(rf"^\$ {re.escape(command)}.*?\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[1]


def test_lint(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    Path("monitors.json").write_text(json.dumps(MONITORS, indent=2))

    assert run("lint", "monitors.json")[1] == shown("doghouse lint monitors.json")


def test_test(tmp_path, monkeypatch, run):
    text = re.search(r"```yaml\n(monitor: .*?)```", README, re.DOTALL)[1]
    monitor = ROOT / "my_metric" / "assets" / "monitors" / "my_metric_high.json"
    downtimes = ROOT / "companion" / "tests" / "monitors" / "out_of_office.json"
    monkeypatch.chdir(tmp_path)
    Path("my_metric_high.json").write_text(monitor.read_text())
    Path("out_of_office.json").write_text(downtimes.read_text())
    Path("high.test.yaml").write_text(text)

    out, page = run("test", "high.test.yaml")[1], shown("doghouse test high.test.yaml")
    same = [line for line in out.splitlines() if not line.strip().startswith("got")]
    assert same == [line for line in page.splitlines() if not line.strip().startswith("got")]
    got = next(line for line in page.splitlines() if line.strip().startswith("got"))
    assert got.removesuffix("…") in out


def test_the_example_of_the_fixture_runs_as_it_stands(tmp_path):
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    (tmp_path / "test_example.py").write_text(example)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "test_example.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_example_of_a_recording_runs_as_it_stands(tmp_path, monkeypatch, run):
    monitor = ROOT / "my_metric" / "assets" / "monitors" / "my_metric_high.json"
    monkeypatch.chdir(tmp_path)
    Path("my_metric_high.json").write_text(monitor.read_text())
    rows = [f"{1_772_434_800 + 45 * n},my_metric,{900 if 120 < n < 160 else 400},host:web-1" for n in range(320)]
    Path("week.csv").write_text("timestamp,metric,value,tags\n" + "\n".join(rows) + "\n")
    line = re.search(r"^doghouse (record .*)$", README, re.MULTILINE)[1]
    run(*line.split())
    assert run("test", "incident.test.yaml")[1].endswith("1 passed, 0 failed\n")
    assert "Alert" in Path("incident.test.yaml").read_text()
