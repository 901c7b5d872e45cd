"""The public page of a shared dashboard: that board alone, without keys, as long as it is shared."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from doghouse import dashboards
from doghouse.dashboards.model import Document
from doghouse.dashboards.sharing import visible
from doghouse.dashboards.sharing.share import LIVE_SPAN, SESSION_DAYS, is_invited, is_open
from doghouse.dashboards.sharing.store import ShareStore
from doghouse.time import iso
from doghouse.time.lengths import DAY
from doghouse.ui import frame, guard
from doghouse.ui.data.boards import BoardData
from doghouse.ui.frame import Frame
from doghouse.ui.pages.boards import Boards, Look
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

COOKIE = "doghouse_shared"


class SharedBoards(Struct, frozen=True):
    """Shared boards over the shares and the boards' numbers."""

    shares: ShareStore
    boards: Boards
    data: BoardData

    def show(self, call: Call) -> Reply:
        """`GET /sb/{token}`: the board; with an invitation's secret, a session for whoever was invited. Raises ApiError 403, 404."""
        share = self._share(call)
        if (secret := call.query.get("invitation")) is not None:
            return self._admit(share, secret, call)
        if share["share_type"] == "embed" and not _embeds(share, call.headers.get("referer", "")):
            raise ApiError(403, "This dashboard is shown inside the pages that it is shared with alone")
        self.shares.save(self._seen(share, call))
        board = dashboards.parse(self.boards.document(share["dashboard_id"]))
        selected, defaults = (
            visible.selections(board.variables, share, query) for query in (call.query.multi_items(), ())
        )
        look = Look(
            selected,
            defaults,
            visible.choosable(selected, share),
            _frame(share, call),
            f"/sb/{share['token']}/data",
            fixed=not share["global_time_selectable_enabled"],
            shared=True,
        )
        reply = self.boards.page("board.html", call, replace(board, title=share["title"]), look, warnings=())
        return _embeddable(reply, share) if share["share_type"] == "embed" else reply

    def numbers(self, call: Call) -> Reply:
        """`GET /sb/{token}/data`: the numbers of its widgets, with the choices that the share allows and no others."""
        share = self._share(call)
        if share["share_type"] == "embed" and call.headers.get("sec-fetch-site") != "same-origin":
            raise ApiError(403, "This dashboard is shown inside the pages that it is shared with alone")
        self._seen(share, call)
        board = self.boards.board(share["dashboard_id"])
        selected = visible.selections(board.variables, share, call.query.multi_items())
        return self.data.answer(board, selected, _frame(share, call), call)

    def _share(self, call: Call) -> Document:
        share = self.shares.get(call.params["token"])
        if share is None:
            raise ApiError(404, "Nothing is shared here")
        if not is_open(share, call.now):
            raise ApiError(403, "This dashboard is not shared at the moment")
        return share

    def _admit(self, share: Document, secret: str, call: Call) -> Reply:
        session = self.shares.come(share["token"], secret, share["session_duration_in_days"] or SESSION_DAYS, call.now)
        if session is None:
            raise ApiError(403, "This invitation is no longer good: ask whoever sent it for another")
        path, age = f"/sb/{share['token']}", SESSION_DAYS * DAY
        cookie = f"{COOKIE}={session}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax"
        return Reply(b"", 302, headers={"Location": path, "Set-Cookie": cookie})

    def _seen(self, share: Document, call: Call) -> Document:
        """The share as it is after this visit. Raises ApiError 403 where the visitor was not invited."""
        at = iso.microseconds(call.now)
        if share["share_type"] != "invite":
            return {**share, "last_accessed": at}
        email = self.shares.visitor(share["token"], call.request.cookies.get(COOKIE, ""), call.now)
        if email is None or not is_invited(share, email, call.now):
            raise ApiError(403, "This dashboard is for those who were invited: open the link in your invitation")
        invitees = [
            {**invitee, "last_accessed": at} if invitee["email"] == email else invitee for invitee in share["invitees"]
        ]
        return {**share, "last_accessed": at, "invitees": invitees}


def _frame(share: Document, call: Call) -> Frame:
    span = frame.span_seconds((share["global_time"] or {}).get("live_span", LIVE_SPAN)) or frame.DEFAULT_SPAN_S
    return frame.from_url(call.query if share["global_time_selectable_enabled"] else {}, call.now, span)


def _embeds(share: Document, referer: str) -> bool:
    return (urlsplit(referer).hostname or "") in _domains(share)


def _domains(share: Document) -> set[str]:
    return {
        urlsplit(domain if "//" in domain else f"//{domain}").hostname or ""
        for domain in share["embeddable_domains"] or ()
    } - {""}


def _embeddable(reply: Reply, share: Document) -> Reply:
    """The page with leave for the pages that it is shared with to show it in a frame."""
    return guard.framed_by(reply, " ".join(sorted(share["embeddable_domains"] or ())))
