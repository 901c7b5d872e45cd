"""What keeps the pages to their own machine: who may ask for one (DNS rebinding), what a page may load (CSP), where a change may come from."""

from __future__ import annotations

import inspect
import secrets
from typing import cast

from msgspec.structs import replace
from starlette.routing import Route

from doghouse.ui.errors import another_origin, not_this_machine
from doghouse.web import origins
from doghouse.web.access import Access, Keys
from doghouse.web.http import AsyncHandler, Call, Handler, PlainHandler, Reply, endpoint


def page(path: str, handler: Handler) -> Route:
    """A page or its data: read without keys, by a browser on this machine alone."""
    return endpoint("GET", path, guarded(handler), Keys.NONE)


def shared_page(path: str, handler: Handler) -> Route:
    """A page that its address alone opens, or its data: no session is needed where others can reach this doghouse."""
    return endpoint("GET", path, guarded(handler), Keys.OPEN)


def change(method: str, path: str, handler: Handler) -> Route:
    """Something that a page changes: as `page`, and only from a page of this doghouse."""
    return endpoint(method, path, guarded(handler), Keys.NONE)


def guarded(handler: Handler) -> Handler:
    """The handler behind the checks, its answer with the headers that every page has."""
    if inspect.iscoroutinefunction(handler):

        async def waiting(call: Call) -> Reply:
            check(call)
            return with_headers(await cast(AsyncHandler, handler)(call))

        return waiting

    def plain(call: Call) -> Reply:
        check(call)
        return with_headers(cast(PlainHandler, handler)(call))

    return plain


def check(call: Call) -> None:
    """Raise ApiError 403 where the request did not come to a loopback name, or is a change that no page of this doghouse asks for."""
    host, access = call.headers.get("host", ""), cast(Access, call.request.app.state.access)
    if not (access.shared or origins.is_loopback(host)):
        raise not_this_machine(host)
    if call.method not in origins.SAFE_METHODS and not origins.is_own(call.request):
        raise another_origin()


def new_nonce() -> str:
    """A nonce for the one `<style>` block that a page may have."""
    return secrets.token_urlsafe(16)


def policy(nonce: str = "") -> str:
    """The Content-Security-Policy of a page: nothing from elsewhere, no inline script, inline style by nonce alone."""
    style = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return (
        f"default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data:; connect-src 'self'; "
        "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def framed_by(reply: Reply, ancestors: str) -> Reply:
    """The page with leave for others (as CSP writes them) to show it in a frame."""
    policy = reply.headers["Content-Security-Policy"].replace("frame-ancestors 'none'", f"frame-ancestors {ancestors}")
    return replace(reply, headers={**reply.headers, "Content-Security-Policy": policy})


def with_headers(reply: Reply) -> Reply:
    """The reply with the headers that every page has; its own win."""
    headers = {
        "Content-Security-Policy": policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # with none at all, browsers send a form of ours as of no origin
        "Cache-Control": "no-store",
        **reply.headers,
    }
    return Reply(reply.body, reply.status, reply.content_type, headers)
