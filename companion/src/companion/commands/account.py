"""The commands that look at the account, or take something over: status, adopt, snapshot, share, open."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from companion import calendar, provision, resources, sharing, terminal
from companion.client import Account
from companion.commands import show
from companion.kinds.model import MARK, Existing, Resource
from companion.options import Json, Options
from companion.problem import WRONG_USE, Problem, close_or_all
from companion.provision import Step
from companion.queries import queries
from companion.settings import check_use
from doghouse.time import lengths

METRIC = "my_metric"
LOOK_BACK_S = 4 * 3600  # how far back the last point is looked for
SNAPSHOT_S = 300
NOT_SHARED = "the timeboard has no public link"
PICTURE_TIME_S = 60.0
PNG = b"\x89PNG\r\n\x1a\n"


def status(options: Options, as_json: Json = False) -> int:
    """Show what is there, what differs, the monitor's state, the next silence and the last point.

    Example: my-metric status
    """
    now = datetime.now(UTC)
    objects = resources.read(options.settings(), now)
    with options.account() as account:
        rows = [_row(step, account, now) for step in provision.plan(account, objects)]
        point = last_point(account, now)
    if as_json:
        terminal.print_json({"resources": rows, "last_point": point})
    else:
        show.status(rows, point)
    return 0


def _row(step: Step, account: Account, now: datetime) -> dict[str, Any]:
    state = {"create": "missing", "update": "drifted", "none": "ok"}[step.action]
    notes = [f"{len(step.changes)} fields differ"] if step.changes else []
    if step.existing and step.kind.name == "monitor":
        notes.append(str(step.existing.body.get("overall_state")))
    if step.existing and step.kind.name == "downtime":
        notes.append(f"next: {calendar.when(step.existing.body['schedule'], now)}")
    if step.existing and step.kind.name == "timeboard":
        notes.append(account.page + step.existing.body["url"])
    return {"kind": step.kind.name, "name": step.name, "id": step.id, "status": state, "note": "   ".join(notes)}


def last_point(account: Account, now: datetime) -> dict[str, Any]:
    """When the newest point of the metric arrived, and from which host."""
    until = int(now.timestamp())
    query = f"avg:{METRIC}{{*}} by {{host}}"
    series = account.call("query_metrics", _from=until - LOOK_BACK_S, to=until, query=query)["series"]
    points = [(at / 1000, row["scope"]) for row in series for at, value in row["pointlist"] if value is not None]
    if not points:
        return {
            "at": None,
            "note": f"{METRIC}: no point in the past {LOOK_BACK_S // 3600} hours; is the Agent running?",
        }
    at, scope = max(points)
    ago = show.duration(max(0.0, until - at))
    return {"at": at, "scope": scope, "note": f"{METRIC}: last point about {ago} ago, from {scope}"}


def adopt(
    options: Options,
    kind: Annotated[str, typer.Argument(help="timeboard, monitor, slo or downtime.")],
    id: Annotated[str, typer.Argument(help="Its id in the account.")],
    name: Annotated[
        str | None, typer.Option("--as", help="Which one it becomes, where there are two: nights, weekend.")
    ] = None,
) -> int:
    """Take over an object that was made by hand: mark it, so that plan and apply know it.

    Example: my-metric adopt timeboard abc-def-ghi
    """
    objects = resources.read(options.settings(), datetime.now(UTC))
    with options.account() as account:
        choice = _choose(account, objects, kind, name, id)
        adopted = provision.adopt(account, choice, id)
    terminal.console().print(
        f"Adopted {kind} {adopted.name} ({id}) as {choice.name}.   See what differs with: my-metric plan"
    )
    return 0


def _choose(account: Account, objects: list[Resource], kind: str, name: str | None, id: str) -> Resource:
    """Which of our objects an adopted one becomes: the named one, what it is already, or the only one that the account does not have yet."""
    kinds = list(dict.fromkeys(resource.kind.name for resource in objects if resource.kind.mark_field))
    if kind not in kinds:
        bakery = "; an slo comes --with bakery" if kind == "slo" else ""
        raise Problem(f"'{kind}' cannot be adopted{close_or_all(kind, kinds)}{bakery}", WRONG_USE)
    choices = [resource for resource in objects if resource.kind.name == kind]
    if name:
        choices = [resource for resource in choices if name in (resource.name, _short(resource))]
    elif len(choices) > 1:
        marks = {resource.mark: resource.id for resource in choices[0].kind.find(account)}
        adopted = [resource for resource in choices if marks.get(resource.mark) == id]
        choices = adopted or [resource for resource in choices if resource.mark not in marks] or choices
        choices = [resource for resource in choices if resource.mark == MARK] or choices  # the integration's own first
    if len(choices) != 1:
        names = ", ".join(_short(resource) for resource in objects if resource.kind.name == kind)
        raise Problem(f"which {kind} is it to be? Say --as with one of {names}", WRONG_USE)
    return choices[0]


def _short(resource: Resource) -> str:
    """How `--as` calls an object: by the part of its mark that is its own, or by its name."""
    return resource.mark.partition("/")[2] or f"'{resource.name}'"


def timeboard(account: Account, options: Options) -> Existing:
    """Our timeboard in the account, whole. Raises Problem where there is none, or more than one."""
    every = resources.read(options.settings(), datetime.now(UTC))
    board = next(resource for resource in every if resource.kind.name == "timeboard")
    (step,) = provision.plan(account, [board])
    if step.existing is None:
        raise Problem(f"the timeboard '{board.name}' is not in the account; make it with: my-metric apply")
    return step.existing


def share(
    options: Options,
    revoke: Annotated[bool, typer.Option("--revoke", help="End the link: nobody can open it any more.")] = False,
) -> int:
    """Print a link to the timeboard that anyone can open, without an account; it is made where there is none.

    Example: my-metric share
    """
    with options.account() as account:
        links = sharing.links(account, board := timeboard(account, options).id)
        if revoke:
            for link in links:
                account.call("delete_public_dashboard", token=link["token"])
        elif not links:
            links = [{"url": sharing.share(account, board)}]
    terminal.console().print("\n".join(f"{'revoked  ' if revoke else ''}{link['url']}" for link in links) or NOT_SHARED)
    return 0


def open_timeboard(
    options: Options, last: Annotated[str, typer.Option(help="How far back it shows: 5m, 4h, 1d.")] = "5m"
) -> int:
    """Print the timeboard's address with exactly that window, live, and open it.

    Example: my-metric open --last 5m
    """
    length = lengths.seconds(last)
    if not length:
        raise Problem(f"--last '{last}' is not a length of time such as 5m, 4h or 1d", WRONG_USE)
    until = int(time.time() * 1000)
    since = until - length * 1000
    if since < 0:
        raise Problem(f"--last '{last}' goes back beyond 1970", WRONG_USE)
    with options.account() as account:
        url = f"{account.page}{timeboard(account, options).body['url']}?from_ts={since}&to_ts={until}&live=true"
    terminal.console().print(url)
    terminal.browse(url)
    return 0


def snapshot(
    options: Options,
    to: Annotated[
        str | None, typer.Option(help="Who gets it, instead of the settings' email.", metavar="EMAIL")
    ] = None,
) -> int:
    """Mail a picture of the first graph's past five minutes.

    Example: my-metric snapshot --to me@example.com
    """
    if to is not None:
        check_use("email", to, "--to")
    email = to or options.settings().email
    if not email:
        raise Problem("who is to get it? Say --to me@example.com, or set email in my-metric.yaml", WRONG_USE)
    with options.account() as account:
        board = timeboard(account, options)
        title, query = next(queries(board.body), (None, None))
        if query is None:
            raise Problem(f"the timeboard '{board.name}' has no graph of a metric")
        until = int(time.time())
        arguments = {"metric_query": query, "start": until - SNAPSHOT_S, "end": until, "title": title}
        url = account.call("get_graph_snapshot", **arguments)["snapshot_url"]
        _wait_for_picture(url)
        text = f"%%% \n@{email} {title}, the past five minutes\n\n![{title}]({url})\n %%%"
        body = {"title": f"{title}: snapshot", "text": text, "tags": ["source:my-metric"]}
        event = account.call("create_event", body=body)["event"]
    link = str(event.get("url") or "")
    shown = link if link.startswith(account.page) else event.get("id")
    terminal.console().print(f"picture  {url}\nevent    {shown}\nto       {email}")
    return 0


def _wait_for_picture(url: str) -> None:
    """The address answers before the picture is drawn: wait until it is one."""
    import urllib3

    pool = urllib3.PoolManager(retries=False, timeout=10.0)
    end = time.monotonic() + PICTURE_TIME_S
    while True:
        try:
            answer = pool.request("GET", url)
            if answer.status == 200 and answer.data.startswith(PNG):
                return
            why = f"status {answer.status}"
        except urllib3.exceptions.HTTPError as error:
            why = type(error).__name__
        if time.monotonic() > end:
            raise Problem(f"{url} was no picture after {PICTURE_TIME_S:.0f} s ({why})")
        time.sleep(0.5)
