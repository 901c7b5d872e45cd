"""What a light installation says where an extra is missing: one sentence, with the extra's name. Missing modules are blocked here as if not installed."""

import subprocess
import sys

import pytest

BLOCKED = """
import sys
for module in {modules!r}:
    sys.modules[module] = None
sys.argv = ["doghouse", *{arguments!r}]
from doghouse import cli
cli.main()
"""


def run(modules, *arguments):
    code = BLOCKED.format(modules=modules, arguments=arguments)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("modules", "arguments", "said"),
    [
        (["platformdirs"], ["up"], "doghouse: this needs platformdirs: pip install './doghouse[server]'\n"),
        (["psutil"], ["agent", "configcheck"], "doghouse: this needs psutil: pip install './doghouse[agent]'\n"),
        (["platformdirs"], ["agent", "status"], "doghouse: this needs platformdirs: pip install './doghouse[agent]'\n"),
    ],
)
def test_a_missing_extra_is_one_sentence(modules, arguments, said):
    done = run(modules, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)


LIGHT = ["duckdb", "starlette", "uvicorn", "psutil", "platformdirs", "jinja2", "matplotlib", "zstandard", "google", "aiosmtplib", "ddsketch",
         "datadog_checks", "datadog_api_client", "pyarrow", "uplot", "markdown_it"]  # fmt: skip
MONITOR = '{"type":"metric alert","query":"avg(last_5m):avg:m{*} by {host} > 90","name":"n","message":"@a@example.com","options":{"new_host_delay":0}}'


def test_lint_test_and_backtest_need_no_extra(tmp_path):
    (tmp_path / "m.json").write_text(MONITOR)
    (tmp_path / "s.csv").write_text("timestamp,metric,value,tags\n1772445600,m,95,host:a\n")
    (tmp_path / "m.test.yaml").write_text(
        "monitor: m.json\nstart: 2026-03-02T10:00Z\ntests:\n"
        '  - name: x\n    series: {"m{host:a}": 95}\n    transitions: [+1m Alert]\n'
    )
    calls = [
        ["lint", str(tmp_path / "m.json")],
        ["test", str(tmp_path / "m.test.yaml")],
        ["backtest", str(tmp_path / "m.json"), "--series", str(tmp_path / "s.csv"), "--from", "1772445600", "--to", "1772445900", "--suggest"],
    ]  # fmt: skip
    for call in calls:
        done = run([module for module in LIGHT if module != "markdown_it"], *call)
        assert (done.returncode, done.stderr) == (0, "")
