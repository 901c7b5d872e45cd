#!/usr/bin/env python
"""Measures what the worst body of each endpoint takes of a doghouse's memory, and writes docs/limits.md from that and from the declarations.

`scripts/docs/limits.py` measures (Linux; half an hour) and writes the page; `scripts/docs/limits.py PATH…` measures the endpoints whose path begins so, and
`scripts/docs/limits.py --docs` none: the other figures stay.
A body is as bad as its bounds let it be: all brackets, all short texts, one object with a great many keys, and what the endpoint really takes, as much of it as
fits. Each is sent compressed to a server of its own process; the figure is how far its memory rose (VmHWM) over what it had before.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
from starlette.routing import Route

from doghouse import running
from doghouse.queries.evaluation.grouping import MOST_GROUPS
from doghouse.queries.evaluation.metric_query import MOST_SERIES
from doghouse.search.parser import MOST_CONDITIONS, MOST_PATTERNS
from doghouse.traces.decoding import INDEXED_TAGS, WRITTEN_OUT
from doghouse.web.body import limits
from doghouse.web.body.limits import MIB, Bounds

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
NOW = 1_772_445_600
ROW = re.compile(r"^\| `(\w+ /[^`]*)` \|.*\| ([\d.]+) \|$", re.MULTILINE)


def routes() -> list[tuple[str, str]]:
    """Every method and path that takes a body."""
    with tempfile.TemporaryDirectory() as folder, running.serve(Path(folder)) as house:
        return sorted(
            (route.path, method)
            for route in house.app.routes
            if isinstance(route, Route)
            for method in route.methods or ()
            if method in ("POST", "PUT", "PATCH")
        )


def json_bodies(path: str, bounds: Bounds) -> Iterator[bytes]:
    """The worst bodies in JSON that the bounds let through."""

    def many(form: str, around: str = "[%s]") -> bytes:
        values = form.count(",") + form.count("[") + form.count("{") + 1
        pieces, size = [], 0
        for number in range(bounds.items // values - 2):
            piece = form.replace("#", format(number, "x"))
            size += len(piece) + 1
            if size > bounds.unpacked - 200:
                break
            pieces.append(piece)
        return (around % ",".join(pieces)).encode()

    yield many("{}")
    yield many("[]")
    yield many('"#"')
    yield many('"#":{}', "{%s}")
    yield b'"' + b"x" * (bounds.unpacked - 2) + b'"'
    if "series" in path or "distribution" in path or "sketches" in path:
        values = "[1]" if "distribution" in path else "1.5"
        yield many(f"[{NOW},{values}]", '{"series":[{"metric":"m","points":[%s]}]}')
        yield many('{"metric":"m#","points":[]}', '{"series":[%s]}')
        yield many(
            f'{{"metric":"m","type":3,"tags":["a:#"],"points":[{{"timestamp":{NOW},"value":1}}]}}', '{"series":[%s]}'
        )
    if bounds.lines:
        yield many('"#"', '{"message":"m","a":[%s]}')


def packed_bodies(bounds: Bounds) -> Iterator[bytes]:
    """The worst bodies in msgpack that the bounds let through."""
    count = bounds.items - 10
    yield b"\x91\xdd" + count.to_bytes(4, "big") + b"\x80" * count
    yield b"\xdd" + count.to_bytes(4, "big") + b"\x90" * count
    entries = min((bounds.unpacked - 2000) // 14, limits.PACKED_TEXTS // 2 - 100)
    span = {
        "trace_id": 1,
        "span_id": 1,
        "start": NOW * 10**9,
        "duration": 1,
        "name": "n",
        "service": "s",
        "resource": "r",
        "meta": {format(number, "06x"): format(number, "04x") for number in range(entries)},
    }
    yield msgspec.msgpack.encode([[span]])
    texts = min(bounds.unpacked // 8, limits.PACKED_TEXTS) - 10
    yield b"\x92\xdd" + texts.to_bytes(4, "big") + b"\xa7abcdefg" * texts + b"\x90"
    tags = dict.fromkeys(range(128), 0)  # of v0.5, a byte each
    row = [0, 0, 0, 1, 1, 0, 1, 1, 0, tags, {}, 0]
    yield msgspec.msgpack.encode([[format(tag, "x") for tag in tags], [[row] * (INDEXED_TAGS // len(tags) - 1)]])
    row[9] = {1: 1}  # a long text, written out wherever it is named
    yield msgspec.msgpack.encode([["a", "x" * 25_000], [[row] * (WRITTEN_OUT // 50_100)]])
    series = {"id": 1, "metric": "m", "type": "gauge", "interval": 0, "host": "h", "tags": ["ab"] * (texts - 100)}
    yield msgspec.msgpack.encode({"series": [series], "columns": b""})


@contextmanager
def server(folder: Path) -> Iterator[tuple[int, str, dict[str, str]]]:
    """A doghouse in a process of its own: its number, address and keys as headers."""
    command = [sys.executable, "-m", "doghouse", "up", "--port", "0", "--json", "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        keys = json.loads(Path(ready["keys_file"]).read_text())
        yield process.pid, ready["url"], {"DD-API-KEY": keys["api_key"], "DD-APPLICATION-KEY": keys["app_key"]}
    finally:
        process.terminate()
        process.wait()


def memory(pid: int, what: str) -> int:
    """VmRSS or VmHWM of a process (KiB)."""
    text = Path(f"/proc/{pid}/status").read_text()
    match = re.search(rf"^{what}:\s+(\d+)", text, re.MULTILINE)
    assert match
    return int(match[1])


def peak(pid: int, url: str, headers: dict[str, str], method: str, path: str, body: bytes, kind: str) -> float:
    """How far one body raised the server's memory (MiB)."""
    packed = zlib.compress(body)
    # what does not shrink enough is sent as far as it fits: it is cut off, and read up to there
    while len(packed) > limits.of(path).sent:
        body = body[: len(body) * 9 // 10]
        packed = zlib.compress(body)
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
    before = memory(pid, "VmRSS")
    sent = {**headers, "Content-Type": kind, "Content-Encoding": "deflate", "Origin": url}
    answer = httpx.request(method, url + path, content=packed, headers=sent, timeout=600)
    assert answer.status_code != 500, (path, answer.text[:200])
    return (memory(pid, "VmHWM") - before) / 1024


def measure(starts: tuple[str, ...]) -> dict[str, float]:
    """The highest peak of each endpoint whose path begins with one of these, by method and path."""
    figures: dict[str, float] = {}
    for path, method in routes():
        if not path.startswith(starts):
            continue
        bounds = limits.of(path)
        address = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
        bodies = [(body, "application/json") for body in json_bodies(path, bounds)]
        if bounds.packs:
            bodies += [(body, "application/msgpack") for body in packed_bodies(bounds)]
        with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "data") as (pid, url, headers):
            figures[f"{method} {path}"] = max(
                peak(pid, url, headers, method, address, body, kind) for body, kind in bodies
            )
        print(f"{figures[f'{method} {path}']:8.1f} MiB  {method} {path}", flush=True)
    return figures


def size(number: int) -> str:
    """A number of bytes as people read it."""
    return f"{number // MIB} MiB" if number % MIB == 0 else f"{number:,} B"


def page(figures: dict[str, float]) -> str:
    """docs/limits.md."""
    rows = []
    for path, method in routes():
        bounds = limits.of(path)
        depth = "the decoder's" if bounds.depth is None else str(bounds.depth)
        figure = figures.get(f"{method} {path}")
        shown = "not measured" if figure is None else f"{figure:.1f}"
        rows.append(
            f"| `{method} {path}` | {size(bounds.sent)} | {size(bounds.unpacked)} | {bounds.items:,} | {depth} | {shown} |"
        )
    sources = sorted(
        {f"{start}: {bounds.source}" for start, bounds in limits.BY_PATH.items() if bounds.source != "ours"}
    )
    return f"""# What a doghouse takes

Written by `scripts/docs/limits.py` from the declarations in `doghouse/src/doghouse/web/body/limits.py`; a test holds it.

**One body** has the bounds of its path: bytes as it is sent, bytes unpacked, values in it (in msgpack: lists and maps), lists and objects inside each other.
What is beyond is answered 413 `Payload too big`, or 400 where it is nested too deeply, before anything is made of it. The last column is how far the
memory of a server rose (MiB) for the worst of several bodies, each as bad as its bounds allow: measured, on one machine.
In msgpack every byte counts that may begin a list or a map, as one in seven of a random id does: a body of more than some 58,000 spans with such ids
is refused, and is to be sent as two.

**All bodies together** have {size(limits.IN_FLIGHT_BYTES)} while they are read and worked on; what would go beyond is answered 429 with `Retry-After: 1`.
One alone always fits.

| time | |
|---|---|
| a request's headers, {limits.HEAD_BYTES // 1024} KiB at most | {limits.HEAD_S} s, then the connection is dropped |
| a body | {limits.BODY_S} s, some of it every {limits.SLOWEST_S} s, then 408 |
| between two requests of a connection | {limits.IDLE_S} s |
| a client that takes nothing of its answer | {limits.UNREAD_S} s (Linux) |

At most {limits.CONNECTIONS:,} connections are open; one more is closed at once.

| costly input | budget | beyond |
|---|---|---|
| a monitor's name, message, escalation message; a downtime's message | {limits.LONGEST_MESSAGE:,} characters | 400 |
| mentions in an event | its first {limits.LONGEST_MESSAGE:,} characters | not looked for |
| groups of a query | {MOST_GROUPS:,} | 501, said on graphs and in the log of monitors |
| series of a query | {MOST_SERIES:,} | the same |
| a search of logs, events, spans or monitors | {MOST_CONDITIONS:,} conditions, {MOST_PATTERNS} words with wildcards in free text | 400 |
| a downtime's rule that never occurs | found out without a look at each day, where it is daily | |

Monitors that take longer than the minute that there is for them are evaluated later, none is left out, and it is said: in `/health` (`monitors.lag_s`,
`warnings`), on the page of monitors, and by the metric `doghouse.monitors.lag` (s), which has points while they are behind.

Sources: {"; ".join(sources)}. All else is ours.

| endpoint | as sent | unpacked | values | depth | peak MiB |
|---|---|---|---|---|---|
{chr(10).join(rows)}
"""


def main() -> None:
    known = {name: float(figure) for name, figure in ROW.findall(PAGE.read_text())} if PAGE.exists() else {}
    starts = tuple(sys.argv[1:]) or ("/",)
    PAGE.write_text(page(known if starts == ("--docs",) else known | measure(starts)))


if __name__ == "__main__":
    main()
