"""The hosts that `GET /api/v1/hosts` lists, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from doghouse.hosts.model import AGENT, ALIVE_S, USERS, Host

COUNT_LIMIT = 1000  # hosts in one answer (OpenAPI v1: listHosts)
COUNT = 100
SORTS = ("name", "status", "apps", "cpu", "iowait", "load")
AGENT_APPS = ("agent", "ntp")


class Load(Struct, frozen=True):
    """How busy a host is, as the list shows it: busy CPU (%), CPU that waits for disks (%), load per core. None: not known."""

    cpu: float | None = None
    iowait: float | None = None
    load: float | None = None


class ListParameters(Struct, frozen=True):
    """The parameters of a request for the list. `since` is the earliest report (s UTC); None means the last three hours."""

    filter: str = ""
    sort: str = "name"
    descending: bool = False
    start: int = 0
    count: int = COUNT
    since: float | None = None
    muted_data: bool = True
    metadata: bool = True


def merged(hosts: Mapping[str, Host], newest: Mapping[str, float]) -> list[Host]:
    """The hosts, each with the time at which it last reported: through its Agent, or with its points."""
    return [replace(host, reported=max(host.reported, newest.get(key, 0))) for key, host in hosts.items()]


def page(hosts: Sequence[Host], loads: Mapping[str, Load], asked: ListParameters, now: float) -> dict[str, Any]:
    """The body of the answer: one page of the hosts, and how many fit the request."""
    since = now - ALIVE_S if asked.since is None else asked.since
    fitting = [host for host in hosts if host.reported >= since and fits(host, asked.filter)]
    fitting.sort(key=lambda host: host.name)
    fitting.sort(key=lambda host: order(host, loads.get(host.name, Load()), asked.sort, now), reverse=asked.descending)
    shown = fitting[asked.start : asked.start + min(asked.count, COUNT_LIMIT)]
    return {
        "host_list": [body(host, loads.get(host.name, Load()), asked, now) for host in shown],
        "total_matching": len(fitting),
        "total_returned": len(shown),
        "exact_total_matching": True,
    }


def fits(host: Host, text: str) -> bool:
    """Whether the text is part of the host's name, of an alias or of a tag (GUESS: the API says no more than 'filter by name, alias, or tag')."""
    sought = text.strip().lower()
    names = (host.name, f"host:{host.name}", *host.aliases, *host.all_tags())
    return not sought or any(sought in name.lower() for name in names)


def order(host: Host, load: Load, sort: str, now: float) -> float | str:
    """The key by which the list is sorted."""
    match sort:
        case "status":
            return float(host.is_up(now))
        case "apps":
            return float(len(apps(host)))
        case "cpu" | "iowait" | "load":
            value: float | None = getattr(load, sort)
            return value if value is not None else float("-inf")
        case _:
            return host.name


def apps(host: Host) -> list[str]:
    """The apps of a host: the Agent and its checks (GUESS: each check is an app)."""
    if not host.meta:
        return []
    checks = {str(check[0]) for check in host.meta.get("agent_checks") or () if check}
    return [*AGENT_APPS, *sorted(checks - set(AGENT_APPS))]


def body(host: Host, load: Load, asked: ListParameters, now: float) -> dict[str, Any]:
    """A host as the API returns it."""
    muted = host.is_muted(now)
    answer: dict[str, Any] = {
        "id": host.id,
        "name": host.name,
        "host_name": host.name,
        "aliases": sorted({host.name, *host.aliases}),
        "apps": apps(host),
        "sources": ["agent"] if host.meta else [],
        "tags_by_source": tags_by_source(host),
        "up": host.is_up(now),
        "last_reported_time": int(host.reported),
        "metrics": {"cpu": load.cpu, "iowait": load.iowait, "load": load.load},
    }
    if asked.muted_data:
        answer |= {"is_muted": muted, "mute_timeout": host.mute.end if muted and host.mute else None}
    if asked.metadata:
        answer["meta"] = dict(host.meta)
    return answer


def tags_by_source(host: Host) -> dict[str, list[str]]:
    """A host's tags by source, as the API returns them. The Agent's source always has the tag `host`."""
    named = {"Users" if source == USERS else source: list(tags) for source, tags in host.tags.items() if tags}
    return {**named, AGENT: sorted({f"host:{host.name}", *named.get(AGENT, [])})}


def totals(hosts: Sequence[Host], now: float) -> dict[str, int]:
    """How many hosts reported in the last three hours, and how many are up (GUESS: both numbers count the same hosts)."""
    up = sum(host.is_up(now) for host in hosts)
    return {"total_active": up, "total_up": up}
