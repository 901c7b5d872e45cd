"""Every command of doghouse that takes a file of its user's, each with a valid file: what is done to that file must end in a sentence."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MONITOR = {
    "type": "metric alert",
    "query": "avg(last_5m):avg:m{*} by {host} > 90",
    "name": "high on {{host.name}}",
    "message": "{{value}} @ops@example.com",
    "tags": ["team:a"],
    "options": {"thresholds": {"critical": 90.0}, "notify_no_data": False},
}
LOG_MONITOR = {**MONITOR, "type": "log alert", "query": 'logs("service:a").index("*").rollup("count").last("5m") > 1'}
LOG_MONITOR["options"] = {"thresholds": {"critical": 1}}
DOWNTIME = {
    "scope": "host:a",
    "schedule": {
        "timezone": "Europe/Berlin",
        "recurrences": [{"start": "2026-03-01T19:00:00", "duration": "14h", "rrule": "FREQ=DAILY;INTERVAL=1"}],
    },
}
TESTS = """monitor: {type: metric alert, query: "avg(last_5m):avg:m{*} by {host} > 90", message: "@a@example.com", options: {thresholds: {critical: 90}}}
start: 2026-03-02T10:00:00Z
hosts: &hosts {a: {ip: 10.0.0.7, tags: [role:web]}}
tests:
  - name: alerts
    series: {"m{host:a}": 80 95x9 50x9}
    transitions: [+5m Alert, "+11m OK"]
"""
CSV = "timestamp,metric,value,type,interval,tags\n" + "".join(
    f'{1772445600 + 60 * number},m,{number}.5,gauge,60,"host:a,env:b"\n' for number in range(4)
)
LOGS = "".join(
    json.dumps(
        {"timestamp": f"2026-03-02T10:00:0{number}Z", "message": "went é", "service": "a", "attributes": {"n": number}}
    )
    + "\n"
    for number in range(3)
)
PLAN = {
    "format_version": "1.2",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "datadog_monitor.a",
                    "mode": "managed",
                    "type": "datadog_monitor",
                    "name": "a",
                    "values": {
                        "type": "metric alert",
                        "query": "avg(last_5m):avg:m{*} > 90",
                        "name": "n",
                        "message": "@a",
                        "monitor_thresholds": [{"critical": "90"}],
                    },
                }
            ]
        }
    },
}
TERRAFORM = """locals { at = yamldecode("a: 1") }
variable "critical" { default = 90 }
resource "datadog_monitor" "a" {
  for_each = toset(["x"])
  type     = "metric alert"
  name     = "high ${each.key}"
  message  = <<-EOT
    hi @a@example.com
  EOT
  query    = "avg(last_5m):avg:m{*} > ${var.critical}"
  monitor_thresholds { critical = var.critical }
}
"""
RULES = """- name: r
  filter: {tags: ["team:a"]}
  recipients: ["a@example.com"]
"""
METADATA = "metric_name,metric_type,interval,unit_name\nm,gauge,60,\nn,count,,\n"
CONF = """init_config: &empty {}
instances:
  - name: one
    min_collection_interval: 5
    more: *empty
"""
KEYS = json.dumps({"api_key": "0" * 32, "app_key": "1" * 40})
DATADOG_YAML = "hostname: web-1\ntags: [env:lab]\napm_config: {enabled: true}\ndogstatsd_port: 8125\n"
RANGE = ("--from", "1772445600", "--to", "1772446200")


def parquet(rows: dict[str, list[object]], **options: object) -> bytes:
    """A Parquet file of these columns."""
    import polars

    written = io.BytesIO()
    polars.DataFrame(rows).write_parquet(written, **options)  # type: ignore[arg-type]
    return written.getvalue()


def series_parquet(compression: str = "zstd") -> bytes:
    """Four points of two series."""
    return parquet(
        {
            "timestamp": [1772445600 + 60 * number for number in range(4)],
            "metric": ["m"] * 4,
            "value": [0.5, 1.5, 2.5, 3.5],
            "tags": ["host:a", "host:a", "host:b", "host:b"],
        },
        compression=compression,
    )


def logs_parquet() -> bytes:
    """Three logs."""
    return parquet(
        {"timestamp": [1772445600000 + number for number in range(3)], "message": ["a", "b", "é"], "service": ["a"] * 3}
    )


def wheel() -> bytes:
    """An integration's wheel."""
    written = io.BytesIO()
    info = "datadog_lab_extra-1.0.0.dist-info/"
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datadog_checks/lab_extra/__init__.py", "")
        archive.writestr("datadog_checks/lab_extra/data/conf.yaml.example", "instances:\n  - {}\n")
        archive.writestr(
            f"{info}METADATA",
            "Metadata-Version: 2.1\nName: datadog-lab-extra\nVersion: 1.0.0\nRequires-Dist: datadog-checks-base\n",
        )
        archive.writestr(f"{info}WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}RECORD", "")
    return written.getvalue()


@dataclass(frozen=True)
class Reader:
    """A command that reads a file: the file's name and valid content, the arguments for where it lies, and files that it needs beside it."""

    name: str
    file: str
    content: Callable[[], bytes]
    arguments: Callable[[Path], tuple[str, ...]]
    beside: dict[str, str]
    code: int = 0  # of the valid file

    def __str__(self) -> str:
        return self.name

    def place(self, folder: Path) -> Path:
        """Write what is beside the file; where the file itself belongs."""
        for name, text in self.beside.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        path = folder / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _reader(
    name: str,
    file: str,
    content: str | Callable[[], bytes],
    *arguments: str,
    beside: dict[str, str] | None = None,
    code: int = 0,
) -> Reader:
    """`FILE` in the arguments is the file, `DIR` its folder's parent, and a name of `beside` that file."""

    def made(path: Path) -> tuple[str, ...]:
        root = path
        for _ in Path(file).parts:
            root = root.parent
        known = {"FILE": str(path), "DIR": str(root), **{name: str(root / name) for name in beside or {}}}
        return tuple(known.get(word, word) for word in arguments)

    text = content if callable(content) else content.encode
    return Reader(name, file, text, made, beside or {}, code)  # type: ignore[arg-type]


BACKTEST = ("backtest", "m.json", *RANGE)
BESIDE = {"m.json": json.dumps(MONITOR), "s.csv": CSV}
LOGGED = {"m.json": json.dumps(LOG_MONITOR)}
CHECK = "from datadog_checks.base import AgentCheck\nclass Lab(AgentCheck):\n    def check(self, _):\n        pass\n"
READERS = (
    _reader("lint", "a.json", json.dumps(MONITOR), "lint", "FILE"),
    _reader("lint plan", "plan.json", json.dumps(PLAN), "lint", "FILE"),
    _reader("lint terraform", "main.tf", TERRAFORM, "lint", "FILE"),
    _reader("lint folder", "f/a.json", json.dumps([MONITOR]), "lint", "DIR"),
    _reader(
        "lint tfvars",
        "v.tfvars",
        "critical = 80\n",
        "lint",
        "main.tf",
        "--var-file",
        "FILE",
        beside={"main.tf": TERRAFORM},
    ),
    _reader(
        "lint tfvars json",
        "v.tfvars.json",
        '{"critical": 80}',
        "lint",
        "main.tf",
        "--var-file",
        "FILE",
        beside={"main.tf": TERRAFORM},
    ),
    _reader(
        "lint file()",
        "t.txt",
        "hello",
        "lint",
        "main.tf",
        beside={"main.tf": TERRAFORM.replace('"high ${each.key}"', 'file("t.txt")')},
    ),
    _reader("lint metrics", "metadata.csv", METADATA, "lint", "m.json", "--metrics", "FILE", beside=BESIDE),
    _reader(
        "lint asset's metadata",
        "metadata.csv",
        METADATA,
        "lint",
        "assets/monitors/m.json",
        beside={"assets/monitors/m.json": json.dumps(MONITOR)},
    ),
    _reader("lint rules", "rules.yaml", RULES, "lint", "m.json", "--rules", "FILE", beside=BESIDE),
    _reader("diff", "a.json", json.dumps(MONITOR), "diff", "m.json", "FILE", beside=BESIDE),
    _reader(
        "diff rules",
        "b/rules.yaml",
        RULES,
        "diff",
        "a",
        "b",
        beside={"a/m.json": json.dumps(MONITOR), "b/m.json": json.dumps(MONITOR)},
    ),
    _reader("lint settings", "doghouse.toml", "[lint]\nstrict = true\n", "lint", "m.json", beside=BESIDE),
    _reader("test", "a.test.yaml", TESTS, "test", "FILE"),
    _reader(
        "test monitor",
        "n.json",
        json.dumps(MONITOR),
        "test",
        "t.test.yaml",
        beside={"t.test.yaml": "monitor: n.json\n" + TESTS.partition("\n")[2]},
    ),
    _reader(
        "test downtimes",
        "d.json",
        json.dumps([DOWNTIME]),
        "test",
        "t.test.yaml",
        beside={"t.test.yaml": TESTS.replace("hosts:", "downtimes: d.json\nhosts:")},
    ),
    _reader(
        "test rules",
        "r.json",
        json.dumps([{"name": "r", "filter": {"tags": ["a:b"]}, "recipients": ["a@example.com"]}]),
        "test",
        "t.test.yaml",
        beside={"t.test.yaml": TESTS.replace("hosts:", "rules: r.json\nhosts:")},
    ),
    _reader("backtest series", "x.csv", CSV, "backtest", "m.json", "--series", "FILE", *RANGE, beside=BESIDE),
    _reader(
        "backtest parquet", "x.parquet", series_parquet, "backtest", "m.json", "--series", "FILE", *RANGE, beside=BESIDE
    ),
    _reader(
        "backtest parquet gzip",
        "x.parquet",
        lambda: series_parquet("gzip"),
        "backtest",
        "m.json",
        "--series",
        "FILE",
        *RANGE,
        beside=BESIDE,
    ),
    _reader("backtest logs", "l.jsonl", LOGS, "backtest", "m.json", "--logs", "FILE", *RANGE, beside=LOGGED),
    _reader(
        "backtest logs parquet",
        "l.parquet",
        logs_parquet,
        "backtest",
        "m.json",
        "--logs",
        "FILE",
        *RANGE,
        beside=LOGGED,
    ),
    _reader(
        "backtest downtimes",
        "d.json",
        json.dumps([DOWNTIME]),
        *BACKTEST,
        "--series",
        "s.csv",
        "--downtimes",
        "FILE",
        beside=BESIDE,
    ),
    _reader(
        "backtest hosts",
        "h.json",
        json.dumps({"a": {"ip": "10.0.0.7", "tags": ["role:web"]}}),
        *BACKTEST,
        "--series",
        "s.csv",
        "--hosts",
        "FILE",
        beside=BESIDE,
    ),
    _reader("backtest rules", "rules.yaml", RULES, *BACKTEST, "--series", "s.csv", "--rules", "FILE", beside=BESIDE),
    _reader(
        "backtest keys",
        "keys.json",
        KEYS,
        *BACKTEST,
        "--datadog",
        "--api-url",
        "ftp://example.com",
        "--keys-file",
        "FILE",
        beside=BESIDE,
        code=64,
    ),
    _reader("query series", "x.csv", CSV, "query", "avg:m{*}", "--series", "FILE", *RANGE),
    _reader("import", "x.csv", CSV, "import", "FILE", "--url", "http://127.0.0.1:1", code=1),
    _reader(
        "import keys",
        "keys.json",
        KEYS,
        "import",
        "s.csv",
        "--keys-file",
        "FILE",
        "--url",
        "http://127.0.0.1:1",
        beside=BESIDE,
        code=1,
    ),
    _reader(
        "agent conf.yaml",
        "lab.d/conf.yaml",
        CONF,
        "agent",
        "configcheck",
        "--conf",
        "DIR",
        beside={
            "lab.py": "from datadog_checks.base import AgentCheck\nclass Lab(AgentCheck):\n    def check(self, _):\n        pass\n"
        },
        code=1,
    ),
    _reader("agent datadog.yaml", "datadog.yaml", DATADOG_YAML, "agent", "hostname", "--datadog-yaml", "FILE"),
    _reader(
        "agent hostname_file",
        "name",
        "web-1\n",
        "agent",
        "hostname",
        "--datadog-yaml",
        "datadog.yaml",
        beside={"datadog.yaml": "hostname_file: name\n"},
    ),
    _reader(
        "agent wheel",
        "datadog_lab_extra-1.0.0-py3-none-any.whl",
        wheel,
        "agent",
        "integration",
        "install",
        "-w",
        "FILE",
        "--conf",
        "conf.d",
    ),
)
