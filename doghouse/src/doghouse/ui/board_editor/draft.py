"""A dashboard as it is being written: what its text says, and what is wrong with it, each thing with its line."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from msgspec import Struct

from doghouse import dashboards, files
from doghouse.dashboards import identity, model
from doghouse.web.errors import ApiError

STEP = re.compile(r"[^.\[\]]+")
# What an answer has where nothing was sent.
ANSWERED = {"restricted_roles": [], "is_read_only": False, "experience_type": "default", "template_variables": []}


class Draft(Struct, frozen=True):
    """The dashboard's body, None where the text holds none that can be kept, and its problems as js/workbench/problems.mjs takes them."""

    body: dict[str, Any] | None
    problems: tuple[dict[str, Any], ...] = ()

    @property
    def why_not(self) -> str:
        """Why it cannot be kept, in a sentence; empty where it can."""
        first = self.problems[0] if self.body is None else {"field": "", "text": ""}
        return f"{first['field']} {first['text']}".strip()


def read(text: str, path: str = "", around: Mapping[str, Any] | None = None) -> Draft:
    """The dashboard of a text; with a `path` (`widgets[2]`) the text is that part of the dashboard `around`."""
    try:
        part = files.decoded_json(text)
    except files.FileError as error:
        return Draft(None, (_problem("error", "", str(error), error.line),))
    body = _placed(part, path, around or {}) if path else part
    problems = tuple(_problems(body, text, path))
    try:
        dashboards.check(body)
    except ApiError:
        return Draft(None, problems)
    return Draft(body, problems)


def written(document: Mapping[str, Any]) -> dict[str, Any]:
    """A stored dashboard as its owner wrote it: without what the server alone says, and what an answer has where nothing was sent."""
    return {
        key: value
        for key, value in document.items()
        if key not in model.SERVERS and value is not None and value != ANSWERED.get(key, ())
    }


def parts(document: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The widgets of a numbered dashboard: each one's path, its id and what it is called, those in groups too."""
    yield from _parts(document["widgets"], "")


def _parts(widgets: Any, path: str) -> Iterator[dict[str, str]]:
    for number, widget in enumerate(widgets if isinstance(widgets, list) else ()):
        definition = widget.get("definition") if isinstance(widget, dict) else None
        if not isinstance(definition, dict):  # inside of what is no group, nothing was checked
            continue
        place = f"{path}widgets[{number}]"
        name = str(definition.get("title") or str(definition.get("type")).replace("_", " "))
        yield {"path": place, "id": str(widget["id"]), "name": name}
        yield from _parts(definition.get("widgets"), f"{place}.definition.")


def numbered(body: Mapping[str, Any], dashboard_id: str, now: float) -> dict[str, Any]:
    """The body as the document that it would be, under an id."""
    return model.document(dict(body), model.Origin(dashboard_id or identity.new_id(), now), now)


def _placed(part: Any, path: str, around: Mapping[str, Any]) -> Any:
    """The dashboard around a part, with the part in its place. Raises ApiError 400 where there is no such place."""
    body = here = copy.deepcopy(dict(around))
    *steps, last = STEP.findall(path)
    try:
        for step in steps:
            here = here[int(step)] if isinstance(here, list) else here[step]
        here[int(last) if isinstance(here, list) else last] = part
    except (KeyError, IndexError, TypeError, ValueError):
        raise ApiError(400, f"the dashboard has no {path}") from None
    return body


def _problems(body: Any, text: str, path: str) -> Iterator[dict[str, Any]]:
    # Here, for a server's start need not wait for what reads files of monitors.
    from doghouse.importing import positions

    line = positions.lines(partial(positions.positions, text), ())
    for problem in dashboards.lint(body):
        inside = not path or problem.field.startswith(path)
        yield _problem(
            problem.severity, problem.field, problem.text, line(problem.field[len(path) :], 0) if inside else 0
        )


def _problem(severity: str, field: str, text: str, line: int) -> dict[str, Any]:
    return {"severity": severity, "rule": "", "field": field, "text": text, "line": line, "mend": None}
