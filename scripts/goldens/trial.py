"""A generated monitor, and what all of them share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MESSAGE = (
    "{{#is_alert}}at {{value}} {{comparator}} {{threshold}} @ops@example.com{{/is_alert}}\n"
    "{{#is_warning}}warn {{value}} over {{warn_threshold}} @team@example.com{{/is_warning}}\n"
    "{{#is_no_data}}silent since {{last_triggered_at}} @team@example.com{{/is_no_data}}\n"
    "{{#is_recovery}}fine {{value}} @ops@example.com{{/is_recovery}}"
)


@dataclass(frozen=True, slots=True)
class Trial:
    """A generated monitor: its case's name, its body, the members of a composite, and further arguments for a backtest."""

    name: str
    body: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...] = ()
    downtimes: bool = False
    arguments: tuple[str, ...] = ()


def body(query: str, kind: str = "query alert", /, message: str = MESSAGE, **options: Any) -> dict[str, Any]:
    """A monitor's body."""
    given = {"thresholds": {"critical": _critical(query)}} | options if kind == "query alert" else options
    return {
        "type": kind,
        "name": f"generated{' on {{host.name}}' if 'host}' in query else ''}",
        "query": query,
        "message": message,
        "tags": ["team:gen"],
        "options": given,
    }


def _critical(query: str) -> float:
    try:
        return float(query.split()[-1])
    except ValueError:
        return 0.0


def numbered(group: str, bodies: Iterator[dict[str, Any]]) -> Iterator[Trial]:
    for number, made in enumerate(bodies):
        yield Trial(f"{group} {number:02} {made['query'][:70]}", made)
