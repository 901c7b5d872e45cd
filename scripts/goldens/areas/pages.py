"""The area `pages`: every page of a seeded house, and all data that a page's script asks for."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from scripts.goldens import sample
from scripts.goldens.case import Case
from scripts.goldens.house import NOW, Golden, house

HOUR = f"from_ts={(NOW - 3600) * 1000}&to_ts={NOW * 1000}&live=false"
MONTHS = f"from_ts={(NOW - 180 * 86400) * 1000}&to_ts={NOW * 1000}&live=false"
QUERIES = (
    "avg:my_metric{*} by {host}", "anomalies(avg:postgresql.commits{*}, 'basic', 2)", "sum:my_metric{*}.rollup(sum, 600)", "avg:my_metric{host:web-2}",
    "avg:nothing{*}", "avg:my_metric{", "outliers(avg:my_metric{*} by {host}, 'DBSCAN', 2)", "sum:trace.flask.request.hits{*} by {resource_name}.as_count()",
    "avg:my_metric{*}, avg:system.cpu.user{*} / 2", "top(avg:system.cpu.user{*} by {host}, 1, 'max', 'asc')", "",
)  # fmt: skip
TYPED = ("", "av", "avg:", "avg:my", "avg:my_metric{", "avg:my_metric{ho", "avg:my_metric{host:", "avg:my_metric{*} b",
         "avg:my_metric{*} by {", "avg:my_metric{*}.",
         "avg:my_metric{*}.rollup(", "cl", "top(avg:my_metric{*}, 5, '", "nothing sensible (")  # fmt: skip


def pages() -> Iterator[Case]:
    """Each page as HTML, each answer of /ui/data."""
    with house() as made:
        sample.fill(made)
        sample.watch(made)
        ids = sample.boards(made)
        sample.count_traces(made)
        made.advance(4)
        made.wait("the mails", made.delivered)
        yield from _asked(made, _addresses(ids))
        yield from _changes(made, ids)


def _asked(made: Golden, addresses: Iterator[str]) -> Iterator[Case]:
    for address in addresses:
        answer = made.client.get(address, headers={"Accept": "text/html"})
        yield Case(made.names.steady(f"GET {address}"), made.text(answer))


def _addresses(ids: list[str]) -> Iterator[str]:
    yield from (
        "/",
        "/health",
        "/dashboard/lists",
        "/dashboard/lists?q=Place",
        "/nowhere",
        "/dashboard/zzz-zzz-zz2",
        "/ui/static/x/nothing.js",
    )
    for board in ids:
        yield from (
            f"/dashboard/{board}",
            f"/dashboard/{board}/any-slug?{HOUR}",
            f"/ui/data/dashboard/{board}",
            f"/ui/data/dashboard/{board}?{HOUR}",
        )
    yield from (
        f"/ui/data/dashboard/{ids[0]}?{query}"
        for query in (
            MONTHS,
            "tpl_var_host=web-1",
            "tpl_var_host=web-1,db-1&widgets=1,10,11",
            f"since={NOW - 60}",
            "from_ts=x",
        )
    )
    yield from (
        f"/dashboard/{ids[0]}?{query}"
        for query in ("tpl_var_host=web-1", "fullscreen_widget=1", "from_ts=5&to_ts=4", "edit=true")
    )
    yield from (
        "/monitors/manage",
        "/monitors/manage?q=type:metric",
        "/monitors/manage?q=status:purple",
        "/monitors/manage?q=team:example%20AND%20status:alert",
    )
    for monitor in (1, 2, 3, 4, 99):
        yield from (
            f"/monitors/{monitor}",
            f"/ui/data/monitor/{monitor}",
            f"/ui/data/monitor/{monitor}?{HOUR}&timezone=Europe/Berlin",
            f"/ui/data/monitor/{monitor}/previews",
        )
    yield from (
        "/ui/data/monitor/1?critical=600&warning=300",
        "/ui/data/monitor/1?critical=x",
        "/ui/data/monitor/2?critical=20",
        "/ui/data/monitor/1/previews?group=host:web-1",
    )
    yield from (
        "/monitors/downtimes",
        "/ui/data/downtimes",
        f"/ui/data/downtimes?from={NOW}&to={NOW + 604800}",
        "/ui/data/downtimes?timezone=Europe/Berlin",
    )
    yield from (
        "/inbox",
        "/inbox?silenced=true",
        "/inbox?silenced=false",
        "/inbox/1",
        "/inbox/2",
        "/inbox/999",
        "/ui/data/inbox/count",
        "/ui/data/inbox/count?since=0",
        "/ui/mail/1/1",
        "/ui/mail/1/9",
    )
    yield from (
        "/event/explorer",
        "/event/explorer?query=backup",
        "/event/explorer?query=host:db-1",
        "/event/explorer?query=((",
        f"/event/explorer?{HOUR}",
    )
    yield from (
        "/logs",
        "/logs?query=status:error",
        "/logs?query=service:web%20cache",
        "/logs?query=((",
        f"/logs?{HOUR}",
    )
    yield from (
        "/apm/services",
        f"/apm/services?{HOUR}",
        "/apm/services/shop",
        "/apm/services/postgres",
        "/apm/services/nothing",
        "/apm/services/shop?resource=GET%20/orders&errors=true",
    )
    yield from ("/apm/trace/4242", "/apm/trace/4244", "/apm/trace/5003", "/apm/trace/1", "/apm/trace/x")
    yield from (
        "/infrastructure/map",
        "/infrastructure/map?fillby=avg:my_metric&groupby=env&host=db-1",
        "/ui/data/hosts",
        "/ui/data/hosts?fillby=avg:my_metric&sizeby=avg:system.cpu.user",
    )
    yield from (
        "/ui/data/hosts?groupby=env,role&filter=role:web",
        "/ui/data/hosts?fillby=avg:nothing",
        "/ui/data/hosts?fillby=((",
        "/ui/data/hosts/db-1",
        "/ui/data/hosts/nobody",
    )
    yield from (
        "/metric/explorer",
        "/metric/explorer?query=avg:my_metric{*}&display=bars",
        f"/ui/data/query?query=avg:my_metric{{*}}&display=bars&since={NOW - 120}",
    )
    for query in QUERIES:
        yield from (
            f"/ui/data/query?query={quote(query)}",
            f"/ui/data/query?query={quote(query)}&display=bars&{HOUR}",
            f"/ui/data/query?query={quote(query)}&display=area&{MONTHS}",
        )
    yield from (f"/ui/data/complete?text={quote(text)}" for text in TYPED)
    yield "/ui/data/complete?text=avg:my_metric{*}&cursor=6"


def _changes(made: Golden, ids: list[str]) -> Iterator[Case]:
    """What pages change, from a page of the house and from elsewhere."""
    down = made.ok("GET", "/api/v2/downtime")["data"][0]["id"]
    for path, body in (
        ("/ui/data/monitor/2/mute", {"for": "1h"}), ("/ui/data/monitor/2/mute", {"for": "5y"}), ("/ui/data/monitor/2/mute", None),
        ("/ui/data/monitor/99/mute", {"for": "1h"}),
        (f"/ui/data/downtimes/{down}/cancel", {}), ("/ui/data/downtimes/nothing/cancel", {}),
        (f"/ui/data/dashboard/{ids[0]}/snapshot?{HOUR}", {"widget": "1", "text": "look @team@example.com"}),
        (f"/ui/data/dashboard/{ids[0]}/snapshot", {"widget": "77", "text": ""}),
        (f"/ui/data/dashboard/{ids[3]}/snapshot", {"widget": "1", "text": ""}), (f"/ui/data/dashboard/{ids[0]}/snapshot", {"text": 5}),
    ):  # fmt: skip
        made.advance(1)  # so that no two events are of one second
        name = made.names.steady(f"POST {path} {body}")
        answer = made.send("POST", path, body, headers={"Origin": made.url})
        yield Case(name, made.text(answer))
        if "/snapshot/view" in answer.text:
            yield Case(f"{name} its picture", made.text(made.send("GET", answer.json()["url"])))
    yield Case(
        "POST from elsewhere",
        made.text(
            made.send("POST", "/ui/data/monitor/2/mute", {"for": "1h"}, headers={"Origin": "http://elsewhere.example"})
        ),
    )
    yield Case(
        "GET under a foreign name", made.text(made.client.get("/monitors/manage", headers={"Host": "rebound.example"}))
    )
    made.wait("the mails", made.delivered)
    yield from _asked(
        made, iter(("/monitors/2?after", "/monitors/downtimes?after", "/event/explorer?after", "/inbox?after"))
    )
