"""`my-metric validate` and `doghouse lint` refuse the same queries and the same scopes: what the official models let through is asked of the same rules."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ROOT / "doghouse/tests/queries/language/public_queries.txt"
QUERIES = [
    "avg:m{NOT env:prod}", "avg:m{a:b AND !c:d}", "avg:m{a IN (!b)}", "avg:m{a=b}", "avg:m{a:}", "avg:m{$v}", "avg:m{*} by {$v}", "avg:m",
    "stddev:m{*}", "p101:m{*}", "count(v: v<=5):m{*}", "count(v):m{*}", "avg:m{*}.rollup(60,sum)", "avg:m{*}.rollup('sum',60)",
    "avg:m{*}.rollup(sum,0)", "avg:m{*}.rollup(avg,dail)", "avg:m{*}.fill(zero,abc)", "avg:m{*}.as_count(1)", "abs()", "abs(avg:m{*},1)", "abs(1)",
    "top(avg:m{*},10,'mean')", "top(avg:m{*},0,'mean','desc')", "top(avg:m{*},10,mean,desc)", "top(avg:m{*},10,'average','desc')",
    "clamp_min(avg:m{*},'5')", "clamp_min(5,avg:m{*})", "timeshift(avg:m{*},1.5)", "calendar_shift(avg:m{*},'1y')", "rollup(avg:m{*},'avg',60)",
    "anomalies(avg:m{*},'basic')", "anomalies(avg:m{*},'basic',2,direction='up')", "anomalies(avg:m{*},'basic',2,foo='x')",
    "outliers(avg:m{*},'DBSCAN')", "max(avg:m{*} by {a,b},{a})", "pow(avg:m{*},2)", "is_greater(avg:m{*},1)", "avg:m{*} * 1e400", "mean:m{*}", "",
]  # fmt: skip
HEADS = [
    "avg(last_5m)", "avg(last_0m)", "avg(last_2mo)", "avg(last_5x)", "median(last_5m)", "avg(current_1w)", "change(avg(last_5m),last_30m)",
    "pct_change(avg(last_5m),30m_ago)", "change(avg(last_5m),1x_ago)", "chance(avg(last_5m),last_30m)", "change(last_5m)",
]  # fmt: skip
SCOPES = [
    "*", "env:prod", "NOT env:prod", "env:prod AND NOT host:a", "!env:prod", "-env:prod", "env:(a OR b)", "env:(a or b)", "env:()", "-env(a OR b)",
    "(a:x OR b:y)", "a:x OR b:y", "t:a AND (s:b OR env:(a OR b))", "t:a AND (s:b OR (s:g AND (e:p OR y:m)))", "env:prod AND", "prod", "env:", ":a",
    "env:a?", "en&v:a", "env:\"a b\"", "(env:a", "env:a)", "* AND env:a", "", "env:a AND host:b OR host:c",
]  # fmt: skip
PIECES = [
    "NOT ", " AND ", " OR ", "!", "-", ",", "(", ")", "{", "}", "*", "by {h}", ".rollup(sum, 60)", "avg:", "'", "1",
    "abs(", " IN (a,b)", ":",
]  # fmt: skip
MUTATIONS = 400


def mutated(texts: list[str], pieces: list[str], count: int) -> list[str]:
    """Texts with a piece put in or some characters taken out: the same ones in every run."""
    random, mutants = Random(8), []
    for _ in range(count):
        text = random.choice(texts)
        at = random.randrange(len(text) + 1)
        behind = text[at + random.randint(1, 3) :] if random.random() < 0.4 else random.choice(pieces) + text[at:]
        mutants.append(text[:at] + behind)
    return mutants


def monitors() -> list[dict[str, Any]]:
    public = [line for line in PUBLIC.read_text().splitlines() if line and not line.startswith("#")]
    bare = [line for line in public if "(last_" not in line] + QUERIES
    wrapped = [f"avg(last_5m):{query} > 5" for query in (*bare, *mutated(bare, PIECES, MUTATIONS))]
    headed = [f"{head}:avg:m{{*}} {limit}" for head in HEADS for limit in ("> 5", "> threshold", "= 5", "")]
    return [
        {"name": query, "type": "query alert", "query": query, "message": ""}
        for query in dict.fromkeys((*wrapped, *headed))
    ]


def downtimes() -> list[dict[str, Any]]:
    scopes = SCOPES + mutated(SCOPES, [" AND ", " OR ", "(", ")", "-", "*", "env:a", ":", "?", '"', "NOT "], MUTATIONS)
    bodies = [{"scope": scope, "monitor_identifier": {"monitor_tags": ["a:b"]}} for scope in scopes]
    return [{"data": {"type": "downtime", "attributes": body}} for body in bodies]


@pytest.mark.parametrize("bodies", [monitors(), downtimes()], ids=["queries", "scopes"])
def test_both_refuse_the_same(bodies: list[dict[str, Any]], tmp_path: Path) -> None:
    files = [tmp_path / f"{number:04}.json" for number in range(len(bodies))]
    for file, body in zip(files, bodies, strict=True):
        file.write_text(json.dumps(body))
    report = run("doghouse", "lint", files)
    linted = {
        Path(problem["where"]).name: problem["verdict"] == "wrong"
        for problem in report["monitors"] + report["downtimes"]
    }
    refused = {
        Path(fault["where"]).name for fault in run("my-metric", "validate", files)["faults"] if not fault["warning"]
    }
    differ = [body for body, file in zip(bodies, files, strict=True) if linted[file.name] != (file.name in refused)]
    assert (differ, len(linted)) == ([], len(bodies))
    assert len(bodies) / 10 < len(refused) < len(bodies) * 9 / 10  # so that agreement says something


def run(command: str, verb: str, files: list[Path]) -> Any:
    """What a command prints as JSON about files."""
    program = Path(sys.executable).with_name(command)
    done = subprocess.run([program, verb, "--json", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)
