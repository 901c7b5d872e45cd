"""The endpoints of shared dashboards and their invitations (docs.datadoghq.com/api/latest/dashboards)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.routing import BaseRoute

from doghouse.dashboards.errors import dashboard_not_found, no_dashboard_to_share, not_on_share_list, share_not_found
from doghouse.dashboards.lists import TYPES
from doghouse.dashboards.model import Document
from doghouse.dashboards.sharing import share as shares
from doghouse.dashboards.sharing.share import Change, NewShare
from doghouse.dashboards.sharing.store import Invitation, ShareStore
from doghouse.dashboards.store import DashboardStore
from doghouse.time import iso
from doghouse.web import account
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint

PUBLIC = "/api/v1/dashboard/public"
TYPE = "public_dashboard_invitation"
Tell = Callable[[str, str, str, float], None]  # an address, a board's title, the link to it, now (s UTC)


class Address(msgspec.Struct):
    """Whom an invitation is for."""

    email: str


class Wanted(msgspec.Struct):
    """An invitation in a body (SharedDashboardInvitesDataObject)."""

    attributes: Address
    type: str = TYPE


class Invited(msgspec.Struct):
    """The body that sends or withdraws invitations: one or a list."""

    data: Wanted | list[Wanted]

    @property
    def emails(self) -> list[str]:
        """The addresses."""
        invitations = self.data if isinstance(self.data, list) else [self.data]
        return [invitation.attributes.email for invitation in invitations]


class Sharing(msgspec.Struct, frozen=True):
    """Shares over their store; `tell` sends somebody the link of an invitation."""

    store: ShareStore
    dashboards: DashboardStore
    tell: Tell

    def create(self, call: Call) -> Reply:
        """Share a dashboard. Several shares of one may exist."""
        body = call.json(NewShare)
        document = self.dashboards.get(body.dashboard_id)
        board: Document = msgspec.json.decode(document) if document else {}
        if TYPES.get(board.get("layout_type", "")) != body.dashboard_type:
            raise no_dashboard_to_share(body.dashboard_type, body.dashboard_id)
        token = shares.new_token(self.store.organisation)
        share = shares.new(body, board["title"], token, call.base_url, call.now)
        self.store.save(share)
        return Reply(share)

    def get(self, call: Call) -> Reply:
        """One share."""
        return Reply(self._existing(call))

    def update(self, call: Call) -> Reply:
        """Change what is sent; the token and the address stay."""
        share = shares.changed(self._existing(call), call.json(Change), call.now)
        self.store.save(share)
        return Reply(share)

    def delete(self, call: Call) -> Reply:
        """End a share; the dashboard stays."""
        token = self._existing(call)["token"]
        self.store.delete(token)
        return Reply({"deleted_public_dashboard_token": token})

    def invite(self, call: Call) -> Reply:
        """Send invitations to addresses that the share lists."""
        share, body = self._existing(call), call.json(Invited)
        for email in body.emails:
            if not shares.is_invited(share, email, call.now):
                raise not_on_share_list(email)
        token = share["token"]
        for email in body.emails:
            secret = self.store.invite(token, email, call.now)
            self.tell(email, share["title"], f"{share['public_url']}?invitation={secret}", call.now)
        sent = {invitation.email: _answer(token, invitation) for invitation in self.store.invitations(token)}
        answers = [sent[email] for email in body.emails]
        return Reply({"data": answers if isinstance(body.data, list) else answers[0]}, 201)

    def invitations(self, call: Call) -> Reply:
        """The invitations that were sent, a page of them."""
        token = self._existing(call)["token"]
        size, number = call.number("page_size", 10, 1, 1000), call.number("page_number", 0)
        sent = self.store.invitations(token)
        page = sent[size * number : size * (number + 1)]
        return Reply(
            {"data": [_answer(token, invitation) for invitation in page], "meta": {"page": {"total_count": len(sent)}}}
        )

    def withdraw(self, call: Call) -> Reply:
        """Withdraw invitations, and the access that came of them."""
        token = self._existing(call)["token"]
        for email in call.json(Invited).emails:
            self.store.withdraw(token, email)
        return Reply(b"", 204)

    def of_dashboard(self, call: Call) -> Reply:
        """Version 2: every share of a dashboard."""
        document = present(self.dashboards.get(call.params["id"]), dashboard_not_found(call.params["id"]))
        listed = [shares.resource(share) for share in self.store.of(call.params["id"])]
        board = {
            "type": "dashboard",
            "id": call.params["id"],
            "attributes": {"title": msgspec.json.decode(document)["title"]},
        }
        return Reply({"data": listed, "included": [board, account.user_resource()] if listed else []})

    def _existing(self, call: Call) -> Document:
        return present(self.store.get(call.params["token"]), share_not_found())


def routes(store: ShareStore, dashboards: DashboardStore, tell: Tell) -> list[BaseRoute]:
    """Shares, and invitations to them."""
    sharing = Sharing(store, dashboards, tell)
    return [
        endpoint("GET", "/api/v2/dashboard/{id}/shared", sharing.of_dashboard),
        endpoint("POST", PUBLIC, sharing.create),
        endpoint("GET", f"{PUBLIC}/{{token}}", sharing.get),
        endpoint("PUT", f"{PUBLIC}/{{token}}", sharing.update),
        endpoint("DELETE", f"{PUBLIC}/{{token}}", sharing.delete),
        endpoint("POST", f"{PUBLIC}/{{token}}/invitation", sharing.invite),
        endpoint("GET", f"{PUBLIC}/{{token}}/invitation", sharing.invitations),
        endpoint("DELETE", f"{PUBLIC}/{{token}}/invitation", sharing.withdraw),
    ]


def _answer(token: str, invitation: Invitation) -> Any:
    ends = invitation.session_expires
    attributes = {
        "email": invitation.email,
        "share_token": token,
        "created_at": iso.microseconds(invitation.created),
        "invitation_expiry": iso.microseconds(invitation.expires),
        "has_session": ends is not None,
        "session_expiry": None if ends is None else iso.microseconds(ends),
    }
    return {"type": TYPE, "attributes": attributes}
