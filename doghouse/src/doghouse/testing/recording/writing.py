"""A recording as the text of a test file."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from doghouse.notifications.model import Notification
from doghouse.tags.pairs import group_text
from doghouse.testing.notation import offset_text
from doghouse.testing.recording.recording import Recording
from doghouse.testing.recording.shrinking import Sampled, number_text
from doghouse.testing.values import RUNS

# a text that YAML takes as it stands, in a list too
_PLAIN = re.compile(r"[\w+@./-][\w+@./:-]*(?: [\w+@./:-]+)*(?<!:)")
WIDTH = 120
CHECK_WORDS = {status: word for word, status in RUNS.items() if status is not None}


def written(recording: Recording, keys: Mapping[str, Any]) -> str:
    """The test file. `keys` are its other keys: `monitor` and what else it names, as file names or bodies."""
    history, start = recording.history, recording.start
    span = f"{_time(history.start)} to {_time(history.end)}"
    lines = [f"# {line}" for line in _remarks(recording, span)]
    for key, value in keys.items():
        lines += _section(key, value)
    name = " ".join((history.monitor.name or "recorded").split())
    lines += [f"start: {_time(start)}", "tests:", f"  - name: {_text(f'{name}, {span}')}"]
    checks = history.monitor.data_are_statuses
    if recording.series:
        lines += ["    checks:" if checks else "    series:"]
    for sampled in recording.series:
        lines.append(
            f"      {_quoted(_key(sampled.metric, sampled.tags))}: {_runs(sampled) if checks else _samples(sampled)}"
        )
    for kind, entries in recording.entries.items():
        lines += [f"    {kind}:", *(f"      - {_entry(entry)}" for entry in entries)]
    lines += [f"    until: {offset_text(history.end - start)}", *_expected(recording)]
    return "\n".join(lines) + "\n"


def _remarks(recording: Recording, span: str) -> Iterator[str]:
    yield f"Recorded by doghouse record: what '{' '.join(recording.history.monitor.name.split())}' did {span}."
    lead = recording.history.start - recording.start
    if lead:
        yield f"What is recorded begins at {offset_text(lead)}; before it the first window fills."
    near = [
        f"{number_text(float(f'{distance:.2g}'))} of {metric}"
        for metric, distance in recording.tolerance.items()
        if distance
    ]
    if near:
        yield f"Samples are rounded, to within {' and '.join(near)}: the states are those of each minute, values in messages are not."
    if recording.left_out:
        yield f"{recording.left_out} more groups changed and are not shown."


def _expected(recording: Recording) -> Iterator[str]:
    test, start = recording.test, recording.start
    several = len(test.timelines) > 1
    changes = [
        " ".join(
            filter(None, (offset_text(change.at - start), change.after.label, group_text(group) if several else ""))
        )
        for group, change in test.transitions()
    ]
    yield from _list("transitions", [_text(change) for change in changes])
    sent = [notification for notification in test.notifications() if not notification.silenced_by]
    yield from _list(
        "notifications", [_notification(notification, start, several) for notification in sent], own_lines=True
    )
    yield "    exact: true"
    silenced = [notification for notification in test.notifications() if notification.silenced_by]
    if recording.history.downtimes:
        yield from _list(
            "silenced", [_notification(notification, start, several) for notification in silenced], own_lines=True
        )


def _list(key: str, items: Sequence[str], *, own_lines: bool = False) -> Iterator[str]:
    """A list on one line where it fits, else an item a line."""
    flow = f"    {key}: [{', '.join(items)}]"
    if not items or (len(flow) <= WIDTH and not own_lines):
        yield flow
        return
    yield f"    {key}:"
    yield from (f"      - {item}" for item in items)


def _notification(notification: Notification, start: int, several: bool) -> str:
    parts = {"at": offset_text(int(notification.at) - start), "transition": notification.transition}
    parts |= {"group": group_text(notification.group)} if several and notification.group else {}
    listed = ", ".join(_text(recipient) for recipient in notification.recipients)
    by = f", by: {_text(notification.silenced_by)}" if notification.silenced_by else ""
    return "{" + ", ".join(f"{key}: {_text(value)}" for key, value in parts.items()) + f", to: [{listed}]{by}}}"


def _samples(sampled: Sampled) -> str:
    if sampled.every == 60 and sampled.type == "gauge":
        return (
            _text(sampled.text)
            if _PLAIN.fullmatch(sampled.text) and not _is_number(sampled.text)
            else _quoted(sampled.text)
        )
    kind = "" if sampled.type == "gauge" else f", type: {sampled.type}"
    return f"{{every: {offset_text(sampled.every)[1:]}{kind}, values: {_quoted(sampled.text)}}}"


def _runs(sampled: Sampled) -> str:
    """A check's runs: `OKx5 CRITICALx2 _`."""
    words = ("_" if math.isnan(value) else CHECK_WORDS[int(value)] for value, _ in sampled.runs)
    return " ".join(word + f"x{many}" * (many > 1) for word, (_, many) in zip(words, sampled.runs, strict=True))


def _entry(entry: Mapping[str, Any]) -> str:
    """A log, an event or a span on a line."""
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in entry.items()) + "}"


def _value(value: Any) -> str:
    return _text(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _key(metric: str, tags: Sequence[str]) -> str:
    return f"{metric}{{{','.join(tags)}}}" if tags else metric


def _section(key: str, value: Any) -> Iterator[str]:
    """A key of the file: a text, a list with an item a line, a mapping with a key a line."""
    if isinstance(value, str):
        yield f"{key}: {_text(value)}"
        return
    yield f"{key}:"
    if isinstance(value, Mapping):
        yield from (f"  {_text(str(name))}: {json.dumps(inner, ensure_ascii=False)}" for name, inner in value.items())
    else:
        yield from (f"  - {json.dumps(element, ensure_ascii=False)}" for element in value)


def _text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and not _is_number(text) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
