"""A Parquet file of logs gives what its rows give when they are read one by one, for any columns and any search."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_searches import outcome, searched, searches, shown, texts

from doghouse.logs.files import LogFileError, open_logs
from doghouse.logs.files.parquet import ParquetLogs
from doghouse.search.parser import parse
from doghouse.search.records import Lines
from doghouse.search.tree import Node

duckdb = pytest.importorskip("duckdb")

STRUCT = (
    'STRUCT(a BIGINT, b STRUCT(c VARCHAR, d DOUBLE[]), "a.b" VARCHAR, "c.b" DOUBLE, title VARCHAR, users STRUCT(name VARCHAR)[], '
    "error STRUCT(message VARCHAR), ip VARCHAR, level VARCHAR, service VARCHAR, source VARCHAR, ok BOOLEAN)"
)
TOP = {"timestamp": "BIGINT", "message": "VARCHAR"}
OWN = {
    "service": "VARCHAR",
    "status": "VARCHAR",
    "host": "VARCHAR",
    "source": "VARCHAR",
    "tags": "VARCHAR[]",
    "x": "DOUBLE",
    "A": "VARCHAR[]",
}
HOSTS = {"h1": ("role:db", "env:dev")}

maybe = lambda values: st.one_of(st.none(), values)  # noqa: E731
some = maybe(texts)
inner = st.fixed_dictionaries(
    {},
    optional={
        "a": maybe(st.sampled_from((0, 5, 200, 2**53 + 1))),
        "b": maybe(
            st.fixed_dictionaries({"c": some, "d": maybe(st.lists(st.sampled_from((0.5, 200.0, -5.0)), max_size=2))})
        ),
        "a.b": some,
        "c.b": maybe(st.sampled_from((1.0, 120.5))),
        "title": some,
        "users": maybe(st.lists(st.fixed_dictionaries({"name": some}), max_size=2)),
        "error": maybe(st.fixed_dictionaries({"message": some})),
        "ip": maybe(st.sampled_from(("10.0.0.1", "no", "fe80::1"))),
        "level": maybe(st.sampled_from(("ERROR", "Warning", ""))),
        "service": some,
        "source": maybe(st.sampled_from(("nginx", "1"))),
        "ok": maybe(st.booleans()),
    },
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "timestamp": st.integers(0, 9).map(lambda second: second * 1000),
            "message": some.filter(lambda text: not (text or "").lstrip().startswith("{")),
        },
        optional={
            "service": maybe(st.sampled_from(("web", "web-store", ""))),
            "status": maybe(st.sampled_from(("error", "4", "Fatal", "x"))),
            "host": maybe(st.sampled_from(("h1", "10.0.0.1"))),
            "source": maybe(st.sampled_from(("nginx", "a,b"))),
            "tags": maybe(
                st.lists(
                    st.sampled_from(("env:prod", "Env:Prod", "env:dev", "blue", "team:sre", "", "x:é b")), max_size=3
                )
            ),
            "x": maybe(st.sampled_from((0.5, 200.0))),
            "A": maybe(st.lists(texts, max_size=2)),
            "attributes": inner,
        },
    ),
    min_size=1,
    max_size=8,
)
KINDS = st.sampled_from((STRUCT, "JSON", "VARCHAR", None))


def written(path: Path, lines: list[dict[str, Any]], columns: dict[str, str]) -> Path:
    source, target = path / "rows.json", path / "logs.parquet"
    source.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    named = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM read_json('{source}', format = 'newline_delimited', columns = {{{named}}})) TO '{target}' (FORMAT parquet)"
        )
    return target


@given(
    lines=rows,
    kind=KINDS,
    own=st.sets(st.sampled_from(sorted(OWN))),
    more=st.lists(searches, min_size=1, max_size=12),
    asked=st.lists(
        st.one_of(searched, st.sampled_from(("@users.name", "@b.d", "@ok", "@A", "@source", "role"))),
        max_size=3,
        unique=True,
    ),
    span=st.tuples(st.sampled_from((0, 0, 2000, 3001)), st.sampled_from((10_000, 7000))),
)
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=60)
def test_columns_select_what_the_rows_select(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[dict[str, Any]],
    kind: str | None,
    own: set[str],
    more: list[Node],
    asked: list[str],
    span: tuple[int, int],
) -> None:
    columns = TOP | {name: OWN[name] for name in sorted(own)} | ({"attributes": kind} if kind else {})
    logs = open_logs(written(tmp_path_factory.mktemp("logs"), lines, columns), HOSTS)
    assert isinstance(logs, ParquetLogs)
    for search in more:
        expected = outcome(lambda search=search: shown(logs.plain.select(search, *span, asked)))
        assert outcome(lambda search=search: shown(logs.select(search, *span, asked))) == expected
        newest = outcome(
            lambda search=search: [(t, r.message, r.attributes) for t, r in logs.plain.newest(search, *span, 3)]
        )
        assert (
            outcome(lambda search=search: [(t, r.message, r.attributes) for t, r in logs.newest(search, *span, 3)])
            == newest
        )


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        ({"timestamp": 5, "message": '{"level": "error", "message": "boom"}'}, TOP),
        (
            {"timestamp": "1970-01-01T00:00:00.005Z", "message": "boom", "status": "error"},
            TOP | {"timestamp": "VARCHAR", "status": "VARCHAR"},
        ),
    ],
)
def test_what_columns_cannot_tell_is_read_row_by_row(
    tmp_path: Path, line: dict[str, Any], columns: dict[str, str]
) -> None:
    logs = open_logs(written(tmp_path, [line], columns), {})
    assert isinstance(logs, Lines)
    assert logs.select(parse("status:error boom"), 0, 10, []).times.tolist() == [5]


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMPTZ", "DOUBLE", "BIGINT"])
def test_times_are_read_in_each_form(tmp_path: Path, kind: str) -> None:
    time = "1970-01-01T00:00:00.005Z" if kind.startswith("TIME") else 5
    logs = open_logs(written(tmp_path, [{"timestamp": time, "message": "x"}], TOP | {"timestamp": kind}), {})
    assert isinstance(logs, ParquetLogs)
    assert logs.select(parse("*"), 0, 10, []).times.tolist() == [5]


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "logs.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(LogFileError, match=r"logs\.parquet: "):
        open_logs(path, {})


def test_a_column_whose_name_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, [{"timestamp": 5, "message": "x", "service": "a"}], TOP | {"service": "VARCHAR"})
    path.write_bytes(path.read_bytes().replace(b"service", b"serv\xffce"))
    with pytest.raises(LogFileError, match=r"logs\.parquet: a column's name is not UTF-8"):
        open_logs(path, {})


def test_a_row_without_a_time_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, [{"timestamp": 5, "message": "x"}, {"message": "y"}], TOP)
    with pytest.raises(LogFileError, match=":2: has no timestamp"):
        open_logs(path, {})


def test_without_duckdb_the_extra_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, [{"timestamp": 5, "message": "x"}], TOP)
    program = (
        "import sys; sys.modules['duckdb'] = None; from pathlib import Path; from doghouse.logs.files import LogFileError, open_logs\n"
        "try:\n    open_logs(Path(sys.argv[1]), {})\nexcept LogFileError as error:\n    print(error)"
    )
    run = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("reading Parquet needs an extra: pip install './doghouse[logs]'")
