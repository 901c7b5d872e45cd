"""Monitors. Marked by a tag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import override

from companion.client import Account
from companion.kinds.model import MARK, Existing, Kind
from companion.problem import WRONG_USE, Fault, Problem
from doghouse.numbers import whole_number

# What the server puts into fields that were not sent (recorded by the official client and datadog-sync-cli).
DEFAULTS: dict[str, tuple[Any, ...]] = {
    "draft_status": ("published",),
    "options.include_tags": (True,),
    "options.new_host_delay": (300,),
    "options.new_group_delay": (60,),
    "options.avalanche_window": (10, 20),
}
ONE_TYPE = {"metric alert", "query alert"}  # the server writes one for the other
OFF_AS_ZERO = ("options.renotify_interval", "options.timeout_h", "options.evaluation_delay")
# Datadog takes any text there, also one that shows nothing.
TEMPLATES = ("name", "message", "options.escalation_message")
TRIMMED = ("message", "query", "options.escalation_message")  # the server cuts white space at the end


class Monitors(Kind):
    """Monitors, over the v1 API."""

    name = noun = "monitor"
    mark_field = "tags"
    model = "v1.model.monitor.Monitor"
    server_fields = (
        "id", "org_id", "created", "created_at", "modified", "deleted", "creator", "multi", "overall_state",
        "overall_state_modified", "restriction_policy", "state", "matching_downtimes", "run_as",
    )  # fmt: skip
    any_order = ("tags",)

    @override
    def find(self, account: Account) -> list[Existing]:
        every = map(self.existing, account.call("list_monitors", monitor_tags=MARK))
        return [monitor for monitor in every if monitor.mark]

    @override
    def get(self, account: Account, id: str) -> Existing:
        if whole_number(id) is None:
            raise Problem(f"'{id}' is no monitor's id: that is a number", WRONG_USE)
        return super().get(account, id)

    @override
    def filled(self, path: str, value: Any) -> bool:
        return super().filled(path, value) or value in DEFAULTS.get(path, ())

    @override
    def same(self, path: str, expected: Any, actual: Any) -> bool:
        if path == "type":
            return expected == actual or {expected, actual} <= ONE_TYPE
        if path in TRIMMED and isinstance(expected, str) and isinstance(actual, str):
            return expected.rstrip() == actual.rstrip()
        if path in OFF_AS_ZERO:
            return (expected or 0) == (actual or 0)
        # The server lists in `silenced` what downtimes of the monitor's own silence, which are not ours to end.
        return path == "options.silenced" or super().same(path, expected, actual)

    @override
    def update(self, account: Account, existing: Existing, body: Mapping[str, Any]) -> None:
        # A field that is not sent stays as it is, so one that is to go is sent as null. The type cannot be changed.
        whole = {**existing.body, **body} if len(body) == 1 else body
        removed = (change.field for change in self.differences(whole, existing.body) if change.new is None)
        cleared = {field: None for field in removed if "." not in field}
        fields = {key: value for key, value in body.items() if key != "type"}
        account.call("update_monitor", monitor_id=int(existing.id), body={**cleared, **fields})

    @override
    def broken_rules(self, body: Mapping[str, Any]) -> Iterable[Fault]:
        """Of lint's advice only what is surely wrong."""
        from doghouse.monitors import MonitorError, parse
        from doghouse.monitors.lint import lint

        try:
            problems = lint(parse(body))
        except MonitorError as error:
            yield Fault(error.field, error.text)
            return
        for problem in (problem for problem in problems if problem.severity == "error"):
            place = f"column {problem.column}: " if problem.field == "query" and problem.column else ""
            yield Fault(problem.field, place + problem.text, problem.field in TEMPLATES)
