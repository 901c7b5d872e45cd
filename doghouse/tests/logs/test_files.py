"""Files of logs: each line becomes the log that the intake would keep, and what is wrong is named with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doghouse.logs.files import LogFileError
from doghouse.logs.files.lines import read_lines, searched
from doghouse.search.record import Record

T0 = 1772445600000  # ms, 2026-03-02T10:00Z
SENT = {
    "timestamp": T0,
    "message": "payment refused",
    "service": "pay",
    "status": "Warning",
    "host": "web-1",
    "source": "app",
    "tags": ["Env:Prod", "blue"],
    "attributes": {"http": {"status_code": 503}},
}
V2 = {"id": "a", "type": "log", "attributes": {**SENT, "timestamp": "2026-03-02T10:00:00.000Z", "status": "warn"}}
V1 = {"id": "a", "content": {**SENT, "status": "warn"}}


def written(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "logs.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def logs(path: Path, **host_tags: tuple[str, ...]) -> list[tuple[int, Record]]:
    return list(searched(read_lines(path), host_tags))


@pytest.mark.parametrize("line", [SENT, V2, V1, {**SENT, "tags": "Env:Prod,blue"}, {**SENT, "timestamp": str(T0)}])
def test_a_line_is_a_log_as_it_is_sent_or_as_a_search_answers_it(tmp_path: Path, line: object) -> None:
    [(at, log)] = logs(written(tmp_path, line))
    assert (at, log.message) == (T0, "payment refused")
    fields = ("service", "status", "host", "source", "env", "@http.status_code")
    assert [list(log.values(field)) for field in fields] == [["pay"], ["warn"], ["web-1"], ["app"], ["prod"], [503]]
    assert "blue" in log.tags


def test_old_logs_count_and_lines_may_come_in_any_order(tmp_path: Path) -> None:
    path = written(tmp_path, {**SENT, "timestamp": T0}, "", {"timestamp": "2001-01-01T00:00:00Z", "message": "old"})
    assert [(at, log.message) for at, log in logs(path)] == [(T0, "payment refused"), (978307200000, "old")]


def test_a_log_has_the_tags_of_its_host(tmp_path: Path) -> None:
    [(_, log)] = list(searched(read_lines(written(tmp_path, SENT)), {"web-1": ("role:web",)}))
    assert log.values("role") == ["web"]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{", ":2: is not JSON"),
        ('{"a":' * 100_000, ":2: is not JSON"),
        ([SENT], ":2: expected a log a line, not a list of them"),
        ("5", ":2: expected a log, an object"),
        ({"message": "x"}, ":2: has no timestamp that can be read"),
        ({"message": "x", "timestamp": "soon"}, ":2: has no timestamp that can be read"),
        ({"message": "x", "timestamp": None}, ":2: has no timestamp that can be read"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: object, wrong: str) -> None:
    with pytest.raises(LogFileError) as caught:
        logs(written(tmp_path, SENT, line))
    assert wrong in str(caught.value)


def test_one_list_of_logs_is_told_from_lines(tmp_path: Path) -> None:
    with pytest.raises(LogFileError, match="expected a log a line"):
        logs(written(tmp_path, "[", SENT, "]"))


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LogFileError, match="cannot be read: No such file"):
        logs(tmp_path / "none.jsonl")
