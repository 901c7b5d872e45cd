"""Logging in to a doghouse that others than its machine can reach: the application key, once, for a session of some hours."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs

from doghouse.ui import guard
from doghouse.ui.rendering import render
from doghouse.web import sessions
from doghouse.web.access import Access
from doghouse.web.http import Call, Reply

HOME = "/dashboard/lists"


def show(call: Call) -> Reply:
    """`GET /login`."""
    return _form(call)


def log_in(call: Call) -> Reply:
    """`POST /login`: the cookie of a new session, and on to the page that was asked for."""
    access: Access = call.request.app.state.access
    sent = parse_qs(call.body.decode("utf-8", "replace"), max_num_fields=4)
    key = sent.get("key", [""])[0].strip()
    if not hmac.compare_digest(key.encode(), access.app_key.encode()):
        return _form(call, problem="That is not this doghouse's application key.", status=403)
    cookie = sessions.set_cookie(sessions.begin(access, call.now), secure=is_secure(call))
    return guard.with_headers(Reply(b"", 303, headers={"Location": destination(call), "Set-Cookie": cookie}))


def log_out(call: Call) -> Reply:
    """`POST /logout`: the browser forgets the session."""
    cookie = sessions.set_cookie("", secure=is_secure(call), lasts=0)
    return guard.with_headers(Reply(b"", 303, headers={"Location": "/login", "Set-Cookie": cookie}))


def destination(call: Call) -> str:
    """The page that was asked for before; never another site's."""
    target = call.query.get("next", "")
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_ours and target.isascii() else HOME


def is_secure(call: Call) -> bool:
    """Whether the browser speaks TLS: a proxy in front says so."""
    return "https" in (call.request.url.scheme, call.headers.get("x-forwarded-proto"))


def _form(call: Call, *, problem: str = "", status: int = 200) -> Reply:
    return guard.with_headers(
        render("login.html", call, status=status, active="", problem=problem, next=destination(call))
    )
