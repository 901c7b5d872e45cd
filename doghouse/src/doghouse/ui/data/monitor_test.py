"""What a monitor did in the range that its page shows, as a unit test to keep (`doghouse test`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from doghouse.monitors import Definition, MonitorError
from doghouse.monitors.api.document import written
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.tags.pairs import split_host
from doghouse.testing.recording.history import History
from doghouse.testing.recording.recording import GROUPS, CannotRecord, Recording, record
from doghouse.testing.recording.writing import written as written_test
from doghouse.time.lengths import DAY
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

LONGEST_S = 7 * DAY


def saved(call: Call, history: History, rules: Sequence[Mapping[str, Any]]) -> Reply:
    """The test file, to be saved; with `json=1` as JSON for `doghouse record`. `rules` are the notification rules as the API has them.

    Raises ApiError 400 where the range makes no test.
    """
    text = text_of(history, rules, max(call.number("groups", GROUPS), 1))
    if call.query.get("json"):
        return Reply({"text": text})
    attached = {"Content-Disposition": f'attachment; filename="{file_name(history.monitor)}"'}
    return Reply(text.encode(), content_type="application/yaml", headers=attached)


def text_of(history: History, rules: Sequence[Mapping[str, Any]], groups: int = GROUPS) -> str:
    """The test file. Raises ApiError 400 where the range makes no test."""
    if not history.start < history.end <= history.start + LONGEST_S:
        raise ApiError(
            400, f"a test is made of a minute to {LONGEST_S // DAY} days; doghouse record takes a file of series"
        )
    try:
        recording = record(history, groups)
    except (CannotRecord, NotEvaluated, QuerySyntaxError, MonitorError) as error:
        raise ApiError(400, str(error)) from None
    return written_test(recording, _header(recording, rules))


def file_name(monitor: Definition) -> str:
    """What the test's file is called: its monitor's name, in letters and digits that every file system takes."""
    name = re.sub(r"[^a-z0-9]+", "-", monitor.name.lower()).strip("-") or "monitor"
    return f"{name[:80]}.test.yaml"


def _header(recording: Recording, rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All that the test is made of, in it: the monitor with its members, the downtimes by their labels, the hosts of its series, the rules."""
    history = recording.history
    header: dict[str, Any] = {"monitor": _body(history.monitor)}
    if history.members:
        header["members"] = {str(number): _body(member) for number, member in history.members.items()}
    if history.downtimes:
        header["downtimes"] = [{**(downtime.document or {}), "name": downtime.label} for downtime in history.downtimes]
    named = sorted({split_host(timeseries.tags)[0] for timeseries in recording.series} & history.hosts.keys())
    hosts = {name: {"ip": history.hosts[name].ip, "tags": list(history.hosts[name].tags)} for name in named}
    header |= {"hosts": hosts} if hosts else {}
    return header | ({"rules": list(rules)} if rules else {})


def _body(monitor: Definition) -> dict[str, Any]:
    return ({"id": monitor.id} if monitor.id else {}) | written(monitor.document)
