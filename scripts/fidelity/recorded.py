"""(a) The client's recorded cases, sent to doghouse request by request: its answers must be the recorded ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from doghouse.web import account

from .client import Case, Client, Exchange
from .compare import Names, differences
from .houses import Open, Target
from .outside import Outside
from .result import Recording, Result
from .superseded import marked
from .superseded import read as pairs

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DASHBOARD = re.compile(r"[2-9a-z]{3}-[2-9a-z]{3}-[2-9a-z]{3}")
# What is the recorded organisation's own, and a doghouse has of its own: the address of public pages, and that of who owns the keys.
OWN_PAGES, OWN_ADDRESS = "https://p.datadoghq.com", "team-intg-tools-libs-spam@datadoghq.com"
VARIABLE = {"metrics": "metric", "hosts": "host"}


def check(client: Client, outside: Outside, open_one: Open) -> list[Result]:
    """Every recorded request of our features; those that newer ones contradict are marked."""
    return marked(list(_results(client, outside, open_one)), pairs())


def _results(client: Client, outside: Outside, open_one: Open) -> Iterator[Result]:
    for case in client.cases():
        with open_one() as running, httpx.Client(base_url=running.url, timeout=60) as http:
            yield from _case(case, running, http, outside)


def _case(case: Case, running: Target, http: httpx.Client, outside: Outside) -> Iterator[Result]:
    names = Names()
    names.learn(OWN_PAGES, running.url)
    names.learn(OWN_ADDRESS, account.USER.email)
    past = outside.earlier_state.get(case.name)
    for exchange in case.exchanges:
        parts = urlsplit(exchange.url)
        product = outside.of_request(parts.path, exchange.body)
        needed = past if _reads(exchange.method, parts.path) else None
        texts = tuple(_exchange(exchange, case, running, http, names, loosely=needed is not None))
        recording = Recording(case.time, _decoded(exchange.answer), texts)
        asked = f"{exchange.method} {endpoint(parts.path)}"
        yield Result(asked, case.name, "; ".join(texts) or None, product or needed, recording)


def _reads(method: str, path: str) -> bool:
    """Whether a request only reads: it is these whose answers depend on an organisation's past."""
    return method == "GET" or path.endswith(("/search", "/list")) or path.startswith("/api/v2/query/")


def _exchange(
    exchange: Exchange, case: Case, running: Target, http: httpx.Client, names: Names, *, loosely: bool
) -> Iterator[str]:
    parts = urlsplit(exchange.url)
    target = names.translate(parts.path + (f"?{parts.query}" if parts.query else ""))
    headers = {**(running.headers if case.keys else {}), "X-Doghouse-Now": case.time}
    if exchange.body:
        headers["Content-Type"] = exchange.content_type
    answer = http.request(exchange.method, target, content=names.translate(exchange.body or ""), headers=headers)
    if answer.status_code != exchange.status:
        yield f"status {answer.status_code} where {exchange.status} was recorded: {answer.text[:200]}"
        return
    then = datetime.fromisoformat(case.time).timestamp()
    recorded, ours = _decoded(exchange.answer), _decoded(answer.text)
    if loosely:
        yield from _outline(recorded, ours)
    else:
        yield from differences(recorded, ours, names, then, then)


def _outline(recorded: Any, ours: Any) -> Iterator[str]:
    """For answers that depend on an organisation's past: the kind of answer and its outermost keys."""
    if type(recorded) is not type(ours):
        yield f"body: {type(ours).__name__} where {type(recorded).__name__} was recorded"
    elif isinstance(recorded, dict):
        yield from (f"{key}: missing" for key in recorded if key not in ours)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except ValueError:
        return text


def endpoint(path: str) -> str:
    """A path with its variable parts named: `/api/v1/monitor/{id}`."""
    parts: list[str] = []
    for part in path.split("/"):
        before = parts[-1] if parts else ""
        variable = UUID.fullmatch(part) or DASHBOARD.fullmatch(part) or part.isdigit() or part.isupper()
        if before in VARIABLE and part not in ("config", "tag-indexing-rules", "totals"):
            parts.append(f"{{{VARIABLE[before]}}}")
        elif before == "public" or (before == "slo" and part) or (before == "tag-indexing-rules" and part != "order"):
            parts.append("{id}")
        else:
            parts.append("{id}" if variable and part else part)
    return "/".join(parts)
