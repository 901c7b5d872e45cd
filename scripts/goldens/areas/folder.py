"""The area `folder`: what a doghouse answers over a data folder that an older one wrote and was killed over, points in its journal.

The folder is given/folder.tar.xz. `python -m scripts.goldens.areas.folder FILE` wrote it, with the code of that day.
"""

from __future__ import annotations

import os
import signal
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from scripts.goldens import sample
from scripts.goldens.case import Case
from scripts.goldens.house import NOW, Golden, house

FILE = Path(__file__).parents[1] / "given" / "folder.tar.xz"
THEN = NOW + 360  # the time at which the folder is opened; it was left at NOW + 300
LATE = [[NOW + 290, 111.5], [NOW + 300, 222.5]]  # points that are in the journal alone
ADDRESSES = (
    "/doghouse/store", "/api/v1/metrics?from=1772430000", "/api/v2/metrics/my_metric/all-tags",
    "/api/v1/metrics/my_metric",
    f"/api/v1/query?from={NOW - 3600}&to={NOW + 300}&query=avg:my_metric{{*}} by {{host}}",
    f"/api/v1/query?from={NOW}&to={NOW + 301}&query=avg:late.metric{{*}} by {{host}}",
    f"/api/v1/query?from={NOW - 600}&to={NOW + 300}&query=p95:dist.metric{{*}}",
    f"/api/v1/query?from={NOW - 900}&to={NOW + 300}&query=sum:trace.flask.request.hits{{*}}.as_count()",
    "/api/v1/monitor?group_states=all&with_downtimes=true", "/api/v1/monitor/search", "/api/v1/monitor/groups/search", "/api/v2/downtime", "/api/v1/downtime",
    "/api/v1/dashboard", "/api/v1/dashboard/lists/manual", "/api/v1/hosts?include_hosts_metadata=true", "/api/v1/tags/hosts",
    f"/api/v1/events?start={NOW - 36000}&end={NOW + 400}", "/api/v2/events?page[limit]=50", "/doghouse/notifications?limit=1000", "/doghouse/warnings",
    "/monitors/manage", "/monitors/1", "/monitors/downtimes", "/inbox", "/logs", "/apm/services", "/apm/trace/4242", "/infrastructure/map", "/dashboard/lists",
    "/ui/data/monitor/1", "/ui/data/hosts", f"/ui/data/query?query=avg:my_metric{{*}}&from_ts={(NOW - 3600) * 1000}&to_ts={NOW * 1000}&live=false",
)  # fmt: skip


def folder() -> Iterator[Case]:
    """Answers over the folder as it was left; then it goes on from there."""
    with tempfile.TemporaryDirectory(prefix="goldens-") as made:
        with tarfile.open(FILE) as packed:
            packed.extractall(made, filter="data")
        with house(Path(made) / "data", now=THEN) as opened:
            yield Case(
                "files",
                "\n".join(
                    sorted(str(path.relative_to(opened.data)) for path in opened.data.rglob("*") if path.is_file())
                ),
            )
            yield from _asked(opened, "as it was left")
            opened.ok(
                "POST",
                "/api/v1/series",
                {"series": [{"metric": "my_metric", "host": "db-1", "points": [[THEN, 5]], "tags": ["env:prod"]}]},
            )
            opened.advance(10)
            opened.wait("the mails", opened.delivered)
            yield from _asked(opened, "ten minutes on")
        with house(Path(made) / "data", now=THEN + 600) as again:
            yield from _asked(again, "opened again")


def _asked(made: Golden, when: str) -> Iterator[Case]:
    for address in ADDRESSES:
        yield Case(f"{when}: {address}", made.text(made.send("GET", address)))


def write(file: Path) -> None:
    """Fill a folder in a process that is killed, and pack it."""
    with tempfile.TemporaryDirectory(prefix="goldens-") as made:
        process = get_context("spawn").Process(target=_fill_and_die, args=(made,))
        process.start()
        process.join()
        with tarfile.open(file, "w:xz") as packed:
            packed.add(Path(made) / "data", "data")


def _fill_and_die(folder: str) -> None:
    with house(Path(folder) / "data") as made:
        sample.fill(made)
        sample.watch(made)
        boards = sample.boards(made)
        listed = made.ok("POST", "/api/v1/dashboard/lists/manual", {"name": "mine"})["id"]
        made.ok(
            "POST",
            f"/api/v2/dashboard/lists/manual/{listed}/dashboards",
            {"dashboards": [{"id": boards[0], "type": "custom_timeboard"}]},
        )
        made.ok("PUT", "/api/v1/metrics/my_metric", {"type": "gauge", "unit": "byte", "description": "d"})
        values = {"series": [{"metric": "dist.metric", "host": "db-1", "points": [[NOW - 60, [1, 2, 3, 50]]]}]}
        made.ok("POST", "/api/v1/distribution_points", values)
        made.ok("POST", "/api/v1/host/db-1/mute", {"message": "m"})
        down = {
            "scope": "host:web-1",
            "monitor_identifier": {"monitor_tags": ["team:example"]},
            "message": "quiet @ops@example.com",
        }
        made.ok("POST", "/api/v2/downtime", {"data": {"type": "downtime", "attributes": down}})
        sample.count_traces(made)
        made.advance(4)
        made.wait("the mails", made.delivered)
        made.ok("POST", "/api/v1/series", {"series": [{"metric": "late.metric", "host": "new", "points": LATE}]})
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
