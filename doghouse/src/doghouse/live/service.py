"""Puts the notifications of a server together: the live loop, the outbox at work, their routes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, field
from starlette.routing import BaseRoute

from doghouse.downtimes.store import DowntimeStore
from doghouse.events.model import Event
from doghouse.events.store import EventStore
from doghouse.hosts.checks import ServiceCheckStore
from doghouse.hosts.store import HostStore
from doghouse.live import routes as live_routes
from doghouse.live.loop import Live, LoopInputs
from doghouse.live.sources import hosts_of, records_of, runs_of
from doghouse.metrics.model import Source
from doghouse.monitors.notification_rules.store import RuleStore
from doghouse.monitors.store import MonitorStore, objectives
from doghouse.notifications import events as event_texts
from doghouse.notifications import routes as inbox
from doghouse.notifications import smtp
from doghouse.notifications.delivery import Graph, Post, Url, deliver
from doghouse.notifications.graph import graph as draw_graph
from doghouse.notifications.mail import SENDER, Links
from doghouse.notifications.store import NotificationStore
from doghouse.notifications.webhooks.outbox import Inputs, Outbox
from doghouse.notifications.webhooks.sending import allowed_host
from doghouse.notifications.webhooks.store import WebhookStore
from doghouse.search.records import Records
from doghouse.slos.store import SloStore
from doghouse.storage.sqlite import Database
from doghouse.time.clock import Clock

LOOK_S = 1  # how often the loop looks whether a minute is over, and the outbox whether a mail is due


class Stores(Struct, frozen=True):
    """What the loop reads and writes."""

    database: Database
    points: Source
    monitors: MonitorStore
    downtimes: DowntimeStore
    events: EventStore
    hosts: HostStore
    checks: ServiceCheckStore
    rules: RuleStore
    slos: SloStore
    webhooks: WebhookStore
    records: Mapping[str, Records] = field(default_factory=dict)  # by data source: logs, events, spans
    passed: Callable[[int, float], object] = lambda _, __: None  # see LoopInputs


class Service(Struct, frozen=True):
    """`work` is what has to be done every LOOK_S seconds, each on a thread of its own."""

    store: NotificationStore
    webhooks: WebhookStore
    live: Live
    post: Post
    outbox: Outbox
    work: Sequence[Callable[[], None]]

    def end(self) -> None:
        """Stop what is under way; it is done after the next start."""
        self.live.end()
        self.outbox.end()

    def routes(self, *, time_travel: bool) -> list[BaseRoute]:
        """The inbox; and with time travel the passing of time."""
        return inbox.routes(self.store, self.webhooks) + (live_routes.routes(self.live) if time_travel else [])


def build(
    stores: Stores,
    clock: Clock,
    folder: Path,
    *,
    mail_server: str = "",
    sender: str = "",
    url: Url = str,
    graph: Graph | None = None,
    webhooks_to: Collection[str] = (),
) -> Service:
    """The service of a server that keeps mails in `folder`. `mail_server` (`host:port`) takes mails; empty: they stay in the inbox.

    `graph` draws what a mail shows; without one it is what the monitor looked at. `webhooks_to` are the hosts besides this machine that webhooks may send to.
    Raises ValueError.
    """
    store = NotificationStore(stores.database)
    post_event = event_texts.poster(stores.events.add, lambda: Links(url()))
    sources = LoopInputs(
        stores.points,
        partial(hosts_of, stores.hosts),
        runs_of(stores.checks, stores.hosts.tags),
        (post_event,),
        stores.rules.rules,
        objectives(stores.slos, stores.monitors),
        records_of(stores.records),
        url,
        stores.passed,
    )
    live = Live(stores.database, clock, stores.monitors, stores.downtimes, store, sources)
    server = smtp.server(mail_server) if mail_server else None
    drawn = graph or partial(draw_graph, stores.points, stores.monitors)
    post = Post(folder, server, sender or SENDER, drawn, url)
    stores.events.listen(partial(_mention, store, clock))
    one_at_a_time = threading.Lock()  # two deliveries at once would send the same mail twice

    def deliver_due() -> None:
        with one_at_a_time:
            deliver(store, post, clock)

    allowed = frozenset(map(allowed_host, webhooks_to))
    outbox = Outbox(Inputs(store, stores.webhooks, clock, url, allowed))
    return Service(store, stores.webhooks, live, post, outbox, (live.step, deliver_due, outbox.look))


def _mention(store: NotificationStore, clock: Clock, event: Event) -> None:
    """Tell whom a posted event mentions."""
    notification = event_texts.mentioned(event)
    if notification is not None:
        store.add(notification, clock.now())
