"""What the page on which a monitor is written asks of the server."""

import json
from typing import Any

import pytest
from flapping import FLAPPING
from house import NOW, Served

from doghouse.monitors import parse
from doghouse.monitors.kinds.registry import KINDS, kind_of
from doghouse.monitors.message import completion as message_completion
from doghouse.monitors.model import Options
from doghouse.ui.workbench import form
from doghouse.ui.workbench.completion import complete

EXAMPLES = sorted((name, kind.example) for name, kind in KINDS.items())


def ask(served: Served, what: str, body: dict[str, Any], **query: Any) -> Any:
    answer = served.client.post(f"/ui/data/workbench/{what}", json=body, params=query, headers={"Origin": served.url})
    return answer.json() | {"status": answer.status_code}


def text(**more: Any) -> str:
    return json.dumps(FLAPPING | more)


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_the_example_of_every_kind_is_a_query_that_can_be_read(kind: str, example: str) -> None:
    monitor = parse({"type": kind, "query": example})
    assert monitor.problem is None
    assert type(monitor) is kind_of(kind)
    offered = complete(kind, "", 0, [], lambda _: {})
    assert example in [one.text for one in offered.suggestions]


def test_the_form_has_a_field_for_every_option_but_objects_of_any_shape() -> None:
    fields = {one.path.split(".")[1] for one in form.options()}
    assert set(Options.__struct_fields__) - fields == {"scheduling_options", "variables", "silenced"}


def test_a_problem_has_its_line_in_the_json_and_its_mend(served: Served) -> None:
    body = json.dumps(FLAPPING | {"message": "{{valeu}} @ops@example.com"}, indent=2)
    [problem] = [one for one in ask(served, "check", {"text": body})["problems"] if one["severity"] == "error"]
    assert (problem["rule"], problem["field"], problem["line"]) == ("message-unknown-variable", "message", 5)
    assert problem["mend"] == {
        "field": "message",
        "old": "{{valeu}}",
        "new": "{{value}}",
        "words": "{{value}} for {{valeu}}",
    }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "holds no monitor"),
        ('"text"', "holds no monitor"),
        ('{"type": "metric alert"}', "holds no monitor"),
        (json.dumps([FLAPPING, FLAPPING]), "is a list"),
        (text(options=[]), "options"),
    ],
)
def test_what_is_no_monitor_is_said_in_a_sentence(served: Served, typed: str, said: str) -> None:
    answer = ask(served, "check", {"text": typed})
    assert answer["status"] == 200
    assert said in answer["problems"][0]["text"]
    assert said in ask(served, "try", {"text": typed})["problem"]
    assert ask(served, "save", {"text": typed})["status"] == 400


def test_what_the_api_would_refuse_is_said_before_it_is_saved(served: Served) -> None:
    answer = ask(
        served, "check", {"text": json.dumps({"type": "composite", "query": "987654 && 987655", "name": "both"})}
    )
    assert answer["problems"][-1]["severity"] == "error"
    assert answer["problems"][-1]["text"] == "Some monitor IDs are invalid"


def test_a_composite_is_tried_over_its_members(served: Served, flapping: int) -> None:
    both = {"type": "composite", "query": f"{flapping}", "name": "one", "message": "@ops@example.com"}
    answer = ask(
        served, "try", {"text": json.dumps(both)}, from_ts=(NOW - 86_400) * 1000, to_ts=NOW * 1000, live="false"
    )
    assert answer["replay"]["figures"]["changes"] == 42


def test_a_log_monitor_is_tried_over_a_file_of_logs(served: Served) -> None:
    lines = "\n".join(
        json.dumps({"timestamp": (NOW - 600 + i) * 1000, "status": "error", "message": "no"}) for i in range(60)
    )
    headers = {"Origin": served.url, "Content-Type": "text/x-file"}
    made = served.client.post("/ui/data/workbench/files/logs", content=lines, headers=headers).json()
    query = 'logs("status:error").index("*").rollup("count").last("5m") > 30'
    body = {"text": json.dumps({"type": "log alert", "query": query, "name": "errors", "message": "@ops@example.com"})}
    span = {"from_ts": (NOW - 3600) * 1000, "to_ts": NOW * 1000, "live": "false"}
    assert (
        ask(served, "try", body | {"files": {"logs": made["file"]}}, **span)["replay"]["figures"]["notifications"] == 2
    )


def test_a_file_that_cannot_be_read_is_named_as_its_owner_does(served: Served) -> None:
    headers = {"Origin": served.url, "Content-Type": "text/x-file"}
    broken = b"timestamp,metric,value\n1,m,one\n"
    answer = served.client.post("/ui/data/workbench/files/series?name=points.csv", content=broken, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0].startswith("points.csv:2: ")
    assert ask(served, "try", {"text": text(), "files": {"series": "series-gone"}})["status"] == 410


def test_a_downtime_of_a_file_silences(served: Served) -> None:
    night = {"scope": "*", "schedule": {"start": None, "end": None}, "message": "quiet"}
    headers = {"Origin": served.url, "Content-Type": "text/x-file"}
    made = served.client.post("/ui/data/workbench/files/downtimes", content=json.dumps([night]), headers=headers).json()
    figures = ask(served, "try", {"text": text(), "files": {"downtimes": made["file"]}})["replay"]["figures"]
    assert (figures["notifications"], figures["silenced"]) == (0, 42)


def test_saving_over_what_somebody_else_saved_is_refused(served: Served, flapping: int) -> None:
    base = json.loads(text())
    opened = served.ok("GET", f"/api/v1/monitor/{flapping}")
    assert opened["name"] == base["name"]
    served.ok("PUT", f"/api/v1/monitor/{flapping}", {"name": "Theirs"})
    answer = ask(served, "save", {"text": text(name="Mine"), "id": flapping, "base": base})
    assert answer["status"] == 409
    assert served.ok("GET", f"/api/v1/monitor/{flapping}")["name"] == "Theirs"
    changes = ask(served, "check", {"text": text(name="Mine"), "id": flapping, "base": base})["conflict"]["changes"]
    assert {"field": "name", "opened": base["name"], "theirs": "Theirs"} in changes


def test_a_key_that_is_taken_out_of_the_text_is_gone(served: Served, flapping: int) -> None:
    served.ok("PUT", f"/api/v1/monitor/{flapping}", {"tags": ["team:web"], "priority": 2})
    conflict = ask(served, "check", {"text": text(), "id": flapping, "base": {}})["conflict"]
    assert ask(served, "save", {"text": text(), "id": flapping, "base": conflict["theirs"]})["status"] == 200
    kept = served.ok("GET", f"/api/v1/monitor/{flapping}")
    assert (kept["tags"], kept["priority"]) == ([], None)


def test_edit_monitor_in_a_mail_leads_to_the_page(served: Served, flapping: int) -> None:
    answer = served.client.get(f"/monitors/{flapping}/edit")
    assert answer.status_code == 200
    assert "Edit Queue is long" in answer.text
    assert served.client.get("/monitors/987654/edit").status_code == 404


def test_a_clone_has_another_name_and_no_id(served: Served, flapping: int) -> None:
    answer = served.client.get(f"/monitors/create?clone={flapping}").text
    assert "Queue is long (copy)" in answer
    assert '"id": 0' in answer
    assert '"opened": "{\\"name\\"' in answer  # its name comes first


def test_a_message_is_completed_by_what_the_query_groups_by() -> None:
    monitor = parse({"type": "metric alert", "query": "avg(last_5m):avg:m{*} by {host,kube.pod} > 1"})
    offered = message_completion.complete(monitor, "on {{", 5, [])
    assert [one.text for one in offered.suggestions[:2]] == ["host.name}}", "[kube.pod].name}}"]
    handle = message_completion.complete(monitor, "ask @op", 7, ["ops@example.com", "team@example.com"])
    assert [one.text for one in handle.suggestions] == ["ops@example.com"]
