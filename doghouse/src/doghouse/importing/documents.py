"""The JSON, or YAML of the same shapes, in which people keep monitors: API bodies and lists of them, integrations' assets, and what other tools write.

- `terraform show -json`, of a plan or a state;
- kennel (grosser/kennel, lib/kennel/parts_writer.rb): `generated/PROJECT/PART.json`, a body with `api_resource`;
  `%{PROJECT:PART}` in a query, or among an objective's monitors, is another part's id;
- Pulumi: `pulumi stack export` (`deployment.resources`) and `pulumi preview --json` (`steps[].newState`): the provider's names in camel case;
- datadog-sync-cli (datadog_sync/utils/storage/local_file.py): `monitors.json` and `monitors.ID.json`, an object of bodies by their ids; so its
  `service_level_objectives` and `downtime_schedules`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from doghouse.importing import positions, pulumi, terraform
from doghouse.importing.positions import Position
from doghouse.importing.terraform.identity import made_up_id
from doghouse.importing.things import DowntimeInFile, Line, MonitorInFile, RuleInFile, SloInFile, Thing, no_line
from doghouse.monitors.lint.ignoring import Ignore, in_comments
from doghouse.monitors.notification_rules.files import ANSWERED, TYPE
from doghouse.numbers import whole_number
from doghouse.slos.model import TYPE_IDS

_STEP = re.compile(r'\[("(?:[^"\\]|\\.)*")\]|([^.\[\]]+)')
_KENNEL_ID = re.compile(r"%\{([^{}\s]+:[^{}\s]+)\}")


class Place(Struct, frozen=True):
    """Where a document stands: `where` for people, `part` its name as a part of kennel's (`PROJECT:PART`), its text, and metrics' intervals (s).

    `root` is where its values stand, worked out when it is asked for; of a text with `comments` (YAML's) they may suppress problems.
    """

    where: str
    part: str
    text: str
    intervals: Mapping[str, int]
    root: Callable[[], Position]
    comments: bool = False

    def lines(self, address: str) -> Line:
        """The lines of what stands at an address: `[2].monitors[0]`, `["123"]`."""
        return positions.lines(self.root, _steps(address))

    def provider_lines(self, steps: Sequence[str], spelled: Callable[[str], str] = str) -> Line:
        """The lines of a resource whose attributes stand behind these keys and numbers; none of a document on one line, as terraform writes it."""
        if "\n" not in self.text.strip():
            return no_line
        return positions.provider_lines(self.root, steps, terraform.FIELDS, spelled)

    def ignores(self, address: str) -> tuple[Ignore, ...]:
        """The suppressions in the comments in what stands at an address, and right above it; of a whole file in all of it."""
        if not self.comments:
            return ()
        numbered = list(enumerate(self.text.splitlines(), 1))
        if address:
            at, _ = self.root().at(_steps(address))
            first, last = at.line, at.last
            while first > 1 and _is_comment(numbered[first - 2][1]):
                first -= 1
            while last > at.line and (last > len(numbered) or _is_comment(numbered[last - 1][1])):
                last -= 1  # what stands right above the next thing is that one's
            numbered = numbered[first - 1 : last]
        return tuple(in_comments(numbered))


def _is_comment(line: str) -> bool:
    return line.strip()[:1] in ("", "#")


def _steps(address: str) -> list[str]:
    return [json.loads(key) if key else name for key, name in _STEP.findall(address)]


def things(document: Any, place: Place) -> list[Thing]:
    """All that a document holds."""
    return list(_things(document, place, ""))


def is_body(document: Any) -> bool:
    """Whether a document is one monitor's body."""
    return isinstance(document, dict) and isinstance(document.get("query"), str) and "type" in document


def _things(document: Any, place: Place, address: str) -> Iterator[Thing]:
    if isinstance(document, list):
        for number, inner in enumerate(document):
            yield from _things(inner, place, f"{address}[{number}]")
    elif isinstance(document, dict):
        yield from _in_object(document, place, address)


def _in_object(document: Mapping[str, Any], place: Place, address: str) -> Iterator[Thing]:
    where = place.where + address
    definition = document.get("definition")
    if isinstance(definition, dict) and "query" in definition:
        line = place.lines(f"{address}.definition")
        yield MonitorInFile(where, definition, line, (), place.where, place.ignores(address), place.intervals)
    elif _is_slo(document):
        body, line = _named(document, place), place.lines(address)
        yield SloInFile(where, body, line, (), place.where, place.ignores(address))
    elif "type" in document and "query" in document:
        body, line = _named(document, place), place.lines(address)
        yield MonitorInFile(where, body, line, (), place.where, place.ignores(address), place.intervals)
    elif isinstance(document.get("monitors"), list):
        yield from _things(document["monitors"], place, f"{address}.monitors")
    elif (attributes := _downtime(document)) is not None:
        below = ".data" * ("data" in document) + ".attributes" * (attributes is not document)
        yield DowntimeInFile(
            where, attributes, place.lines(address + below), file=place.where, ignores=place.ignores(address)
        )
    elif (rule := _rule(document)) is not None:
        yield RuleInFile(where, rule, place.lines(f"{address}.data.attributes"), file=place.where)
    elif terraform.plans.is_plan(document):
        yield from _in_plan(document, place)
    elif pulumi.is_stack(document):
        yield from pulumi.things(document, place.where, place.provider_lines)
    elif document and all(_is_kept_by_id(value) for value in document.values()):
        for key, value in document.items():
            number = whole_number(key)
            body = {"id": number, **value} if number is not None and is_body(value) else value
            yield from _in_object(body, place, f"{address}[{json.dumps(key)}]")


def _in_plan(document: Mapping[str, Any], place: Place) -> Iterator[Thing]:
    others: Counter[str] = Counter()
    for resource in terraform.plans.resources(document):
        if resource.kind in terraform.READ:
            line = place.provider_lines(resource.steps)
            yield terraform.thing(
                resource.kind, place.where, resource.address, resource.values, state=resource.is_state, line=line
            )
        elif resource.kind.startswith("datadog_"):
            others[resource.kind] += 1
    yield from terraform.unread(place.where, others)


def _named(body: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
    """A body; one of kennel's with an id, and with the ids of the parts that it names."""
    if "api_resource" not in body:
        return body
    fields, number = {key: value for key, value in body.items() if key != "api_resource"}, made_up_id(place.part)
    if not _is_slo(body):
        return {"id": number, **fields, "query": _KENNEL_ID.sub(_kennel_id, str(body["query"]))}
    ids = [_KENNEL_ID.sub(_kennel_id, str(member)) for member in body.get("monitor_ids") or ()]
    numbers = ((whole_number(member), member) for member in ids)
    members = {"monitor_ids": [member if id is None else id for id, member in numbers]} if ids else {}
    return {"id": str(number), **fields, **members}


def _kennel_id(match: re.Match[str]) -> str:
    return str(made_up_id(match[1]))


def _is_slo(document: Any) -> bool:
    return (
        isinstance(document, dict) and document.get("type") in TYPE_IDS and isinstance(document.get("thresholds"), list)
    )


def _is_kept_by_id(document: Any) -> bool:
    """Whether it is what datadog-sync-cli keeps of a monitor, an objective or a downtime."""
    return is_body(document) or _is_slo(document) or (isinstance(document, dict) and _downtime(document) is not None)


def _downtime(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The attributes of a downtime: an API body (`data`) or what stands in one, or as a downtimes file has them."""
    data = document.get("data", document)
    if isinstance(data, dict) and data.get("type") == "downtime" and isinstance(data.get("attributes"), dict):
        attributes: Mapping[str, Any] = data["attributes"]
        return attributes
    return document if "scope" in document and ("schedule" in document or "monitor_identifier" in document) else None


def _rule(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The attributes of a notification rule, as the API's body of one has them."""
    data = document.get("data")
    if not isinstance(data, dict) or data.get("type") != TYPE or not isinstance(data.get("attributes"), dict):
        return None
    return {key: value for key, value in data["attributes"].items() if key not in ANSWERED}
