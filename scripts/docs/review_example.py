"""The example of docs/review: a repository with two branches, two weeks of history, and the comment that `doghouse diff` makes of them.

.venv/bin/python -m scripts.docs.review_example            # write docs/review/comment.md and its picture anew
.venv/bin/python -m scripts.docs.review_example DIR        # only make the repository and the history, to try things on
"""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
COMMENT = ROOT / "docs/review/comment.md"
PICTURE = ROOT / "docs/review/comment.png"
START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())  # a Monday
DAYS, STEP_S, DAY_S = 14, 120, 86_400
HOSTS = ("web-1", "web-2", "web-3")
OPTIONS = (
    *("diff", "main", "quieter-nights", "monitors/", "--series", "history.csv"),
    *("--from", "2026-03-02", "--to", "2026-03-16", "--timezone", "Europe/Berlin"),
)
TEST = """\
monitor: cpu_high.json
start: 2026-03-02T10:00:00Z
tests:
  - name: five minutes above 90 alert
    series: {"system.cpu.user{host:web-1}": 50x5 95x10}
    transitions: [+6m Alert]
"""


def monitor(name: str, query: str, threshold: float, message: str, **options: Any) -> dict[str, Any]:
    """A monitor's API body."""
    return {
        "name": name,
        "type": "metric alert",
        "query": f"{query} > {threshold:g}",
        "message": message,
        "tags": ["team:shop"],
        "options": {
            "thresholds": {"critical": threshold},
            "new_host_delay": 0,
            "require_full_window": False,
            **options,
        },
    }


def before() -> dict[str, Any]:
    """The files of the branch main."""
    return {
        "cpu_high.json": monitor(
            "cpu_high",
            "avg(last_1m):avg:system.cpu.user{*} by {host}",
            90,
            "{{#is_alert}}CPU of {{host.name}} is at {{value}} %.{{/is_alert}}{{#is_recovery}}{{host.name}} is well again.{{/is_recovery}} @shop@example.com",
        ),
        "disk_full.json": monitor(
            "disk_full",
            "max(last_10m):max:system.disk.in_use{*} by {host}",
            0.9,
            "{{#is_alert}}The disk of {{host.name}} is full to {{value}}.\nMake room: https://wiki.example.com/disks{{/is_alert}} @shop@example.com",
        ),
        "queue_backlog.json": monitor(
            "queue_backlog", "avg(last_5m):avg:shop.queue.length{*}", 800, "{{value}} orders wait. @shop@example.com"
        ),
        "payments_failing.json": monitor(
            "payments_failing",
            "sum(last_10m):sum:shop.payments.failed{*}",
            200,
            "{{value}} payments failed. @shop@example.com",
        ),
        "latency.json": monitor(
            "latency", "avg(last_10m):avg:shop.latency{*}", 1.5, "The shop takes {{value}} s. @shop@example.com"
        ),
        "nightly.json": [
            {
                "name": "nightly batch",
                "scope": "*",
                "monitor_identifier": {"monitor_tags": ["team:shop"]},
                "schedule": {
                    "timezone": "Europe/Berlin",
                    "recurrences": [{"start": "2026-03-01T02:00:00", "duration": "1h", "rrule": "FREQ=DAILY"}],
                },
            }
        ],
        "cpu_high.test.yaml": TEST,
    }


def after() -> dict[str, Any]:
    """The files of the branch quieter-nights: what somebody who is paged too often might change, with some mistakes."""
    files = copy.deepcopy(before())
    files["cpu_high.json"] |= {
        "query": "avg(last_10m):avg:system.cpu.user{*} by {host} > 90",
        "message": files["cpu_high.json"]["message"].replace(
            "is at {{value}} %.", "has been at {{value}} % for ten minutes."
        ),
    }
    files["disk_full.json"]["message"] = files["disk_full.json"]["message"].replace("{{/is_alert}}", "{{/is_alrt}}")
    files["queue_backlog.json"] |= {"query": "avg(last_5m):avg:shop.queue.length{*} > 500"}
    files["queue_backlog.json"]["options"]["thresholds"]["critical"] = 500
    files["latency.json"]["name"] = "shop_latency"
    del files["payments_failing.json"]
    files["payments_none.json"] = monitor(
        "payments_none",
        "sum(last_1h):sum:shop.payments.failed{*}",
        2000,
        "Hardly a payment gets through. @pagerduty-shop",
    )
    files["nightly.json"][0]["schedule"]["recurrences"][0]["duration"] = "4h"
    return files


def history() -> Iterator[tuple[int, str, float, str]]:
    """Time (s UTC), metric, value, tags: spikes of CPU by day and a batch by night, a queue that swells at noon, one outage of payments."""
    rng = random.Random(16)
    spikes = {host: {rng.randrange(DAYS * DAY_S // STEP_S) for _ in range(30)} for host in HOSTS}
    for number in range(DAYS * DAY_S // STEP_S):
        at = START + number * STEP_S
        day, hour = divmod((at - START) / 3600, 24)
        for place, host in enumerate(HOSTS):
            batch = 45 if place == 0 and 2.5 <= hour < 4.5 else 0
            spike = 40 if number in spikes[host] else 0
            yield at, "system.cpu.user", min(99.0, 50 + batch + spike + rng.gauss(0, 1.5)), f"host:{host}"
            yield at, "system.disk.in_use", 0.6 + 0.02 * day + 0.05 * place + 0.001 * rng.random(), f"host:{host}"
        noon = max(0.0, 500 - 250 * abs(hour - 12)) if day % 7 < 5 else 0.0
        yield at, "shop.queue.length", max(0.0, 100 + noon + rng.gauss(0, 60)), ""
        outage = 90 if int(day) == 9 and 14 <= hour < 14.75 else 0
        yield at, "shop.payments.failed", max(0.0, rng.gauss(8, 3) + outage), ""
        yield at, "shop.latency", 0.4 + 0.1 * rng.random(), ""


def make(folder: Path) -> None:
    """Make the repository, and the history in it as a file that no branch has."""
    _git(folder, "init", "-q", "-b", "main")
    _commit(folder, before(), "Monitors of the shop")
    _git(folder, "checkout", "-q", "-b", "quieter-nights")
    _commit(folder, after(), "Sleep through the night")
    lines = (f'{at},{metric},{value:.4g},"{tags}"\n' for at, metric, value, tags in history())
    (folder / "history.csv").write_text("timestamp,metric,value,tags\n" + "".join(lines))


def comment(folder: Path) -> str:
    """The comment that the command makes of it."""
    command = [sys.executable, "-m", "doghouse", *OPTIONS, "--format", "markdown"]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def _commit(folder: Path, files: dict[str, Any], text: str) -> None:
    place = folder / "monitors"
    place.mkdir(exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    for name, content in files.items():
        (place / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=2) + "\n")
    _git(folder, "add", "-A", "monitors")
    _git(folder, "commit", "-q", "-m", text)


def _git(folder: Path, *arguments: str) -> None:
    env = os.environ | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_NAME": "Shop" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "shop@example.com" for who in ("AUTHOR", "COMMITTER")},
    }
    subprocess.run(["git", *arguments], cwd=folder, env=env, check=True, capture_output=True)


def main(arguments: list[str]) -> int:
    """Make the example, in a folder that is named or in one that is thrown away."""
    if arguments:
        folder = Path(arguments[0])
        folder.mkdir(parents=True)
        make(folder)
        print(f"{folder}: doghouse {' '.join(OPTIONS)} --format markdown")
        return 0
    with tempfile.TemporaryDirectory() as name:
        make(Path(name))
        text = comment(Path(name))
    from scripts.docs.comment_picture import picture

    COMMENT.write_text(text)
    picture(text, PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
