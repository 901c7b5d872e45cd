"""A thousand requests: a thousand hits are counted, and every log line leads to its own trace and span."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import httpx
import pytest

from doghouse.logs.correlation import span_of, trace_of
from doghouse.logs.model import Log
from doghouse.running import House

from .conftest import Command, Serve

OWN = ("companion.app", "companion.app.web")


def logs(house: House) -> list[Log]:
    """What the app logged itself, not gunicorn nor the tracer."""
    return [log for log in house.app.state.logs.between(0, 1e11) if log.attributes["logger"] in OWN]


def hits(house: House, suffix: str = "hits", scope: str = "*") -> Counter[str]:
    """Counted requests, by resource; those of the test for being ready left aside."""
    now = house.clock.now()
    house.app.state.trace_intake.give_out(now + 60)
    query = f"sum:trace.flask.request.{suffix}{{{scope}}} by {{resource_name}}.as_count()"
    asked = {"from": int(now) - 600, "to": int(now) + 60, "query": query}
    found: Counter[str] = Counter()
    for one in httpx.get(f"{house.url}/api/v1/query", params=asked, headers=house.headers).json()["series"]:
        name = one["tag_set"][0].removeprefix("resource_name:")
        if not name.endswith(("404", "favicon.ico")):
            found[name] += round(sum(value for _, value in one["pointlist"] if value))
    return found


def test_a_thousand_requests_are_a_thousand_hits_and_each_line_leads_to_its_span(
    house: House, serve: Serve, offline: Command
) -> None:
    with serve() as url:
        made = offline("load", "--url", url, "--count", "1000", "--rate", "200", "--json")
    assert made.code == 0, made.err
    assert made.document["requests"] == 1000
    counted = hits(house)
    assert counted.total() == 1000
    assert counted["get_/"] == 300
    assert hits(house, "errors")["get_/api/error"] == 100

    lines, store = logs(house), house.app.state.traces
    assert len(lines) == 1100  # one a request, and a second one by the background work of a hundred
    for line in lines:
        trace = trace_of(line)
        assert trace
        assert len(str(line.attributes["dd.trace_id"])) == 32
        assert span_of(line) in {span.span_id for span in store.spans(trace)}


def test_lines_carry_service_env_and_version_as_the_spans_do(house: House, serve: Serve) -> None:
    with serve() as url:
        httpx.get(url)
    (line,) = logs(house)
    assert [line.attributes[f"dd.{name}"] for name in ("service", "env", "version")] == ["shop", "lab", "1.2.3"]
    spans = house.app.state.traces.spans(trace_of(line))
    assert {(span.service, span.tag("env"), span.tag("version")) for span in spans if span.tag("env")} == {
        ("shop", "lab", "1.2.3")
    }
    assert (line.service, line.source) == ("shop", "python")
    assert set(line.tags) == {"env:lab", "version:1.2.3", "source:python"}


@pytest.mark.parametrize(
    ("route", "text"),
    [("/", "Entrypoint to the Application"), ("/api/apm", "Getting APM Started"), ("/api/trace", "Posting Traces")],
)
def test_the_routes_of_the_exercise_say_what_it_says(route: str, text: str) -> None:
    from companion.app.web import create

    assert create().test_client().get(route).text == text


def test_background_work_logs_the_trace_of_the_request_that_began_it(house: House, serve: Serve) -> None:
    with serve() as url:
        httpx.get(f"{url}/api/background")
    begun, done = logs(house)
    assert {begun.message, done.message} == {"background work is started", "background work is done"}
    assert trace_of(begun) == trace_of(done)
    assert begun.attributes["thread"] != done.attributes["thread"]


def test_an_error_is_a_failed_span_and_a_line_with_its_traceback(house: House, serve: Serve) -> None:
    with serve() as url:
        assert httpx.get(f"{url}/api/error").status_code == 500
    (line,) = logs(house)
    assert line.status == "error"
    assert "this route always fails" in str(line.attributes["error.stack"])
    root, *inner = house.app.state.traces.spans(trace_of(line))
    assert (root.resource, root.error, root.tag("http.status_code")) == ("GET /api/error", 1, "500")
    assert any(span.tag("error.type").endswith("Broken") for span in inner)


def test_the_tracer_is_quiet(serve: Serve, tmp_path: Path) -> None:
    with serve() as url:
        httpx.get(url)
    lines = (tmp_path / "app.out").read_text().splitlines()
    assert [line for line in lines if "ddtrace" in line or "datadog" in line.lower()] == []
    (own,) = [json.loads(line) for line in lines if line.startswith("{")]
    assert own["message"] == "entry"


def test_what_the_tracer_counts_itself_comes_to_the_same(house: House, serve: Serve) -> None:
    with serve(DD_TRACE_STATS_COMPUTATION_ENABLED="true") as url:
        for _ in range(20):
            httpx.get(url)
    assert hits(house)["get_/"] == 20


def test_without_a_database_its_route_says_what_to_set(serve: Serve) -> None:
    with serve(PGHOST="127.0.0.1", PGPORT="1") as url:
        answer = httpx.get(f"{url}/api/database")
    assert answer.status_code == 503
    assert "PGHOST" in answer.json()["error"]


def test_load_says_that_nobody_answers(offline: Command) -> None:
    ran = offline("load", "--url", "http://127.0.0.1:1", "--count", "2", "--rate", "100")
    assert ran.code == 1
    assert "2 requests to http://127.0.0.1:1 got no answer" in ran.err


def test_a_port_that_is_taken_is_said(offline: Command, house: House) -> None:
    port = house.url.rpartition(":")[2]
    ran = offline("app", "--port", port)
    assert (ran.code, ran.err.strip()) == (
        64,
        f"my-metric: port {port} cannot be used: Address already in use; choose another with --port",
    )
