"""Sessions of people who look at the pages of a doghouse that others can reach: a cookie got with the application key, and a token that its changes carry.

Both are made of the keys, so that nothing is kept, a restart ends no session, and new keys end all of them.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.requests import Request

from doghouse.numbers import whole_number
from doghouse.web.access import Access

COOKIE, TOKEN_HEADER = "doghouse_session", "x-csrf-token"
LASTS_S = 12 * 3600


def begin(access: Access, now: float) -> str:
    """A new session's cookie: when it ends (s UTC), what makes it another than all others, and a mark that only this doghouse can make."""
    session = f"{int(now) + LASTS_S}.{secrets.token_hex(16)}"
    return f"{session}.{_mark(access, session)}"


def is_valid(access: Access, cookie: str, now: float) -> bool:
    """Whether the cookie is one of ours and its session lasts."""
    session, _, mark = cookie.rpartition(".")
    ends = whole_number(session.partition(".")[0])
    return ends is not None and ends > now and hmac.compare_digest(mark.encode(), _mark(access, session).encode())


def token(access: Access, cookie: str) -> str:
    """What a change of this session must carry: a page of another site can send the cookie along, but never read this."""
    return _mark(access, f"token {cookie}")


def of(request: Request, now: float) -> str | None:
    """The cookie of the request's session; None where it has none that lasts."""
    cookie = request.cookies.get(COOKIE, "")
    return cookie if is_valid(request.app.state.access, cookie, now) else None


def has_token(request: Request, cookie: str) -> bool:
    """Whether a change carries its session's token."""
    sent = request.headers.get(TOKEN_HEADER, "")
    return hmac.compare_digest(sent.encode(), token(request.app.state.access, cookie).encode())


def set_cookie(cookie: str, *, secure: bool, lasts: int = LASTS_S) -> str:
    """The header that gives a browser the cookie (`lasts` 0: takes it away). No script can read it; other sites' changes come without it."""
    return f"{COOKIE}={cookie}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")


def _mark(access: Access, text: str) -> str:
    secret = hashlib.sha256(f"{access.api_key} {access.app_key} session".encode()).digest()
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
