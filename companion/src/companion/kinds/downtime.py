"""Recurring downtimes. Marked by a line in the message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from typing_extensions import override

from companion import schedule
from companion.client import Account
from companion.diff import Change
from companion.kinds.model import Existing, Kind, Resource
from companion.problem import Fault

PAGE = 100_000  # GUESS: one answer lists as many as asked for; the total beside it tells where it does not
DEFAULTS: dict[str, set[str]] = {"notify_end_states": {"alert", "no data", "warn"}, "notify_end_types": {"expired"}}
GONE = ("canceled", "ended")


class Downtimes(Kind):
    """Downtimes, over the v2 API. `now` decides whether two schedules mean the same times from here on."""

    name = noun = "downtime"
    mark_field = name_field = "message"
    model = "v2.model.downtime_create_request_attributes.DowntimeCreateRequestAttributes"
    server_fields = (
        "id", "status", "created", "modified", "canceled", "schedule.current_downtime", "monitor_identifier.monitor_id",
    )  # fmt: skip
    any_order = (*DEFAULTS, "monitor_identifier.monitor_tags")

    def __init__(self, now: datetime) -> None:
        self._now = now

    @override
    def find(self, account: Account) -> list[Existing]:
        rows: list[dict[str, Any]] = []
        while True:
            answer = account.call("list_downtimes", page_limit=PAGE, page_offset=len(rows))
            rows += answer["data"]
            total = answer.get("meta", {}).get("page", {}).get("total_filtered_count", len(rows))
            if not answer["data"] or len(rows) >= total:
                break
        every = map(self.existing, rows)
        return [downtime for downtime in every if downtime.mark and downtime.body.get("status") not in GONE]

    @override
    def existing(self, row: Mapping[str, Any]) -> Existing:
        return super().existing({**(row.get("attributes") or {}), "id": row["id"]})

    @override
    def differences(self, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[Change]:
        return super().differences(self._in_the_words_of(actual, expected), actual)

    @override
    def filled(self, path: str, value: Any) -> bool:
        return super().filled(path, value) or (path in DEFAULTS and set(value) == DEFAULTS[path])

    def _in_the_words_of(self, actual: Mapping[str, Any], expected: Mapping[str, Any]) -> Mapping[str, Any]:
        """`expected` with its recurrences written as those of `actual` wherever that means the same."""
        theirs = (actual.get("schedule") or {}).get("recurrences") or []
        ours = expected["schedule"].get("recurrences")
        if not ours:
            return expected
        zone = expected["schedule"].get("timezone") or "UTC"
        both = zip(theirs, ours, strict=False)
        reworded = [schedule.in_the_words_of(*pair, zone, self._now) for pair in both] + ours[len(theirs) :]
        return {**expected, "schedule": {**expected["schedule"], "recurrences": reworded}}

    @override
    def create(self, account: Account, resource: Resource) -> str:
        return str(account.call("create_downtime", body=_document(resource.body))["data"]["id"])

    @override
    def update(self, account: Account, existing: Existing, body: Mapping[str, Any]) -> None:
        """Change it, or cancel it and make it anew: Datadog refuses another start of one that runs (datadog-sync-cli does the same)."""
        whole = {**existing.body, **body}
        changed = {change.field.partition(".")[0] for change in self.differences(whole, existing.body)}
        if "schedule" in changed and existing.body.get("status") == "active":
            self.remove(account, existing)  # first: were it interrupted in between, the next apply makes the new one
            account.call("create_downtime", body=_document(body))
            return
        sent = _document({key: body[key] for key in body if key in changed}, existing.id)
        account.call("update_downtime", downtime_id=existing.id, body=sent)

    @override
    def remove(self, account: Account, existing: Existing) -> None:
        account.call("cancel_downtime", downtime_id=existing.id)

    @override
    def broken_rules(self, body: Mapping[str, Any]) -> Iterable[Fault]:
        from doghouse.downtimes import lint

        return (Fault(problem.field, problem.text, problem.severity != "error") for problem in lint(body))


def _document(attributes: Mapping[str, Any], id: str | None = None) -> dict[str, Any]:
    data: dict[str, Any] = {"type": "downtime", "attributes": dict(attributes)}
    return {"data": {**data, "id": id} if id else data}
