"""What the API says of a monitor beside its definition: its state, the states of its groups, the downtimes that hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from doghouse.downtimes.holds import Group, Hold, Holding
from doghouse.monitors.api.document import Document
from doghouse.monitors.states.machine import GroupState
from doghouse.monitors.store import Stored
from doghouse.tags.pairs import group_text
from doghouse.time import iso

WHOLE = "*"  # GUESS: how the one group of a simple alert is called in `state.groups`


class Downtimes(Protocol):
    """What monitors ask of the downtimes."""

    def holding(self, now: float) -> Holding:
        """The downtimes that are active at `now`, as a function from a monitor to those that hold it."""

    def mute(self, monitor_id: int | None, scope: str, end: float | None, now: float) -> Document:
        """Begin a downtime of one monitor, or of all; returns it as v1 answers."""

    def unmute(self, monitor_id: int | None, scope: str | None, now: float) -> object:
        """Cancel the active downtimes of one monitor (None: those for all), those of one scope or of every scope."""


class Shown(Struct, frozen=True):
    """A monitor as it is answered, and what went into it."""

    stored: Stored
    states: Mapping[Group, GroupState]
    holds: Sequence[Hold]

    @property
    def muted(self) -> bool:
        """Whether something of the monitor is in a downtime."""
        return any(hold.groups for hold in self.holds)


def look(stored: Stored, states: Mapping[Group, GroupState], holding: Holding) -> Shown:
    """A monitor with its groups and downtimes. One that was never evaluated counts as having one group."""
    document = stored.document
    scope = [tag for tag in stored.definition.scopes if tag != "*"]
    return Shown(stored, states, holding(document["id"], document["tags"], scope, list(states) or [()]))


def read_answer(
    shown: Shown, *, with_downtimes: bool, with_assets: bool, group_states: frozenset[str] | None = None
) -> Document:
    """The monitor as reads answer it: its runbooks only where they are asked for, without its own id (recorded by terraform-provider-datadog, 2025)."""
    document = answer(shown, with_downtimes=with_downtimes, group_states=group_states)
    assets = [{key: value for key, value in asset.items() if key != "monitor_id"} for asset in document["assets"]]
    return {**document, "assets": assets if with_assets else []}


def answer(shown: Shown, *, with_downtimes: bool = False, group_states: frozenset[str] | None = None) -> Document:
    """The monitor as its creation and its changes answer it."""
    stored = shown.stored
    changed = stored.overall_modified
    document = {
        **stored.document,
        "overall_state": stored.overall,
        "overall_state_modified": None if changed is None else iso.seconds(changed),
        "options": {**stored.document["options"], "silenced": silenced(shown)},
    }
    if with_downtimes:
        document["matching_downtimes"] = [_matching(hold) for hold in shown.holds]
    if group_states is not None:
        document["state"] = {"groups": _groups(shown.states, group_states)}
    return document


def silenced(shown: Shown) -> Document:
    """`options.silenced`: the scopes of the monitor's own downtimes and when each ends (recorded: get_a_monitor_s_details_with_downtime_*)."""
    own = {",".join(hold.scope): _seconds(hold.end) for hold in shown.holds if hold.monitor_id is not None}
    return {**shown.stored.document["options"]["silenced"], **own}


def group_name(group: Group, whole: str = WHOLE) -> str:
    """`host:a,env:b`; `whole` for the one group of a simple alert."""
    return group_text(group) or whole


def _matching(hold: Hold) -> Document:
    return {
        "id": hold.id,
        "active": True,
        "monitor_id": hold.monitor_id,
        "start": int(hold.start),
        "end": _seconds(hold.end),
        "scope": list(hold.scope),
        "groups": [group_name(group, "total") for group in hold.groups],
    }


def _groups(states: Mapping[Group, GroupState], labels: frozenset[str]) -> Document:
    return {
        group_name(group): _group(group, state)
        for group, state in states.items()
        if "all" in labels or state.status.label.lower() in labels
    }


def _group(group: Group, state: GroupState) -> Document:
    """`MonitorStateGroup` of the schema; times in s UTC, null where there was none."""
    return {
        "name": group_name(group),
        "status": state.status.label,
        "last_triggered_ts": state.last_triggered,
        "last_notified_ts": state.last_notified,
        "last_resolved_ts": state.last_resolved,
        "last_nodata_ts": state.last_nodata,
    }


def _seconds(when: float | None) -> int | None:
    return None if when is None else int(when)
