"""The one guard of every endpoint that asks for no key: against pages of other sites, and against strangers where others than this machine can reach it.

A browser says with each request from a page of another site which site that is (`Origin`), and newer ones how near it is (`Sec-Fetch-Site`); what a page can
send without being allowed to is of three content types. Programs, tracers among them, say neither and send others.
"""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

from doghouse.time.clock import Clock
from doghouse.web import errors, sessions
from doghouse.web.access import Access, Keys, check_keys
from doghouse.web.errors import ApiError

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
NEAR = ("same-origin", "none")
# And multipart/form-data, in which profilers send: from a page it comes with an Origin.
OF_ANY_PAGE = ("text/plain", "application/x-www-form-urlencoded")


def check(request: Request, keys: Keys) -> None:
    """Raise ApiError 403 (415 where the body's kind gives it away) for a write without a key that a page of another site asks for, or that a stranger does."""
    if keys not in (Keys.NONE, Keys.OPEN):
        return
    writes = request.method not in SAFE_METHODS
    if writes:
        _check_site(request)
    access: Access = request.app.state.access
    if keys is Keys.NONE and access.shared:
        _check_session(request, writes)


def _check_site(request: Request) -> None:
    access: Access = request.app.state.access
    origin = request.headers.get("origin")
    is_named_safely = access.shared or is_loopback(request.headers.get("host", ""))
    if origin is not None and not (is_own(request) and is_named_safely):
        raise errors.another_origin()
    if request.headers.get("sec-fetch-site", "none") not in NEAR:
        raise errors.another_origin()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if origin is None and kind in OF_ANY_PAGE:
        raise errors.unsupported_content_type(kind)


def _check_session(request: Request, writes: bool) -> None:
    """Programs come with a key, people with a session; a change must carry the session's token besides."""
    clock: Clock = request.app.state.clock
    cookie = sessions.of(request, clock.now())
    if cookie is not None and (not writes or sessions.has_token(request, cookie)):
        return
    try:
        check_keys(request, Keys.API)
    except ApiError:
        raise errors.key_or_session_required(
            login_for=request.url.path if "text/html" in request.headers.get("accept", "") and not writes else None
        ) from None


def is_own(request: Request) -> bool:
    """Whether a page of this doghouse asked: browsers send Origin with every change."""
    host = request.headers.get("host", "")
    return host != "" and request.headers.get("origin", "").partition("://")[2] == host


def is_loopback(host: str) -> bool:
    """Whether a Host header (`name`, `name:port`, `[::1]:port`) names this machine by a name that no DNS server can give away."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    name = name.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
