"""Endpoints: Datadog's operations against the routes that the server has."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from doghouse.coverage.model import Item
from doghouse.web.operations import nameless, operations

# What the route of an operation leaves out; an operation that is not here is served whole.
PARTLY = {
    "CreateMonitor": "each type is kept and checked; which are evaluated stands under monitor types",
    "UpdateMonitor": "as CreateMonitor",
    "SearchMonitors": "without the fuzzy operator ~",
    "SearchMonitorGroups": "without the fuzzy operator ~",
    "CreateMonitorNotificationRule": "bundle_config is kept, and nothing is bundled",
    "UpdateMonitorNotificationRule": "as CreateMonitorNotificationRule",
    "CreateWebhooksIntegration": "$SNAPSHOT and the variables of other products are empty",
    "QueryMetrics": "functions that are not evaluated answer 501",
    "QueryTimeseriesData": "the data sources `metrics`, `logs`, `events`, `spans` and `slo` (not by component), any other answers 501; functions as above",
    "QueryScalarData": "the data sources `metrics`, `logs`, `events`, `spans` and `slo` (not by component), any other answers 501; functions as above",
    "GetGraphSnapshot": "graphs of metric queries; events are not drawn",
    "ListEvents": "v2: without calculated fields (#name), and units of few attributes; v1: without aggregates",
    "SearchEvents": "without calculated fields (#name), and units of few attributes",
    "ListLogs": "without calculated fields (#name), and units of few attributes; v2: sorted by time alone",
    "ListLogsGet": "without calculated fields (#name), and units of few attributes; sorted by time alone",
    "AggregateLogs": "without calculated fields (#name), and units of few attributes",
    "ListTagConfigurations": "without the filters of volumes and of queries made",
    "CreateTagConfiguration": "kept and answered; queries go on by every tag",
    "UpdateTagConfiguration": "kept and answered; queries go on by every tag",
    "DeleteTagConfiguration": "kept and answered; queries go on by every tag",
}
INTAKES = ("/api/", "/intake", "/v1/input", "/v0.")  # Datadog's own paths, among them some that its documents leave out
BESIDE = "not in Datadog's OpenAPI documents"


def served() -> set[tuple[str, str]]:
    """The method and path of each route of a doghouse, which is made in a folder of its own for it."""
    from doghouse import server
    from doghouse.storage import config
    from doghouse.time.clock import Clock

    with tempfile.TemporaryDirectory(prefix="doghouse-coverage-") as folder:
        owned = config.own(Path(folder) / "data")
        app = server.build(owned, config.KeyPair("", ""), Clock(), config.Settings())
        asyncio.run(_open_and_close(app))
        served_routes = {
            (method, nameless(route.path))
            for route in app.routes
            if isinstance(route, Route)
            for method in route.methods or ()
            if method != "HEAD"
        }
        owned.release()
    return served_routes


async def _open_and_close(app: Starlette) -> None:
    async with app.router.lifespan_context(app):
        pass


def endpoints() -> list[Item]:
    """Each of Datadog's operations, then the endpoints beside them, which Agents and older programs ask for."""
    routes = served()
    listed = []
    for operation in operations():
        name, note = f"{operation.method} {operation.path}", PARTLY.get(operation.operation, "")
        group = f"{operation.product} {operation.version}"
        if operation.endpoint not in routes:
            listed.append(Item(name, "not", "", group))
        else:
            listed.append(Item(name, "partly" if note else "done", note, group))
    documented = {operation.endpoint for operation in operations()}
    beside = sorted((path, method) for method, path in routes - documented if path.startswith(INTAKES))
    return listed + [Item(f"{method} {path}", "done", "", BESIDE) for path, method in beside]
