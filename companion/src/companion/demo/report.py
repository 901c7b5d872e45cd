"""What is seen of the demo through the official client: live points, each widget's queries, the monitor, pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from companion import terminal
from companion.app.options import SERVICE
from companion.client import NOT_IMPLEMENTED, Account, ApiProblem
from companion.queries import queries

METRIC = "my_metric"
HITS = f"sum:trace.flask.request.hits{{service:{SERVICE}}}.as_count()"
WIDGET_SPAN_S = 4 * 3600
WEEK_S = 8 * 86400  # the bakery's, and today


def step(text: str) -> None:
    """What the demo does now, on stderr."""
    terminal.say(f"· {text}")


def live_points(account: Account, since: int, until: int) -> list[tuple[float, float]]:
    """Time (s) and value of each point of my_metric in [since, until): one-second buckets keep every point apart."""
    answer = account.call("query_metrics", _from=since, to=until, query=f"avg:{METRIC}{{*}}.rollup(avg, 1)")
    points = [point for series in answer["series"] for point in series["pointlist"]]
    return [(at / 1000, value) for at, value in points if value is not None and at >= since * 1000]


def summary(points: list[tuple[float, float]]) -> dict[str, Any]:
    """The `my_metric` part of the document."""
    times, values = [at for at, _ in points], [int(value) for _, value in points]  # the check submits whole numbers
    return {
        "points": len(points),
        "min": min(values, default=None),
        "max": max(values, default=None),
        "live_spacing_s": [round(b - a, 1) for a, b in pairwise(times)],
    }


def widgets(
    account: Account, dashboard: Mapping[str, Any], now: int, span_s: int = WIDGET_SPAN_S
) -> list[dict[str, Any]]:
    """Each widget with its queries and how many points each has over the past `span_s`; None where the server does not evaluate it."""
    by_title: dict[str, list[dict[str, Any]]] = {}
    for title, query in queries(dashboard):
        by_title.setdefault(title, []).append({"query": query, "points": _points(account, query, now, span_s)})
    return [{"title": title, "queries": listed} for title, listed in by_title.items()]


def _points(account: Account, query: str, now: int, span_s: int) -> int | None:
    try:
        answer = account.call("query_metrics", _from=now - span_s, to=now, query=query)
    except ApiProblem as problem:
        if problem.status == NOT_IMPLEMENTED:
            return None
        raise
    return sum(1 for series in answer["series"] for _, value in series["pointlist"] if value is not None)


def bakery(account: Account, ids: Mapping[str, str], now: int) -> dict[str, Any]:
    """The bakery's timeboard over its week, and its monitors."""
    board = account.call("get_dashboard", dashboard_id=ids["bakery"])
    states = [monitor(account, ids[name]) for name in ("bakery-waste", "bakery-silent")]
    return {"widgets": widgets(account, board, now, WEEK_S), "monitors": states}


def monitor(account: Account, id: str) -> dict[str, Any]:
    """The monitor as the account has it: its state, and each group's."""
    document = account.call("get_monitor", monitor_id=int(id), group_states="all")
    groups = (document.get("state") or {}).get("groups") or {}
    return {
        "id": document["id"],
        "name": document["name"],
        "query": document["query"],
        "state": document["overall_state"],
        "groups": {name: group["status"] for name, group in sorted(groups.items())},
    }


def app(account: Account, since: int, until: int) -> dict[str, int]:
    """Requests of the traced app, as counted from its traces in [since, until)."""
    answer = account.call("query_metrics", _from=since, to=until, query=HITS)
    return {"hits": sum(int(value) for series in answer["series"] for _, value in series["pointlist"] if value)}


def screenshots(pages: Mapping[str, str], folder: Path) -> list[str]:
    """Pictures of pages (name to address), taken with the Chromium of this machine; none where it or playwright is missing."""
    executable = chromium()
    if not executable:
        return []
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        except Error:
            return []
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for name, address in pages.items():
            page.goto(address, wait_until="load")
            page.wait_for_timeout(3000)  # graphs draw after the page has loaded
            picture = folder / f"{name}.png"
            page.screenshot(path=str(picture), full_page=True)
            pictures.append(str(picture))
        browser.close()
    return pictures


def chromium() -> str | None:
    """The browser's program."""
    import shutil

    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def missing(document: Mapping[str, Any]) -> Iterator[str]:
    """What a complete demo has and this one has not, a sentence each."""
    if document["my_metric"]["points"] < 2:
        yield f"my_metric has {document['my_metric']['points']} live points, expected 2"
    if not document["widgets"]:
        yield "the timeboard has no query"
    for widget in [*document["widgets"], *document.get("bakery", {}).get("widgets", ())]:
        for query in widget["queries"]:
            if query["points"] == 0 or (query["points"] is None and "anomalies(" not in query["query"]):
                yield f"{query['query']} has no points"
    if not document["monitor"]:
        yield "the monitor is not there"
    elif document["monitor"]["state"] == "No Data":
        yield "the monitor was not evaluated"
    if not document["app"]["hits"]:
        yield "the traced app has no hits"
    if chromium() and not document["screenshots"]:
        yield "no picture was taken"
