"""`make fidelity ARGS=--account`: a real account and a doghouse are asked the same, side by side, and what they answer otherwise is printed as a table.

Opt-in, with keys from the environment (`DD_API_KEY`, `DD_APP_KEY`, and `DD_SITE` or `--account-url`). Nothing that was there before is read, changed
or deleted: a request goes out only if it makes something, or names something that this run made. All that is made bears the run's mark, and is removed
when its case is over, also where it fails. Points cannot be removed: they stand under a metric of the run's own, which ages away.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from .client import Case, Client, Exchange
from .compare import Names, differences
from .houses import Target
from .outside import Outside
from .probes import QUERIES, REFUSALS, points

# Where things are made: what makes one and how one is deleted.
COLLECTIONS = {
    "/api/v1/monitor": "?force=true",
    "/api/v1/dashboard": "",
    "/api/v1/dashboard/lists/manual": "",
    "/api/v1/slo": "?force=true",
    "/api/v2/downtime": "",
    "/api/v2/monitor/notification_rule": "",
}
WAIT_S, TRIES = 10, 12  # for points to be there, and for a rate limit to end


@dataclass(frozen=True, slots=True)
class Difference:
    """What an account and a doghouse answer otherwise."""

    case: str
    asked: str
    text: str


@dataclass
class Side:
    """One of the two: what it is called, and what of a run stands in it."""

    name: str
    http: httpx.Client
    names: Names = field(default_factory=Names)
    created: list[str] = field(default_factory=list)

    def send(self, method: str, target: str, content: str) -> httpx.Response:
        """One request; a rate limit is waited for."""
        for _ in range(TRIES):
            answer = self.http.request(method, target, content=content, headers={"Content-Type": "application/json"})
            if answer.status_code != 429:
                break
            time.sleep(min(60, int(answer.headers.get("X-RateLimit-Reset", WAIT_S))))
        path = urlsplit(target).path
        if method == "POST" and path in COLLECTIONS and answer.is_success and (own := _id(answer)):
            self.created.append(f"{path}/{own}")
        if method == "DELETE" and answer.is_success and path in self.created:
            self.created.remove(path)
        return answer

    def clean(self) -> Iterator[str]:
        """Remove what this run made and did not delete; says what could not be."""
        for path in reversed(self.created):
            answer = self.http.delete(path + COLLECTIONS[path.rpartition("/")[0]])
            if not answer.is_success and answer.status_code != 404:
                yield f"{self.name}: {path} could not be removed: {answer.status_code} {answer.text[:200]}"
        self.created.clear()


def url() -> str:
    """The account's address, by `DD_SITE`."""
    return f"https://api.{os.environ.get('DD_SITE', 'datadoghq.com')}"


def keys() -> dict[str, str]:
    """Both keys out of the environment, as headers. Ends the program where one is missing."""
    headers = {
        header: os.environ.get(name, "")
        for header, name in (("DD-API-KEY", "DD_API_KEY"), ("DD-APPLICATION-KEY", "DD_APP_KEY"))
    }
    if not all(headers.values()):
        sys.exit(
            "fidelity: --account needs DD_API_KEY and DD_APP_KEY in the environment: the keys of an account to try things in"
        )
    return headers


def compare(client: Client, outside: Outside, house: Target, address: str, most: int) -> Iterator[Difference]:
    """What differs, case by case: refusals, queries over the same points, and at most `most` recorded cases."""
    mark = f"doghouse-fidelity-{secrets.token_hex(4)}"
    print(f"fidelity: what is made in the account is called {mark}", file=sys.stderr)
    with (
        httpx.Client(base_url=address, headers=keys(), timeout=60) as real,
        httpx.Client(base_url=house.url, headers=house.headers, timeout=60) as ours,
    ):
        sides = Side("account", real), Side("doghouse", ours)
        yield from _refusals(sides, mark)
        yield from _queries(sides, mark)
        for case in _safe(client, outside, most):
            yield from _case(case, sides, mark)


def table(differences: list[Difference]) -> str:
    """The differences as Markdown."""
    rows = [
        f"| {difference.case} | `{difference.asked}` | {difference.text.replace('|', '/')} |"
        for difference in differences
    ]
    head = ["| case | asked | what differs: doghouse's where the account's is the recorded one |", "|---|---|---|"]
    return "\n".join([*head, *rows]) if rows else "The account and doghouse answered the same."


def _refusals(sides: tuple[Side, Side], mark: str) -> Iterator[Difference]:
    for name, (path, body) in REFUSALS.items():
        text = json.dumps(body).replace("MARK", mark)
        yield from _asked(sides, name, "POST", path, (text, text))
        yield from _cleaned(sides, name)


def _queries(sides: tuple[Side, Side], mark: str) -> Iterator[Difference]:
    metric, now = mark.replace("-", "."), int(time.time()) // 60 * 60
    for side in sides:
        side.send("POST", "/api/v2/series", json.dumps(points(metric, now)))
    _wait(sides[0], metric, now)
    for query in QUERIES:
        target = "/api/v1/query"
        asked = {"from": now - 600, "to": now, "query": query.replace("METRIC", metric)}
        answers = [side.http.get(target, params=asked) for side in sides]
        values = [[series["pointlist"] for series in answer.json().get("series", [])] for answer in answers]
        if answers[0].status_code != answers[1].status_code or values[0] != values[1]:
            yield Difference("queries", query, f"{_short(values[1])} where {_short(values[0])} was recorded")


def _wait(side: Side, metric: str, now: int) -> None:
    for _ in range(TRIES):
        asked = {"from": now - 600, "to": now, "query": f"avg:{metric}{{*}}"}
        if side.http.get("/api/v1/query", params=asked).json().get("series"):
            return
        time.sleep(WAIT_S)


def _safe(client: Client, outside: Outside, most: int) -> Iterator[Case]:
    """Recorded cases that make something where all that is made can be removed."""
    cases = (
        case
        for case in client.cases()
        if case.name not in outside.earlier_state
        and any(exchange.method == "POST" and urlsplit(exchange.url).path in COLLECTIONS for exchange in case.exchanges)
    )
    for _, case in zip(range(most), cases, strict=False):
        yield case


def _case(case: Case, sides: tuple[Side, Side], mark: str) -> Iterator[Difference]:
    for side in sides:
        side.names = Names()
    try:
        for exchange in case.exchanges:
            parts = urlsplit(exchange.url)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            targets = [side.names.translate(target) for side in sides]
            if not all(may(side, exchange.method, target) for side, target in zip(sides, targets, strict=True)):
                continue
            texts = tuple(side.names.translate(_marked(exchange.body or "", mark)) for side in sides)
            yield from _asked(sides, case.name, exchange.method, targets, texts, exchange)
    finally:
        yield from _cleaned(sides, case.name)


def may(side: Side, method: str, target: str) -> bool:
    """Whether a request makes something, or names what this run made."""
    path = urlsplit(target).path
    return (method == "POST" and path in COLLECTIONS) or any(
        path == own or path.startswith(f"{own}/") for own in side.created
    )


def _asked(
    sides: tuple[Side, Side],
    case: str,
    method: str,
    target: str | list[str],
    texts: tuple[str, ...],
    recorded: Exchange | None = None,
) -> Iterator[Difference]:
    targets = [target, target] if isinstance(target, str) else target
    answers = [side.send(method, target, text) for side, target, text in zip(sides, targets, texts, strict=True)]
    asked, now = f"{method} {re.sub(r'/[^/]*[0-9][^/]*$', '/…', urlsplit(targets[0]).path)}", time.time()
    if answers[0].status_code != answers[1].status_code:
        first, second = (f"{answer.status_code} {answer.text[:160]}" for answer in answers)
        yield Difference(case, asked, f"{second} where {first} was recorded")
        return
    bodies = [_decoded(answer) for answer in answers]
    if recorded is not None:
        for side, body in zip(sides, bodies, strict=True):
            list(differences(json.loads(recorded.answer or "null"), body, side.names, now, now))  # learns the ids
    yield from (Difference(case, asked, text) for text in differences(*bodies, Names(), now, now))


def _cleaned(sides: tuple[Side, Side], case: str) -> Iterator[Difference]:
    for side in sides:
        yield from (Difference(case, "cleaning up", text) for text in side.clean())


def _marked(text: str, mark: str) -> str:
    return text.replace("Test-", f"{mark}-")


def _id(answer: httpx.Response) -> str:
    """The id of what an answer says was made."""
    body = _decoded(answer)
    if isinstance(body, dict) and "data" in body:
        body = body["data"][0] if isinstance(body["data"], list) and body["data"] else body["data"]
    return str(body.get("id") or "") if isinstance(body, dict) else ""


def _decoded(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
