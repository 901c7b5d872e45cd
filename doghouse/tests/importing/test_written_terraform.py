"""A monitor as Terraform's resource is read back as the same monitor."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from doghouse.importing.monitor_files import collect
from doghouse.importing.terraform.writing import monitor_json
from doghouse.importing.things import MonitorInFile

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",))) | st.sampled_from(
    ["${var.a}", "$${a}", "%{if a}", "EOF", "  EOF", 'a "b" \\ \n c', "{{value}} @ops@example.com", ""]
)


def read(text: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(text, encoding="utf-8")
        found = [one for one in collect(folder) if isinstance(one, MonitorInFile)]
        return [
            (one.where.rpartition(" ")[2], {key: one.body[key] for key in one.body if key != "id"}) for one in found
        ]


@given(name=TEXTS, message=TEXTS)
def test_what_is_written_is_read_back_as_it_was(name: str, message: str) -> None:
    body = {"type": "metric alert", "query": "avg(last_5m):avg:m{*} > 1", "name": name, "message": message}
    [(_, back)] = read(monitor_json(body))
    assert back == body


def test_a_resource_is_called_after_its_monitor() -> None:
    body = {"type": "metric alert", "query": "avg(last_5m):avg:m{*} > 1", "name": "5xx: too many!"}
    assert read(monitor_json(body)) == [("datadog_monitor_json.monitor_5xx_too_many", body)]
