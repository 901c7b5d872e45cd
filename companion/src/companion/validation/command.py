"""`my-metric validate`: the settings, the shipped objects as they would be sent, or any JSON files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from pkgutil import resolve_name
from typing import Annotated, Any

import typer

from companion import resources, terminal
from companion.options import Json, Options
from companion.problem import WRONG_USE, Fault, Problem


def validate(
    options: Options,
    files: Annotated[
        list[Path] | None, typer.Argument(help="JSON bodies of dashboards, monitors or downtimes.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Find what Datadog would refuse, with the field, before anything is sent.

    Example: my-metric validate
    """
    listed = list(_of_files(files) if files else _of_settings(options))
    wrong = [entry for entry in listed if not entry[1].warning]
    if as_json:
        rows = [
            {"where": place, "field": fault.field, "error": fault.sentence, "warning": fault.warning}
            for place, fault in listed
        ]
        terminal.print_json({"valid": not wrong, "faults": rows})
    else:
        for place, fault in listed:
            terminal.show(f"{'warning' if fault.warning else 'wrong':<8} {place}: {fault.field} {fault.sentence}")
        count = f"{len(wrong)} wrong, {len(listed) - len(wrong)} warnings"
        terminal.show(count if listed else "valid: nothing that Datadog would refuse")
    return 1 if wrong else 0


def _of_settings(options: Options) -> Iterator[tuple[str, Fault]]:
    for resource in resources.read(options.settings(), datetime.now(UTC)):
        place = f"{resource.kind.name} '{resource.name}'"
        yield from ((place, fault) for fault in check(resource.kind.name, resource.body))


def _of_files(files: Sequence[Path]) -> Iterator[tuple[str, Fault]]:
    for file in files:
        body = resources.read_json(file)
        body = body.get("definition", body) if "query" not in body and "widgets" not in body else body
        yield from ((str(file), fault) for fault in check(kind_of(file, body), body))


def kind_of(file: Path, body: Mapping[str, Any]) -> str:
    """Which kind of object a JSON body is, by the fields that only one kind has. Raises Problem."""
    if "data" in body or "schedule" in body or "monitor_identifier" in body:
        return "downtime"
    if "widgets" in body or "layout_type" in body:
        return "timeboard"
    if isinstance(body.get("thresholds"), list):
        return "slo"
    if "query" in body or "options" in body or "message" in body:
        return "monitor"
    raise Problem(f"{file}: this is neither a dashboard, nor a monitor, nor an SLO, nor a downtime", WRONG_USE)


def check(kind: str, body: Mapping[str, Any]) -> Iterator[Fault]:
    """What Datadog would refuse of one object, and what would not work: the rules are asked where the shape is right."""
    handled = next(candidate for candidate in resources.kinds(datetime.now(UTC)) if candidate.name == kind)
    if not handled.model:
        return
    if kind == "downtime" and isinstance(body.get("data"), Mapping):
        body = body["data"].get("attributes") or {}
    from companion.validation.schema import faults

    faults_of_model = list(faults(body, resolve_name(f"datadog_api_client.{handled.model}")))
    if kind == "downtime":  # recorded: "Additional properties are not allowed"; the v1 endpoints take and drop them
        faults_of_model = [replace(fault, warning=False) for fault in faults_of_model]
    yield from faults_of_model
    if all(fault.warning for fault in faults_of_model):
        yield from handled.broken_rules(body)
