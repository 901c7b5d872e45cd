"""Every page and what its script asks for. Pages need no keys; see guard.py for who may ask."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from doghouse.dashboards.board import Widget
from doghouse.dashboards.registry import Numbers
from doghouse.dashboards.snapshots.store import PATH
from doghouse.live.sources import records_of
from doghouse.queries.beyond.source import Everything
from doghouse.slos import queried
from doghouse.ui import assets, guard, simulated
from doghouse.ui.board_editor.page import BoardEditor
from doghouse.ui.data.boards import BoardData, Source
from doghouse.ui.data.mails import Mails
from doghouse.ui.data.replays import Replays
from doghouse.ui.data.snapshots import Snapshots
from doghouse.ui.errors import no_such_page
from doghouse.ui.guard import change, page, shared_page
from doghouse.ui.pages import login
from doghouse.ui.pages.apm import Apm
from doghouse.ui.pages.boards import Boards
from doghouse.ui.pages.budgets import ErrorBudgets
from doghouse.ui.pages.downtimes import Downtimes
from doghouse.ui.pages.events import EventPage
from doghouse.ui.pages.hosts import HostMap
from doghouse.ui.pages.inbox import Inbox
from doghouse.ui.pages.logs import LogPage
from doghouse.ui.pages.metrics.explorer import Explorer
from doghouse.ui.pages.metrics.summary import Summary
from doghouse.ui.pages.monitor import MonitorPage
from doghouse.ui.pages.monitor_list import MonitorList
from doghouse.ui.pages.shared_board import SharedBoards
from doghouse.ui.pages.workbench import Workbench
from doghouse.ui.rendering import alone, reading
from doghouse.ui.stores import Stores
from doghouse.ui.widgets import graphs, scalars
from doghouse.ui.widgets.changes import changes
from doghouse.ui.widgets.graphs import WidgetView
from doghouse.ui.widgets.monitor_summary import MonitorSummary
from doghouse.ui.widgets.objectives import Objectives
from doghouse.ui.widgets.states import Panels
from doghouse.ui.widgets.streams import Streams
from doghouse.web.access import Keys
from doghouse.web.http import Call, Reply, endpoint


def routes(stores: Stores) -> list[BaseRoute]:
    """The pages over the stores."""
    everything = Everything(stores.points, stores.records, partial(queried.values, stores.slos))
    boards = Boards(stores.dashboards, everything)
    hostmap = HostMap(stores.hosts, stores.checks, stores.points)
    explorer = Explorer(stores.points, stores.simulated, stores.units, stores.dashboards)
    replays = Replays(
        stores.monitors,
        stores.downtimes,
        stores.points,
        stores.hosts,
        stores.rules,
        records_of(stores.records),
        stores.simulated,
        stores.units,
    )
    monitor = MonitorPage(replays, stores.notifications)
    workbench = Workbench(replays, stores.points.metrics, explorer.tags)
    downtimes = Downtimes(stores.downtimes, stores.monitors.store)
    mails, monitor_store = Mails(stores.post), stores.monitors.store
    inbox = Inbox(stores.notifications, mails, stores.downtimes, stores.webhooks, monitor_store, stores.units)
    events, logs = EventPage(stores.events, stores.hosts), LogPage(stores.logs, stores.traces)
    panels = Panels(monitor, stores.checks, events)
    data = BoardData(boards, sources(stores, everything, hostmap, panels), stores.units)
    editor = BoardEditor(boards, data)
    shared = SharedBoards(stores.shares, boards, data)
    apm = Apm(stores.points, stores.traces, stores.logs, stores.records["spans"])
    snapshots = Snapshots(boards, stores.snapshots, stores.events, stores.simulated, panels)
    return [
        page("/", home),
        endpoint("GET", "/ui/static/{version}/{name:path}", guard.guarded(assets.serve), Keys.OPEN),
        endpoint("GET", "/login", login.show, Keys.OPEN),
        endpoint("POST", "/login", guard.guarded(login.log_in), Keys.OPEN),
        endpoint("POST", "/logout", guard.guarded(login.log_out), Keys.OPEN),
        page("/dashboard/lists", reading(boards.list)),
        page("/dashboard/create", reading(editor.new)),
        page("/dashboard/edit/{id}", reading(editor.edit)),
        change("POST", "/ui/data/board-editor/check", editor.check),
        change("POST", "/ui/data/board-editor/save", editor.save),
        change("POST", "/ui/data/board-editor/add", editor.add),
        page("/ui/board-editor/{name}", reading(editor.draw)),
        page("/ui/data/board-editor/{name}", editor.numbers),
        page("/ui/data/dashboard/{id}/export", editor.export),
        page("/dashboard/{id}", reading(boards.show)),
        page("/dashboard/{id}/{slug}", reading(boards.show)),
        page("/ui/data/dashboard/{id}", data.widgets),
        shared_page("/sb/{token}", alone(shared.show)),
        shared_page("/sb/{token}/data", shared.numbers),
        page("/monitors/manage", reading(MonitorList(stores.monitors, stores.lag).show)),
        page("/monitors/create", reading(workbench.new)),
        page("/monitors/{id:int}/edit", reading(workbench.edit)),
        change("POST", "/ui/data/workbench/check", workbench.check),
        change("POST", "/ui/data/workbench/complete", workbench.complete),
        change("POST", "/ui/data/workbench/try", workbench.attempt),
        change("POST", "/ui/data/workbench/test", workbench.as_test),
        change("POST", "/ui/data/workbench/save", workbench.save),
        change("POST", "/ui/data/workbench/files/{kind}", workbench.upload),
        page("/monitors/{id:int}", reading(monitor.show)),
        page("/ui/data/monitor/{id:int}", monitor.data),
        page("/ui/data/monitor/{id:int}/previews", monitor.previews),
        page("/ui/data/monitor/{id:int}/test", monitor.as_test),
        change("POST", "/ui/data/monitor/{id:int}/mute", monitor.mute),
        page("/monitors/downtimes", reading(downtimes.show)),
        page("/monitors/downtimes/create", reading(downtimes.new)),
        page("/monitors/downtimes/{id}/edit", reading(downtimes.edit)),
        change("POST", "/ui/data/downtimes/check", downtimes.check),
        change("POST", "/ui/data/downtimes/save", downtimes.save),
        page("/slo/manage", reading(ErrorBudgets(stores.slos).show)),
        page("/ui/data/downtimes", downtimes.stretches),
        change("POST", "/ui/data/downtimes/{id}/cancel", downtimes.cancel),
        page("/inbox", reading(inbox.list)),
        page("/inbox/{id:int}", reading(inbox.show)),
        page("/ui/data/inbox/count", inbox.count),
        page("/ui/mail/{id:int}/{copy}", reading(inbox.body)),
        page("/event/explorer", reading(events.show)),
        page("/logs", reading(logs.show)),
        page("/logs/around", reading(logs.around)),
        page("/ui/data/logs", logs.counts),
        page("/apm/services", reading(apm.services)),
        page("/apm/traces", reading(apm.search)),
        page("/apm/services/{service:path}", reading(apm.service)),
        page("/apm/trace/{id}", reading(apm.trace)),
        page("/infrastructure/map", reading(hostmap.show)),
        page("/ui/data/hosts", hostmap.data),
        page("/ui/data/hosts/{name}", hostmap.show_host),
        change("POST", "/ui/data/dashboard/{id}/snapshot", snapshots.take),
        page(f"{PATH}/{{day}}/{{name}}", reading(snapshots.show)),
        page("/metric/explorer", reading(explorer.show)),
        page("/metric/summary", reading(Summary(stores.points, stores.catalogue).show)),
        page("/ui/data/query", explorer.graph),
        page("/ui/data/complete", explorer.complete),
        endpoint("POST", "/doghouse/simulated", partial(simulated.mark, stores.simulated), Keys.API),
    ]


def sources(stores: Stores, everything: Everything, hostmap: HostMap, panels: Panels) -> dict[Numbers, Source]:
    """What gives a widget's numbers, by what its drawing takes."""

    def timeseries(widget: Widget, asked: WidgetView) -> dict[str, Any]:
        events = {"events": panels.overlay(widget, asked.frame)}
        return graphs.graph(widget, everything, stores.simulated, asked) | events

    objectives = Objectives(stores.slos)

    def values(widget: Widget, asked: WidgetView) -> dict[str, Any]:
        return scalars.scalars(widget, everything, asked)

    return {
        "timeseries": timeseries,
        "scalar": values,
        "ranking": values,
        "change": lambda widget, asked: changes(widget, everything, asked),
        "hosts": hostmap.widget,
        "monitor graph": panels.monitor_graph,
        "monitor value": panels.monitor_value,
        "check runs": panels.check_runs,
        "monitors": MonitorSummary(MonitorList(stores.monitors)).summary,
        "objective": objectives.objective,
        "objectives": objectives.matching,
        "stream": Streams(stores.logs, panels.events).stream,
    }


def missing(call: Call) -> Reply:
    """What a browser gets for an address that doghouse has nothing at. Raises ApiError 403 under a foreign name."""

    def none(call: Call) -> Reply:
        raise no_such_page(call.path)

    guard.check(call)
    return guard.with_headers(reading(none)(call))


def home(_: Call) -> Reply:
    """`GET /`: the boards."""
    return Reply(b"", 302, headers={"Location": "/dashboard/lists"})
