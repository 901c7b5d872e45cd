"""A resource, from whichever of Terraform's and Pulumi's files, as the thing that it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from doghouse import downtimes as dt
from doghouse.importing.terraform import resources
from doghouse.importing.things import DowntimeInFile, Line, MonitorInFile, Note, SloInFile, Thing, Unread, no_line
from doghouse.monitors.lint import Problem
from doghouse.monitors.lint.elsewhere import DOWNTIME_REFUSED, NOT_JSON
from doghouse.numbers import whole_number


def thing(
    kind: str,
    file: str,
    address: str,
    values: Mapping[str, Any],
    *,
    state: bool = False,
    line: Line = no_line,
    remarks: Sequence[Problem] = (),
    number: int | None = None,
) -> Thing:
    """A resource of a type that is read. `number` is the id that composites and alerts of SLOs name it by; in a state it has its own."""
    where = f"{file} {address}"
    read, kind_of_thing = resources.READ[kind]
    try:
        body = read(values, state)
    except dt.DowntimeError as error:
        return DowntimeInFile(where, {}, line, [*remarks, DOWNTIME_REFUSED.problem(error.field, error.text)], file)
    except ValueError as error:
        if not remarks:
            return Unread(
                f"{file}:{line('monitor', 0)} {address}" if line("monitor", 0) else where,
                f"monitor is not JSON: {error}",
                NOT_JSON,
            )
        body, remarks = {}, [replace(remark, field="query") for remark in remarks]
    own = str(values.get("id") or "")
    number = whole_number(own) if number is None and kind_of_thing is MonitorInFile else number
    if kind_of_thing is MonitorInFile and number is not None:
        body = {"id": number, **body}
    if kind_of_thing is SloInFile and (named := own if number is None else str(number)):
        body = {"id": named, **body}
    return kind_of_thing(where, body, line, remarks, file)


def unread(where: str, kinds: Counter[str]) -> Iterator[Thing]:
    """How many of Datadog's resources there are of the types that are not read."""
    if kinds:
        listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        yield Note(where, f"not read: {listed}")
