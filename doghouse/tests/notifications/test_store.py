"""Where notifications are kept: what is found, in which order, what waits for whom, what became of each copy, and what the inbox answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace
from starlette.requests import Request

from doghouse.monitors import GroupState, Status
from doghouse.notifications import routes
from doghouse.notifications.delivery import MOST_ATTEMPTS, Post, deliver, wait_s
from doghouse.notifications.invitations import invitation
from doghouse.notifications.model import Delivery, Notification
from doghouse.notifications.smtp import Server
from doghouse.notifications.store import NotificationStore
from doghouse.notifications.webhooks.model import Request as WebhookRequest
from doghouse.notifications.webhooks.store import WebhookStore
from doghouse.storage.sqlite import Database
from doghouse.time.clock import Clock
from doghouse.web.errors import ApiError
from doghouse.web.http import Call

T0 = 1_772_445_600  # 2026-03-02T10:00:00Z
ONE = Notification(
    at=T0 + 0.5,
    kind="monitor",
    transition="Triggered",
    subject="s",
    title="t",
    body="b",
    recipients=("a@example.com", "webhook-pager", "slack-ops", "b@example.com"),
    monitor_id=7,
)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "x.sqlite")


@pytest.fixture
def store(database: Database) -> NotificationStore:
    return NotificationStore(database)


def copies(store: NotificationStore, notification: Notification) -> dict[str, Delivery]:
    return {copy.recipient: copy for copy in store.deliveries([notification.id])[notification.id]}


def test_what_is_kept_is_got_again_with_a_number_and_an_event(store: NotificationStore) -> None:
    first, second = store.add(ONE, T0), store.add(replace(ONE, event_id=5), T0)
    assert (first.id, second.id, second.event_id) == (1, 2, 5)
    assert first.event_id > 0
    assert replace(first, id=0, event_id=0) == ONE
    assert [store.get(number) for number in (1, 2, 3)] == [first, second, None]


def test_a_copy_waits_where_it_leaves_the_house_and_a_silenced_one_has_none(store: NotificationStore) -> None:
    made = store.add(ONE, T0 + 9)
    assert {name: (copy.state, copy.due, copy.attempts) for name, copy in copies(store, made).items()} == {
        "a@example.com": ("waiting", T0 + 9, 0),
        "webhook-pager": ("waiting", T0 + 9, 0),
        "slack-ops": ("inbox", T0 + 9, 0),
        "b@example.com": ("waiting", T0 + 9, 0),
    }
    assert copies(store, store.add(replace(ONE, silenced_by="d"), T0)) == {}
    assert store.counts() == {"inbox": 1, "waiting": 3}


def test_notifications_are_found_by_time_monitor_and_silence(store: NotificationStore) -> None:
    kinds = [(0, 7, None), (1, 7, "d"), (1, 8, None), (2, None, None)]
    for after, monitor, silenced in kinds:
        store.add(replace(ONE, at=T0 + after, monitor_id=monitor, silenced_by=silenced), T0)

    def found(**asked: Any) -> list[int]:
        return [each.id for each in store.find(**asked)]

    assert found() == [1, 2, 3, 4]
    assert found(newest_first=True) == [4, 3, 2, 1]
    assert [found(start=T0 + 1), found(end=T0 + 1), found(start=T0 + 1, end=T0 + 1)] == [[2, 3, 4], [1, 2, 3], [2, 3]]
    assert [found(monitor_id=7), found(silenced=True), found(silenced=False, monitor_id=7)] == [[1, 2], [2], [1]]
    assert [found(limit=2), found(limit=2, skip=1), found(limit=2, skip=1, newest_first=True)] == [[1, 2], [2, 3], [3, 2]]  # fmt: skip


def test_mails_wait_the_longest_first_and_webhooks_each_for_themselves(store: NotificationStore) -> None:
    first, second = store.add(ONE, T0 + 5), store.add(ONE, T0)
    due = [(copy.recipient, about.id) for copy, about in store.waiting(T0 + 5)]
    assert due == [("a@example.com", second.id), ("b@example.com", second.id), ("a@example.com", first.id), ("b@example.com", first.id)]  # fmt: skip
    assert [about.id for _, about in store.waiting(T0 + 4.9)] == [second.id] * 2
    assert len(store.waiting(T0 + 5, limit=1)) == 1
    other = store.add(replace(ONE, recipients=("webhook-a", "webhook-b@example.com")), T0)
    assert store.waiting_webhooks() == ["webhook-a", "webhook-pager"]
    assert [copy.recipient for copy, about in store.waiting(T0) if about.id == other.id] == ["webhook-b@example.com"]
    waiting = store.first_waiting("webhook-pager")
    assert waiting is not None
    assert (waiting[0].notification, waiting[1].id) == (first.id, first.id)  # the oldest, though another is due before
    store.sent(waiting[0], T0)
    waiting = store.first_waiting("webhook-pager")
    assert waiting is not None
    assert waiting[1].id == second.id
    assert store.first_waiting("webhook-x") is None


def test_without_a_limit_a_hundred_mails_and_a_thousand_notifications_are_taken(
    store: NotificationStore, database: Database
) -> None:
    with database.transaction():
        for after in range(1001):
            store.add(replace(ONE, at=float(T0 + after), recipients=(), monitor_id=1), T0)
        store.add(replace(ONE, recipients=tuple(f"{number}@example.com" for number in range(101))), T0)
    assert [copy.recipient for copy, _ in store.waiting(T0)] == [f"{number}@example.com" for number in range(100)]
    assert len(store.find(monitor_id=1)) == 1000


def test_what_became_of_a_copy_is_noted(store: NotificationStore) -> None:
    made = store.add(ONE, T0)

    def now(name: str) -> tuple[Any, ...]:
        copy = copies(store, made)[name]
        return copy.state, copy.attempts, copy.due, copy.error, copy.sent_at

    mine = copies(store, made)
    store.refused(mine["a@example.com"], "busy", T0 + 30.0)
    assert now("a@example.com") == ("waiting", 1, T0 + 30, "busy", None)
    store.sent(mine["a@example.com"], T0 + 31.0)
    assert now("a@example.com") == ("sent", 2, T0 + 30, None, T0 + 31)
    store.refused(mine["b@example.com"], "no", None)
    assert now("b@example.com") == ("failed", 1, 0, "no", None)
    store.kept(mine["webhook-pager"], "not allowed")
    assert now("webhook-pager") == ("inbox", 0, T0, "not allowed", None)
    store.kept(mine["slack-ops"])
    assert now("slack-ops") == ("inbox", 0, T0, None, None)
    assert store.counts() == {"failed": 1, "inbox": 2, "sent": 1}


def test_a_change_of_a_downtime_is_announced_once(store: NotificationStore) -> None:
    told = replace(ONE, downtime_id="d", transition="Downtime started", at=T0)
    others = [replace(told, at=T0 + 1), replace(told, downtime_id="e"), replace(told, transition="Downtime ended")]
    assert [store.announce_once(each) for each in (told, told, *others, *others)] == [True, False, *[True] * 3, *[False] * 3]  # fmt: skip


def test_how_far_things_are_is_remembered(store: NotificationStore) -> None:
    store.done("monitor:1", T0)
    store.done("monitor:1", T0 + 60)
    store.done("downtimes", T0 + 1)
    assert [store.last(what) for what in ("monitor:1", "downtimes", "monitor:2")] == [T0 + 60, T0 + 1, None]
    states = {(("env", "a"), ("host", "b")): GroupState(Status.ALERT, 3.0, T0, T0), (): GroupState(Status.OK, 1.0)}
    store.save_bundles(1, states)
    assert (store.bundles(1), store.bundles(2)) == (states, {})
    store.save_bundles(1, {(): GroupState(Status.WARN, 2.0)})
    assert store.bundles(1) == {**states, (): GroupState(Status.WARN, 2.0)}


# -- mails that are not taken


@pytest.fixture
def unreachable(tmp_path: Path) -> Post:
    return Post(tmp_path / "mails", Server("127.0.0.1", 9))


def test_a_mail_is_given_up_after_48_attempts_of_which_the_last_are_an_hour_apart(
    store: NotificationStore, unreachable: Post
) -> None:
    made, clock = store.add(replace(ONE, recipients=("a@example.com",)), T0), Clock(T0)
    waits = []
    for _ in range(MOST_ATTEMPTS):
        deliver(store, unreachable, clock)
        copy = copies(store, made)["a@example.com"]
        waits.append(copy.due - clock.now())
        clock.set(copy.due)
    assert waits[:9] == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert set(waits[9:-1]) == {3600}
    assert (len(waits), copy.state, copy.attempts) == (48, "failed", 48)
    assert (wait_s(0), wait_s(1)) == (30, 30)


def test_a_server_that_is_away_is_asked_once_whatever_waits(store: NotificationStore, unreachable: Post) -> None:
    made = store.add(ONE, T0)
    deliver(store, unreachable, Clock(T0))
    assert [copies(store, made)[name].attempts for name in ("a@example.com", "b@example.com")] == [1, 0]


def test_without_a_server_a_mail_is_a_file_that_is_written_once(store: NotificationStore, tmp_path: Path) -> None:
    made = store.add(replace(ONE, recipients=("a@example.com",)), T0)
    pictures = []
    post = Post(tmp_path / "a" / "mails", graph=lambda about: pictures.append(about.id))  # type: ignore[func-returns-value]
    copy = copies(store, made)["a@example.com"]
    data = post.write(made, copy)
    [file] = (tmp_path / "a" / "mails").iterdir()
    assert (file.name, file.read_bytes()) == ("00000001-00000001.eml", data)
    assert b"\r\n" in data
    file.write_bytes(b"as it was sent")
    assert post.write(replace(made, title="else"), copy) == b"as it was sent"
    deliver(store, post, Clock(T0))
    assert (copies(store, made)["a@example.com"].state, pictures) == ("inbox", [1])


# -- the inbox over HTTP


def call(number: int = 0, **query: Any) -> Call:
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": urlencode(query).encode(), "headers": [], "path_params": {"id": number}}  # fmt: skip
    return Call(Request(scope), b"", T0)


def test_the_inbox_shows_the_newest_by_time(store: NotificationStore, database: Database) -> None:
    webhooks = WebhookStore(database)
    for after in range(103):
        store.add(replace(ONE, at=float(T0 + after), recipients=(), monitor_id=after % 2 + 1), T0)

    def shown(**asked: Any) -> list[int]:
        return [each["id"] for each in routes.inbox(store, webhooks, call(**asked)).body["notifications"]]

    assert shown() == list(range(4, 104))
    assert shown(limit=2) == [102, 103]
    assert shown(limit=20_000) == list(range(1, 104))
    assert [shown(**{"from": T0 + 101}), shown(to=T0 + 1), shown(to=T0 + 3, monitor_id=2)] == [[102, 103], [1, 2], [2, 4]]  # fmt: skip
    assert [len(shown(silenced=word)) for word in ("true", "false", "")] == [0, 100, 100]


def test_a_notification_is_shown_whole_with_its_copies(store: NotificationStore, database: Database) -> None:
    webhooks = WebhookStore(database)
    given = replace(
        ONE,
        status="Alert",
        monitor_name="n",
        group=(("host", "a"),),
        value=1.5,
        priority=2,
        released_by="d",
        tags=("x:y",),
        downtime_id="e",
    )
    made = store.add(given, T0)
    mine = copies(store, made)
    store.refused(mine["a@example.com"], "busy", T0 + 30.0)
    store.sent(mine["b@example.com"], T0 + 1.25)
    webhooks.keep(mine["webhook-pager"].id, WebhookRequest("http://example.com", (("A", "b"),), "{}"))
    shown = routes.get(store, webhooks, call(made.id)).body
    by_recipient = {copy["recipient"]: copy for copy in shown.pop("deliveries")}
    assert shown == {
        "id": 1,
        "time": "2026-03-02T10:00:00.500000+00:00",
        "kind": "monitor",
        "transition": "Triggered",
        "status": "Alert",
        "monitor_id": 7,
        "monitor_name": "n",
        "downtime_id": "e",
        "group": {"host": "a"},
        "value": 1.5,
        "priority": 2,
        "recipients": ONE.recipients,
        "subject": "s",
        "title": "t",
        "body": "b",
        "silenced_by": None,
        "released_by": "d",
        "tags": ("x:y",),
    }
    usual = {"attempts": 0, "error": None, "next_attempt": None, "sent_at": None}
    first = "2026-03-02T10:00:00.000000+00:00"
    assert {name: {key: value for key, value in copy.items() if key not in ("recipient", "request")} for name, copy in by_recipient.items()} == {
        "a@example.com": {**usual, "state": "waiting", "attempts": 1, "error": "busy", "next_attempt": "2026-03-02T10:00:30.000000+00:00"},
        "b@example.com": {**usual, "state": "sent", "attempts": 1, "sent_at": "2026-03-02T10:00:01.250000+00:00"},
        "webhook-pager": {**usual, "state": "waiting", "next_attempt": first},
        "slack-ops": {**usual, "state": "inbox"},
    }  # fmt: skip
    assert [name for name, copy in by_recipient.items() if "request" in copy] == ["webhook-pager"]
    assert by_recipient["webhook-pager"]["request"].url == "http://example.com"
    with pytest.raises(ApiError) as error:
        routes.get(store, webhooks, call(9))
    assert error.value.status == 404


def test_an_invitation_is_a_mail_of_its_own_with_the_link() -> None:
    made = invitation("a@example.com", "board", "http://example.com/x", T0)
    assert (made.kind, made.transition, made.recipients) == ("invitation", "Invitation", ("a@example.com",))
    assert made.subject == made.title == "You are invited to the dashboard board"
    assert made.body == "Open it within an hour: http://example.com/x"
    assert (made.at, made.since, made.until) == (T0, T0, T0)
