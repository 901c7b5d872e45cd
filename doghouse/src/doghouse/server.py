"""Puts the rooms together: opens the stores, gives each folder's routes what they need, and serves them."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

import numpy as np
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from doghouse import __version__, release
from doghouse.dashboards.api import dashboards, sharing, timeboards
from doghouse.dashboards.api import lists as dashboard_lists
from doghouse.dashboards.api import snapshots as snapshot_routes
from doghouse.dashboards.lists import ListStore
from doghouse.dashboards.sharing.store import ShareStore
from doghouse.dashboards.snapshots.store import SnapshotStore
from doghouse.dashboards.store import DashboardStore
from doghouse.downtimes import routes as downtime_routes
from doghouse.downtimes.store import DowntimeStore
from doghouse.events import records as event_records
from doghouse.events import routes as events
from doghouse.events.store import EventStore
from doghouse.hosts import routes as hosts
from doghouse.hosts.checks import ServiceCheckStore
from doghouse.hosts.loads import loads
from doghouse.hosts.store import HostStore
from doghouse.live import lag as lags
from doghouse.live import service
from doghouse.live.background import repeated
from doghouse.live.sources import posted, records_of
from doghouse.logs import routes as logs
from doghouse.logs.store.log_store import LogStore
from doghouse.metrics.catalogue import routes as metadata_routes
from doghouse.metrics.catalogue.metadata import Catalogue
from doghouse.metrics.door import Full
from doghouse.metrics.intake import routes as metrics
from doghouse.metrics.model import Columns
from doghouse.metrics.store.point_store import PointStore
from doghouse.monitors.api import routes as monitor_routes
from doghouse.monitors.api.access import Monitors
from doghouse.monitors.definition import Sources
from doghouse.monitors.notification_rules import routes as rule_routes
from doghouse.monitors.notification_rules.store import RuleStore
from doghouse.monitors.objectives import minutes
from doghouse.monitors.store import MonitorStore
from doghouse.notifications.invitations import invitation
from doghouse.notifications.store import NotificationStore
from doghouse.notifications.webhooks import routes as webhooks
from doghouse.notifications.webhooks.store import WebhookStore
from doghouse.queries import QuerySyntaxError, matches, parse_scope, units
from doghouse.queries.api import routes as queries
from doghouse.queries.beyond.source import Everything
from doghouse.search.records import Records
from doghouse.slos import queried
from doghouse.slos.api import routes as slo_routes
from doghouse.slos.api.access import Slos
from doghouse.slos.store import SloStore
from doghouse.storage import ids, manifest
from doghouse.storage.config import DataFolder, KeyPair, Settings
from doghouse.storage.sqlite import Database
from doghouse.time.clock import Clock
from doghouse.traces import records as span_records
from doghouse.traces import routes as traces
from doghouse.traces import store as trace_store
from doghouse.traces.intake import GIVE_OUT_S, TraceIntake
from doghouse.ui import routes as ui
from doghouse.ui.data import mails
from doghouse.ui.simulated import SimulatedStore
from doghouse.ui.stores import Stores
from doghouse.web import control, errors, origins
from doghouse.web.access import Access, Keys
from doghouse.web.body.in_flight import InFlight
from doghouse.web.errors import ApiError
from doghouse.web.http import AsyncHandler, Call, Reply, Shortcut, endpoint, read, respond
from doghouse.web.operations import of_request
from doghouse.web.threads import in_thread

TEND_POINTS_S, TEND_LOGS_S = 5, 60


def build(folder: DataFolder, pair: KeyPair, clock: Clock, settings: Settings) -> Starlette:
    """The application over one data folder. Its lifespan opens nothing: the stores are open when this returns, and closed at shutdown."""
    owner = manifest.admit(folder.path)
    database = Database(folder.path / manifest.DATABASE)
    database.admit(owner)
    host_store, check_store = HostStore(database), ServiceCheckStore(database)
    points = PointStore(folder.path, host_store.tags, owner)
    event_store = EventStore(database)
    dashboard_store, downtime_store = DashboardStore(database), DowntimeStore(database)
    slo_store = SloStore(database)
    monitors = Monitors(MonitorStore(database), downtime_store, slo_store)
    rule_store, simulated = RuleStore(database), SimulatedStore(database)
    webhook_store, share_store = WebhookStore(database), ShareStore(database, owner.identity)
    if settings.long_ids:
        ids.spread(database, owner)
    snapshots = SnapshotStore(folder.path / manifest.SNAPSHOTS)
    trace_database = Database(folder.path / manifest.TRACES, trace_store.PRAGMAS)
    trace_database.admit(owner)
    traces_kept, log_store = trace_store.TraceStore(trace_database), LogStore(folder.path, owner, earlier=database)
    hostname = os.environ.get("DD_HOSTNAME") or socket.gethostname()  # as the Agent on this machine would be called
    records: dict[str, Records] = {
        "logs": log_store,
        "events": posted(event_records.records(event_store, host_store.tags)),
        "spans": span_records.records(traces_kept, hostname, host_store.tags),
    }
    notifications = service.build(
        service.Stores(
            database,
            points,
            monitors.store,
            downtime_store,
            event_store,
            host_store,
            check_store,
            rule_store,
            slo_store,
            webhook_store,
            records,
            partial(keep_lag, points),
        ),
        clock,
        folder.path / manifest.MAILS,
        mail_server=settings.smtp,
        sender=settings.smtp_from,
        url=lambda: getattr(app.state, "url", ""),
        graph=mails.graph(monitors.store, points, snapshots),
        webhooks_to=settings.webhooks_to,
    )
    slos = Slos(
        slo_store,
        monitors,
        points,
        minutes(monitors.objectives.monitor, Sources(lambda _: (points, None), records=records_of(records))),
        lambda slo_id: dashboard_store.naming(f'"slo_id":"{slo_id}"'),
    )
    trace_intake = TraceIntake(traces_kept, points, hostname)
    catalogue = Catalogue(database, points)
    counted = units.as_described(catalogue.metadata)
    pages = Stores(
        points=points,
        hosts=host_store,
        checks=check_store,
        events=event_store,
        logs=log_store,
        traces=trace_intake.store,
        dashboards=dashboard_store,
        shares=share_store,
        monitors=monitors,
        downtimes=downtime_store,
        notifications=notifications.store,
        post=notifications.post,
        simulated=simulated,
        snapshots=snapshots,
        units=counted,
        catalogue=catalogue,
        slos=slos,
        rules=rule_store,
        records=records,
        webhooks=webhook_store,
        lag=notifications.live.lag,
    )
    routes: list[BaseRoute] = [
        *metrics.routes(points, points.counts),
        *queries.routes(Everything(points, records, partial(queried.values, slos)), counted),
        *metadata_routes.routes(catalogue, tag_filter),
        endpoint("GET", "/health", health(folder, settings, notifications.live.lag), Keys.OPEN),
        endpoint("GET", "/api/v1/validate", validate, Keys.API),
        *hosts.intake_routes(host_store, check_store, partial(events.from_agent, event_store)),
        *events.routes(event_store, host_store.tags),
        *logs.routes(log_store, host_store.tags),
        *traces.routes(trace_intake),
        *hosts.routes(host_store, points.hosts, downtime_store, partial(loads, points)),
        *dashboard_lists.routes(
            ListStore(database, dashboard_store, share_store.shares)
        ),  # before dashboards, whose ids would be `lists`
        *sharing.routes(share_store, dashboard_store, partial(invite, notifications.store)),  # and `public`
        *dashboards.routes(dashboard_store, share_store.shares),
        *timeboards.routes(dashboard_store),
        *snapshot_routes.routes(snapshots, points),
        *rule_routes.routes(rule_store),
        *monitor_routes.routes(monitors),
        *downtime_routes.routes(downtime_store, monitors),
        *slo_routes.routes(slos),
        *webhooks.routes(webhook_store),
        *notifications.routes(time_travel=settings.time_travel),
        *ui.routes(pages),
    ]

    routes += control.backup_routes(folder.path, (database, trace_database, points, log_store))
    if settings.time_travel:
        routes += control.clock_routes(clock)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(database.close)
            stack.callback(points.close)
            stack.callback(trace_database.close)
            stack.callback(log_store.close)
            await stack.enter_async_context(repeated(lambda: trace_intake.give_out(clock.now()), GIVE_OUT_S))
            await stack.enter_async_context(
                repeated(lambda: points.tend(clock.now(), settings.retention), TEND_POINTS_S)
            )
            await stack.enter_async_context(
                repeated(lambda: log_store.tend(clock.now(), settings.log_retention), TEND_LOGS_S)
            )
            for work in notifications.work:
                await stack.enter_async_context(repeated(work, service.LOOK_S))
            stack.callback(notifications.end)
            yield

    app = Starlette(
        routes=routes,
        middleware=[Middleware(Shortcut, routes=routes)],
        lifespan=lifespan,
        exception_handlers={404: not_found, 405: not_found, 500: failed},
    )
    manifest.complete(folder.path, owner)
    app.state.clock, app.state.points, app.state.hosts, app.state.checks = clock, points, host_store, check_store
    app.state.events, app.state.logs = event_store, log_store
    app.state.traces, app.state.trace_intake = trace_intake.store, trace_intake
    app.state.dashboards, app.state.monitors, app.state.downtimes = dashboard_store, monitors.store, downtime_store
    app.state.notifications, app.state.live = notifications.store, notifications.live
    app.state.notification_work = notifications.work
    app.state.access = Access(pair.api_key, pair.app_key, settings.time_travel, settings.shared)
    app.state.in_flight = InFlight()
    return app


def tag_filter(text: str) -> Callable[[Collection[str]], bool]:
    """A boolean expression over tags, as stands between a query's braces. Raises ApiError 400."""
    try:
        scope = parse_scope(text)
    except QuerySyntaxError as error:
        raise errors.invalid_body(f"the tag filter cannot be read: {error}") from None
    return partial(matches, scope)


def invite(store: NotificationStore, email: str, title: str, link: str, now: float) -> None:
    """Send the mail that invites somebody to a shared dashboard."""
    store.add(invitation(email, title, link, now), now)


def health(folder: DataFolder, settings: Settings, lag: Callable[[], float]) -> AsyncHandler:
    """`GET /health`: whether the server answers and keeps up, what is running, and where its keys are (not which), for commands of the same user.

    A page whose name was rebound to this machine learns of no path. It is answered at once, not in turn with all that waits for a thread.
    """
    fixed = {"version": __version__, "commit": release.commit(), "data_format": manifest.FORMAT}

    async def handler(call: Call) -> Reply:
        is_named_safely = not settings.shared and origins.is_loopback(call.headers.get("host", ""))
        where = {"keys_file": str(folder.keys_file)} if is_named_safely else {}
        behind = lag()
        warnings = [lags.sentence(behind)] if lags.is_behind(behind) else []
        return Reply({"status": "ok", **fixed, "monitors": {"lag_s": round(behind, 3)}, "warnings": warnings, **where})

    return handler


def keep_lag(points: PointStore, tick: int, lag: float) -> None:
    """Keep how late the monitors of a minute (s UTC) were: `doghouse.monitors.lag` (s), for a monitor to watch. There are points while they are behind."""
    if not lags.is_behind(lag):
        return
    [number] = points.numbers([(lags.METRIC, None, "gauge", None, None)])
    with suppress(Full):  # the next minute's comes
        points.append(Columns(np.array([number]), np.array([tick]), np.array([lag])))


def validate(_: Call) -> Reply:
    """`GET /api/v1/validate`: the API key is right, or this is not reached."""
    return Reply({"valid": True})


async def not_found(request: Request, _: Exception) -> Response:
    """What a path that doghouse does not serve gets: 501 with its name where Datadog has something there, else 404; a browser gets a page."""
    method, path = request.method, request.url.path
    answer = errors.not_served(method, path)
    if operation := of_request(method, path):
        answer = errors.operation_not_served(operation.operation, method, path)
    elif method == "GET" and "text/html" in request.headers.get("accept", ""):
        try:
            return respond(await in_thread(partial(ui.missing, await read(request))))
        except ApiError as error:
            answer = error
    return await in_thread(lambda: JSONResponse(answer.body, answer.status))  # in turn with others, not 900 a round


async def failed(_: Request, __: Exception) -> Response:
    """What a request gets that doghouse failed to answer: the server logs the exception, the answer never shows it."""
    return JSONResponse(errors.internal().body, 500)
