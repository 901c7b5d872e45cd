"""The area `http`: exchanges over every served endpoint (given/exchanges.yaml), then the same bodies with something wrong in each place."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from scripts.goldens import sample
from scripts.goldens.case import Case
from scripts.goldens.command import run
from scripts.goldens.house import Golden, house

EXCHANGES: list[list[Any]] = yaml.safe_load((Path(__file__).parents[1] / "given" / "exchanges.yaml").read_text())
WRITES = ("POST", "PUT", "PATCH")
LARGE = 10**30
JUNK: tuple[Any, ...] = (None, -1, "x", [], {}, [None], LARGE)
BROKEN = (b"", b"{", b"\xff\xfe", b"null", b'"x"', b"[" * 1000)
ANSWER = 160  # characters of each answer to a wrong body


def http() -> Iterator[Case]:
    """The exchanges in one house; the wrong bodies in another."""
    asked: set[tuple[str, str]] = set()
    with house() as made:
        sample.fill(made)
        sample.watch(made)
        sample.boards(made)
        kept: dict[str, str] = {}
        for number, exchange in enumerate(EXCHANGES):
            method, address, body, keep = [*exchange, None, None][:4]
            answer = made.send(method, _filled(address, kept), _filled(body, kept))
            asked.add((method, answer.request.url.path))
            if address == "/doghouse/advance":
                made.wait("the mails", made.delivered)
            for name, place in (keep or {}).items():
                kept[name] = _at(answer.text, place)
            yield Case(f"{number:03} {method} {address}", made.text(answer))
        yield Case("keys", "\n".join(_keys(made)))
    yield Case("endpoints that no exchange asks for", "\n".join(_unasked(asked)))
    yield from _wrong_bodies()


def _filled(part: Any, kept: dict[str, str]) -> Any:
    """An address or body with what was kept in the place of `{name}`."""
    if part is None:
        return None
    text = json.dumps(part)
    for name, value in kept.items():
        text = text.replace(f"{{{name}}}", value)
    return json.loads(text)


def _at(answer: str, place: str) -> str:
    """What stands at a place of an answer; where it is missing a text that nothing is called, so that the cases after it differ too."""
    try:
        part = json.loads(answer)
        for key in place.split("."):
            part = part[key]
    except (ValueError, KeyError, TypeError):
        return "missing"
    return str(part)


def _keys(made: Golden) -> Iterator[str]:
    """Endpoints with no key, one key, a wrong key."""
    for method, path in (
        ("GET", "/api/v1/validate"),
        ("GET", "/api/v1/monitor"),
        ("POST", "/api/v1/series"),
        ("POST", "/api/v2/logs"),
        ("GET", "/health"),
        ("GET", "/info"),
    ):
        for name, headers in {
            "none": {},
            "api": {"DD-API-KEY": "a" * 32},
            "wrong": {"DD-API-KEY": "c" * 32, "DD-APPLICATION-KEY": "b" * 40},
        }.items():
            request = made.client.build_request(method, path, json={})
            for header in ("DD-API-KEY", "DD-APPLICATION-KEY"):
                del request.headers[header]
            request.headers.update(headers)
            yield f"{method} {path} {name}: {made.text(made.client.send(request))}"


def _unasked(asked: set[tuple[str, str]]) -> Iterator[str]:
    """Each endpoint of `doghouse coverage` that is served and that no exchange asked for."""
    document = json.loads(run("coverage", "--json", folder=Path.cwd()).partition("\n")[2])
    for one in document["endpoints"]:
        method, path = one["name"].split()
        pattern = re.compile(re.sub(r"\\\{.*?\\\}", ".+", re.escape(path)))
        if one["state"] != "not" and not any(method == verb and pattern.fullmatch(where) for verb, where in asked):
            yield one["name"]


def _wrong_bodies() -> Iterator[Case]:
    """Each place of each body with junk in it: a case a place, a line an answer."""
    seen: set[tuple[str, str, str]] = set()
    with house() as made:
        sample.fill(made)
        sample.watch(made)
        for method, address, *rest in EXCHANGES:
            body = rest[0] if rest else None
            if (
                method not in WRITES
                or not body
                or "{" in address
                or address.startswith(("/doghouse/advance", "/doghouse/clock", "/v0", "/telemetry"))
            ):
                continue
            if (method, address, "") not in seen:
                seen.add((method, address, ""))
                yield Case(
                    f"broken {method} {address}",
                    "\n".join(_line(made, repr(sent[:9]), method, address, content=sent) for sent in BROKEN),
                )
            for place in _places(body):
                name = ".".join(map(str, place))
                if (method, address, name) not in seen:
                    seen.add((method, address, name))
                    answers = [
                        _line(made, _shown(junk), method, address, json=_put(body, place, junk)) for junk in JUNK
                    ]
                    yield Case(f"wrong {method} {address} {name}", "\n".join(answers))


def _shown(junk: Any) -> str:
    return "10**30" if junk is LARGE else json.dumps(junk)


def _line(made: Golden, sent: str, method: str, address: str, **options: Any) -> str:
    answer = made.send(method, address, **options)
    return made.names.steady(f"{sent}: {answer.status_code} {answer.text[:ANSWER] if answer.is_error else ''}")


def _places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield here
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(inner, (*here, key))


def _put(body: Any, place: tuple[Any, ...], junk: Any) -> Any:
    if not place:
        return junk
    made = copy.deepcopy(body)
    holder = made
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = junk
    return made
