"""Monitors of one folder that are one: the API refuses the same twice, and two that ask the same alert twice for one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context, looked_at
from doghouse.monitors.lint.rule import Problem, finds, rule

SAME = rule("monitor-twice", "Two monitors are the same, and Datadog refuses the second", order=110)
ALIKE = rule("monitors-alike", "Two monitors ask the same query, and alert for one thing twice", "warning", order=111)
_TERRAFORM = ".tf"
IDENTITY = ("type", "query", "name", "message", "options", "tags")  # as the API's fingerprint has it


@finds(SAME, ALIKE)
def twins(monitor: Definition, context: Context) -> Iterator[Problem]:
    """The other monitor of the folder that is this one, which is said of the later of the two; or one that asks what this one asks, said of both."""
    mine = context.beside.numbers.get(id(monitor))
    if mine is None or not monitor.query.strip() or monitor.members:
        return
    where = context.beside.monitors[mine][0]
    alike = ""
    for number in context.beside.asking[looked_at(monitor)]:
        other, twin = context.beside.monitors[number]
        if number == mine or _one_source(where, other):
            continue
        if any(monitor.document.get(key) != twin.document.get(key) for key in IDENTITY):
            alike = alike or other
        elif number < mine:
            yield SAME.problem("name", f"is the same as {other}: Datadog refuses it as a duplicate")
            return
    if alike:
        text = f"asks what {alike} asks: one thing that goes wrong alerts in both; a warning and a critical threshold are one monitor"
        yield ALIKE.problem("query", text)


def _one_source(where: str, other: str) -> bool:
    """Whether both come of one thing: a file that is named twice, Terraform's files and their plan, or one block (by for_each, for several accounts)."""
    file, _, address = where.partition(" ")
    other_file, _, other_address = other.partition(" ")
    if where == other or file.endswith(_TERRAFORM) is not other_file.endswith(_TERRAFORM):
        return True
    return bool(address) and file == other_file and _resource(address) == _resource(other_address)


def _resource(address: str) -> list[str]:
    return re.sub(r"\[[^\]]*\]", "", address).split(".")[-2:]
