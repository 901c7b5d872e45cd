"""The endpoints of hosts: what Agents send about theirs (`/intake/`, `/api/v1/check_run`), the list, tags, muting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from msgspec import Struct
from starlette.routing import BaseRoute

from doghouse.hosts import listing
from doghouse.hosts.checks import STATUSES, ServiceCheckStore, Submitted
from doghouse.hosts.errors import bad_check_status, host_muted_already, host_not_found, host_not_muted
from doghouse.hosts.metadata import Payload, reported
from doghouse.hosts.model import USERS, Host, Mute
from doghouse.hosts.store import HostStore
from doghouse.tags import naming
from doghouse.web.access import Keys
from doghouse.web.http import Call, Reply, endpoint

Events = Mapping[str, list[dict[str, Any]]]
Loads = Callable[[float], Mapping[str, listing.Load]]


class Others(Struct):
    """What an `/intake/` body may have beside data about its own host: events by source, and tags of other hosts by source."""

    events: dict[str, list[dict[str, Any]]] | None = None
    external_host_tags: list[tuple[str, dict[str, list[str]]]] | None = None


class Tags(Struct):
    """The body of a request that changes a host's tags."""

    tags: tuple[str, ...] = ()


class MuteBody(Struct):
    """The body of a request that mutes a host; each part may be missing."""

    message: str | None = None
    end: int | None = None
    override: bool = False


def intake_routes(
    hosts: HostStore, checks: ServiceCheckStore, on_events: Callable[[Events, float], None] = lambda _, __: None
) -> list[BaseRoute]:
    """The endpoints that Agents post to. `on_events` receives the events in a body, and the time (s UTC)."""

    def intake(call: Call) -> Reply:
        report, others = reported(call.json(Payload)), call.json(Others)
        with hosts.together():
            if others.events:
                on_events(others.events, call.now)  # first: they may be refused
            if report.host:
                hosts.report(report, call.now)
            for host, tags in others.external_host_tags or ():
                for source, listed in tags.items():
                    hosts.set_tags(host, source, listed)
        return Reply({"status": "ok"}, 202)

    def check_run(call: Call) -> Reply:
        many = call.body.lstrip().startswith(b"[")
        submitted = call.json(list[Submitted]) if many else [call.json(Submitted)]
        for place, check in enumerate(submitted):
            if check.status not in STATUSES:
                raise bad_check_status(place, check.status)
        checks.submit(submitted, call.now)
        return Reply({"status": "ok"}, 202)

    return [
        endpoint("POST", "/intake", intake, Keys.API),
        endpoint("POST", "/intake/", intake, Keys.API),
        endpoint("POST", "/api/v1/check_run", check_run, Keys.API),
    ]


class Silences(Protocol):
    """How hosts are muted: a mute is a downtime of all monitors on the host (recorded: datadogpy test_host_muting, which names its `downtime_id`)."""

    def mute_host(self, host: str, end: float | None, message: str | None, now: float) -> int:
        """Mute a host, in place of the mute that it may have; returns the id of the downtime in v1. Raises ApiError 400."""

    def unmute_host(self, host: str, now: float) -> int | None:
        """Unmute a host; returns the id of the downtime in v1, or None where the host was not muted."""


def routes(
    hosts: HostStore, seen: Callable[[], Mapping[str, float]], silences: Silences, loads: Loads = lambda _: {}
) -> list[BaseRoute]:
    """The list of hosts, and muting. `seen` gives the time of the newest point (s UTC) of each host that has points, `loads` how busy each host is."""

    def every() -> list[Host]:
        newest = seen()
        stored = hosts.all()
        if missing := newest.keys() - stored.keys():
            hosts.make(missing)
            stored = hosts.all()
        return listing.merged(stored, newest)

    def list_hosts(call: Call) -> Reply:
        return Reply(listing.page(every(), loads(call.now), asked(call), call.now))

    def totals(call: Call) -> Reply:
        return Reply(listing.totals(every(), call.now))

    def mute(call: Call) -> Reply:
        name = call.params["host"]
        body = call.json(MuteBody) if call.body else MuteBody()
        host = hosts.get(name)
        if host and host.is_muted(call.now) and not (body.override or call.flag("override")):
            raise host_muted_already(name)
        over = body.end is not None and body.end <= call.now  # taken, and without effect
        with hosts.together():
            downtime = None if over else silences.mute_host(naming.host(name), body.end, body.message, call.now)
            hosts.set_mute(name, Mute(body.message, body.end))
        fields = {"downtime_id": downtime, "message": body.message, "end": body.end}
        details = {key: value for key, value in fields.items() if value is not None}
        return Reply({"action": "Muted", "hostname": name, **details})

    def unmute(call: Call) -> Reply:
        name = call.params["host"]
        host = hosts.get(name)
        if not host or not host.mute or not host.is_muted(call.now):
            raise host_not_muted(name)
        with hosts.together():
            hosts.set_mute(name, None)
            downtime = silences.unmute_host(naming.host(name), call.now)
        return Reply({"action": "Unmuted", "downtime_id": downtime, "hostname": name})

    return [
        endpoint("GET", "/api/v1/hosts", list_hosts),
        endpoint("GET", "/api/v1/hosts/totals", totals),
        endpoint("POST", "/api/v1/host/{host}/mute", mute),
        endpoint("POST", "/api/v1/host/{host}/unmute", unmute),
        *tag_routes(hosts, seen),
    ]


def tag_routes(hosts: HostStore, seen: Callable[[], Mapping[str, float]]) -> list[BaseRoute]:
    """Tags of hosts, by source (`users` where the request names none). A host is known if it has tags, a report or points (recorded: datadogpy test_tags)."""

    def all_tags(call: Call) -> Reply:
        names: dict[str, list[str]] = {}
        for host in sorted(hosts.all().values(), key=lambda listed: listed.name):
            for tag in tags_of(host, call.query.get("source")):
                names.setdefault(tag, []).append(host.name)
        return Reply({"tags": dict(sorted(names.items()))})

    def get(call: Call) -> Reply:
        host = known(call)
        return Reply({"host": host.name, "tags": tags_of(host, call.query.get("source"))})

    def add(call: Call) -> Reply:
        return changed(hosts.add_tags(call.params["host"], source(call), call.json(Tags).tags), call)

    def put(call: Call) -> Reply:
        return changed(hosts.set_tags(known(call).name, source(call), call.json(Tags).tags), call)

    def delete(call: Call) -> Reply:
        hosts.set_tags(known(call).name, source(call), ())
        return Reply(b"", 204)

    def known(call: Call) -> Host:
        name = call.params["host"]
        host = hosts.get(name)
        if host is None and naming.host(name) in seen():
            return Host(0, name)
        if host is None:
            raise host_not_found()
        return host

    def changed(host: Host, call: Call) -> Reply:
        return Reply({"host": host.name, "tags": tags_of(host, source(call))}, 201)

    path = "/api/v1/tags/hosts/{host}"
    return [
        endpoint("GET", "/api/v1/tags/hosts", all_tags),
        endpoint("GET", path, get),
        endpoint("POST", path, add),
        endpoint("PUT", path, put),
        endpoint("DELETE", path, delete),
    ]


def source(call: Call) -> str:
    """The source whose tags a request changes."""
    return call.query.get("source") or USERS


def tags_of(host: Host, source: str | None) -> list[str]:
    """The host's tags from one source, or from all."""
    return list(host.tags.get(source, ())) if source else list(host.all_tags())


def asked(call: Call) -> listing.ListParameters:
    """The parameters of a request for the list of hosts; what cannot be sorted by is passed over (recorded by datadogpy: `host_name`). Raises ApiError 400."""
    sort = call.query.get("sort_field")
    return listing.ListParameters(
        call.query.get("filter", ""),
        sort if sort in listing.SORTS else "name",
        call.query.get("sort_dir", "").lower() == "desc",
        call.number("start", 0),
        call.number("count", listing.COUNT),
        call.number("from", 0) if "from" in call.query else None,
        call.query.get("include_muted_hosts_data", "true").lower() != "false",
        call.query.get("include_hosts_metadata", "true").lower() != "false",
    )
