"""The host map: every host with what colours it, what sizes it, and the group it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from msgspec import Struct

from doghouse.dashboards.board import Widget
from doghouse.hosts import listing
from doghouse.hosts.checks import STATUSES, ServiceCheck, ServiceCheckStore
from doghouse.hosts.metadata import address
from doghouse.hosts.model import Host
from doghouse.hosts.store import HostStore
from doghouse.metrics.door import MetricStore
from doghouse.queries import Expression, NotEvaluated, QuerySyntaxError, Window, evaluate, parse, substitute
from doghouse.queries.language.substitution import Chosen
from doghouse.tags.pairs import by_key
from doghouse.ui import rendering
from doghouse.ui.errors import no_such_page
from doghouse.ui.widgets.graphs import WidgetView, number
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply

RECENT_S = 600  # a host is coloured by its last value of this stretch
STATES = {0: "ok", 1: "warn", 2: "alert", 3: "no-data"}  # a service check's status → its class
FILL_DEFAULT = "avg:system.cpu.user"  # GUESS: what Datadog's own map opens with is a CPU percentage


class MapLook(Struct, frozen=True):
    """What a map shows: the queries that colour and size it (`avg:m`, or whole ones), the tag keys it groups by, the words that hosts must have."""

    fill: str = ""
    size: str = ""
    groups: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()


class HostMap(Struct, frozen=True):
    """The map over its stores."""

    hosts: HostStore
    checks: ServiceCheckStore
    points: MetricStore

    def show(self, call: Call) -> Reply:
        """`GET /infrastructure/map?filter=&fillby=avg:m&sizeby=avg:m&groupby=key`, as Datadog's own links have it."""
        every = self.every()
        keys = [key for key in by_key(tag for host in every for tag in host.all_tags()) if key]
        metrics = self.points.metrics()
        fill = call.query.get("fillby")
        if fill is None:
            fill = FILL_DEFAULT if FILL_DEFAULT.partition(":")[2] in metrics else ""
        choices = {name: call.query.get(name, "") for name in ("sizeby", "groupby", "filter", "host")}
        data = {"choices": choices | {"fillby": fill}, "now": call.now}
        return rendering.render("hostmap.html", call, data=data, keys=keys, metrics=metrics, count=len(every))

    def data(self, call: Call) -> Reply:
        """`GET /ui/data/hosts?…`: the hosts of the map."""
        words = call.query.get("filter", "").replace(",", " ").split()
        groups = tuple(key for key in call.query.get("groupby", "").split(",") if key)
        look = MapLook(call.query.get("fillby", ""), call.query.get("sizeby", ""), groups, tuple(words))
        return Reply(self.picture(look, call.now, {}))

    def widget(self, widget: Widget, asked: WidgetView) -> dict[str, Any]:
        """A host map widget's hosts."""
        fill, size = (_query(widget, key) for key in ("fill", "size"))
        groups = tuple(map(str, widget.definition.get("group") or ()))
        scope = tuple(tag for tag in map(str, widget.definition.get("scope") or ()) if "$" not in tag)
        return {"id": widget.id} | self.picture(MapLook(fill, size, groups, scope), asked.now, asked.variables)

    def picture(self, look: MapLook, now: float, variables: Mapping[str, Chosen]) -> dict[str, Any]:
        """The map as JSON for js/graphs/hostmap.mjs."""
        shown = [
            host for host in self.every() if host.is_up(now) and all(listing.fits(host, word) for word in look.filters)
        ]
        problems: list[str] = []
        fill = self.values(look.fill, now, variables, problems)
        size = self.values(look.size, now, variables, problems)
        return {
            "hosts": [
                {
                    "name": host.name,
                    "group": group(host, look.groups),
                    "fill": fill.get(host.name),
                    "size": size.get(host.name),
                    "muted": host.is_muted(now),
                }
                for host in sorted(shown, key=lambda listed: listed.name)
            ],
            "fill": look.fill,
            "size": look.size,
            "problems": problems,
        }

    def values(
        self, query: str, now: float, variables: Mapping[str, Chosen], problems: list[str]
    ) -> dict[str, float | None]:
        """The last value of each host; what stands in the way is added to `problems`."""
        if not query:
            return {}
        window = Window(int(now) + 1 - RECENT_S, int(now) + 1)
        try:
            series = evaluate(substitute(expression(query), variables), self.points, window)
        except QuerySyntaxError as error:
            problems.append(f"{query}: {error.problem}")
            return {}
        except NotEvaluated as error:
            problems.append(str(error))
            return {}
        if not series:
            problems.append(f"no points of {query} in the past {RECENT_S // 60} minutes")
        return {dict(answered.group).get("host", ""): last(answered.values) for answered in series}

    def every(self) -> list[Host]:
        """Every host that is known by what its Agent said or by its points."""
        heard = self.points.hosts()
        stored = self.hosts.all()
        unnamed = {name: Host(0, name) for name in heard.keys() - stored.keys()}
        return listing.merged(stored | unnamed, heard)

    def show_host(self, call: Call) -> Reply:
        """`GET /ui/data/hosts/{name}`: a host's tags, checks and Agent."""
        name = call.params["name"]
        host = present({host.name: host for host in self.every()}.get(name), no_such_page(f"for host {name}"))
        meta = host.meta
        facts = {
            "Agent": meta.get("agent_version"),
            "Platform": meta.get("platform") or meta.get("machine"),
            "Processor": meta.get("processor"),
            "Cores": meta.get("cpuCores"),
            "Address": address(meta),
        }
        return Reply(
            {
                "name": host.name,
                "up": host.is_up(call.now),
                "muted": host.is_muted(call.now),
                "reported": host.reported,
                "aliases": [alias for alias in host.aliases if alias != host.name],
                "tags": listing.tags_by_source(host),
                "apps": listing.apps(host),
                "facts": {key: str(value) for key, value in facts.items() if value},
                "checks": [
                    check(service_check) for service_check in self.checks.all() if service_check.host == host.name
                ],
                "metrics": self.metrics_of(host.name),
            }
        )

    def metrics_of(self, host: str) -> list[str]:
        """The metrics of a host."""
        names = self.points.metrics()
        return [name for name in names if any(series.host == host for series in self.points.of_metric(name))]


def check(service_check: ServiceCheck) -> dict[str, Any]:
    """A service check's newest run, as JSON."""
    return {
        "name": service_check.name,
        "status": STATUSES[service_check.status],
        "state": STATES[service_check.status],
        "tags": list(service_check.tags),
        "ts": service_check.ts,
        "message": service_check.message,
    }


def _query(widget: Widget, key: str) -> str:
    """The query of the request under this key; empty where there is none."""
    texts = (text for request in widget.requests if request.key == key for text in request.metric_queries)
    return next(texts, "")


def expression(query: str) -> Expression:
    """`avg:m` is meant for each host; a whole query is taken as it stands. Raises QuerySyntaxError."""
    text = query if "{" in query else f"{query}{{*}} by {{host}}"
    return parse(text)[0]


def last(values: np.ndarray[Any, np.dtype[np.float64]]) -> float | None:
    """The last value there is."""
    present = values[np.isfinite(values)]
    return number(float(present[-1])) if len(present) else None


def group(host: Host, keys: Iterable[str]) -> str:
    """The group a host stands in: its values of the keys."""
    values = by_key([*host.all_tags(), f"host:{host.name}"])
    return ", ".join(f"{key}:{'+'.join(values[key])}" if key in values else f"no {key}" for key in keys)
