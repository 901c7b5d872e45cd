"""`agent health`, as the real Agent prints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def health(statuses: Sequence[dict[str, Any]]) -> tuple[str, bool]:
    """The text, and whether every running Agent is healthy: one is not while a check hangs or requests can't be delivered."""
    lines, well = [], True
    for status in statuses:
        sick = [f"check {check['id']}" for check in status["checks"] if check["running"] and check["skipped"]]
        sick += ["forwarder"] if status["forwarder"]["last_problem"] else []
        good = [f"check {check['id']}" for check in status["checks"] if f"check {check['id']}" not in sick]
        good += [] if "forwarder" in sick else ["forwarder"]
        lines += [
            f"Agent health: {'FAIL' if sick else 'PASS'}",
            f"=== {len(good)} healthy components ===",
            ", ".join(good),
        ]
        if sick:
            lines += [f"=== {len(sick)} unhealthy components ===", ", ".join(sick)]
            well = False
    return "\n".join(lines), well
