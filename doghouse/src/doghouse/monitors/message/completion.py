"""What could be typed next in a message: variables and conditions behind `{{`, handles behind `@`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.message.context import BUILT_IN, RECORD_FIELDS
from doghouse.monitors.message.template import FUNCTIONS, MATCHES, STATES
from doghouse.monitors.message.variables import group_keys
from doghouse.queries.language.completion import Completion, Suggestion, chosen

_TAG = re.compile(r"\{\{\s*([^{}\n]*)$")
_HANDLE = re.compile(r"(?<![\w@.])@([\w.+\-@:/#]*)$")


def complete(monitor: Definition | None, text: str, cursor: int, handles: Iterable[str]) -> Completion:
    """Suggestions for a message in which the cursor stands at an offset; `monitor` says by what its query groups, where it can be read."""
    before = text[:cursor]
    end = "" if re.match(r"\s*\}\}", text[cursor:]) else "}}"
    if tag := _TAG.search(before):
        return chosen(before, tag[1], _tags(monitor, end))
    if handle := _HANDLE.search(before):
        return chosen(before, handle[1], [Suggestion(name, "handle") for name in sorted(set(handles))])
    return Completion(cursor, cursor, ())


def _tags(monitor: Definition | None, end: str) -> Iterator[Suggestion]:
    keys = (monitor and group_keys(monitor)) or ()
    for key in keys:
        yield Suggestion(f"{f'[{key}]' if '.' in key else key}.name{end}", "variable", "of the group that alerts")
    own = monitor.variables if monitor else ()
    word = monitor.record_word if monitor else ""
    fields = [f"{word}.{name}" for name in RECORD_FIELDS.get(word, ())]
    for name in (*BUILT_IN, *own, *fields):
        yield Suggestion(f"{name}{end}", "variable")
    for name in STATES:
        yield Suggestion(f"#{name}}}}}{{{{/{name}{end}", "condition", "what stands between is said in this state alone")
    for name in MATCHES:
        subject = f"{keys[0]}.name" if keys else "host.name"
        yield Suggestion(f'#{name} "{subject}" ""}}}}{{{{/{name}{end}', "condition")
    for name in FUNCTIONS:
        yield Suggestion(f"{name} ", "function")
