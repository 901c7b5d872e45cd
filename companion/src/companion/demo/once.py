"""`my-metric demo --once`: waits until there is something to report, and reports it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from companion import terminal
from companion.client import Account
from companion.demo import report
from companion.demo.children import Stop
from companion.demo.model import Demo
from companion.demo.options import Wishes

COLLECTIONS = 2
COLLECTIONS_TIME_S = 240.0
MONITOR_TIME_S = 130.0  # a monitor is evaluated each minute


def report_once(
    demo: Demo, account: Account, ids: Mapping[str, str], boards: Mapping[str, str], wishes: Wishes, stop: Stop
) -> int:
    """Wait for two live collections and the monitor's first evaluation; report."""
    report.step("waiting for two live collections, and the monitor")
    points = _wait_for_points(demo, account, stop)
    monitor = _wait_for_monitor(demo, account, ids["monitor"], stop)
    dashboard = account.call("get_dashboard", dashboard_id=ids["timeboard"])
    folder = Path(wishes.pictures) if wishes.pictures else Path(tempfile.mkdtemp(prefix="my-metric-pictures-"))
    document: dict[str, Any] = {
        "my_metric": report.summary(points),
        "widgets": report.widgets(account, dashboard, int(time.time())),
        "monitor": monitor,
        "app": report.app(account, demo.live_since, int(time.time())),
        "screenshots": report.screenshots({**boards, "service": demo.service_page}, folder),
    }
    if wishes.bakery:
        document["bakery"] = report.bakery(account, ids, int(time.time()))
    if not document["screenshots"] and not wishes.pictures:
        folder.rmdir()
    missing = list(report.missing(document))
    if wishes.as_json:
        terminal.print_json(document)
    else:
        terminal.console().print_json(data=document)
    for sentence in missing:
        terminal.say(f"my-metric: {sentence}")
    return 1 if missing else 0


def _wait_for_points(demo: Demo, account: Account, stop: Stop) -> list[tuple[float, float]]:
    end = time.monotonic() + COLLECTIONS_TIME_S
    while True:
        points = report.live_points(account, demo.live_since, int(time.time()) + 1)
        if len(points) >= COLLECTIONS or time.monotonic() > end:
            return points
        demo.check()
        stop.wait(1)


def _wait_for_monitor(demo: Demo, account: Account, id: str, stop: Stop) -> dict[str, Any]:
    end = time.monotonic() + MONITOR_TIME_S
    while True:
        monitor = report.monitor(account, id)
        if monitor["state"] != "No Data" or time.monotonic() > end:
            return monitor
        demo.check()
        stop.wait(1)
