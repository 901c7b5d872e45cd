"""Notifications as events, what a mail says word by word, whom an event mentions, and the graph's range."""

from __future__ import annotations

from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from doghouse.events.model import Event
from doghouse.notifications import events, graph, markdown
from doghouse.notifications.mail import Links, mail, visible
from doghouse.notifications.model import Delivery, Notification
from doghouse.web.body.limits import LONGEST_MESSAGE

T0 = 1_772_445_600  # 2026-03-02T10:00:00Z
HOUSE = "http://127.0.0.1:8420"
ONE = Notification(
    at=T0 + 300.9,
    kind="monitor",
    transition="Triggered",
    subject="s",
    title="[Triggered on {host:a}] High",
    body="91 &lt; 95",
    monitor_id=7,
    query="avg:m{*}",
    group=(("env", "x"), ("host", "a")),
    status="Alert",
    last_triggered=T0 + 300,
    since=T0 + 0.5,
    until=T0 + 600.0,
    tags=("team:a",),
    event_id=5,
    id=12,
)
TRIGGERED = "The monitor was last triggered at Mon Mar 02 2026 10:05:00 UTC."
STATUS = f"{HOUSE}/monitors/7?from_ts=1772445600500&to_ts=1772446200000&live=false"


def test_an_event_has_the_message_the_query_and_the_links() -> None:
    made = events.event(ONE, Links(HOUSE))
    links = f"[[Monitor Status]({STATUS})] · [[Edit Monitor]({HOUSE}/monitors/7/edit)] · [[View a]({HOUSE}/infrastructure?host=a)]"
    assert made.text == f"%%% \n91 < 95\n\n`avg:m{{*}}`\n\n{TRIGGERED}\n\n- - -\n\n{links}\n %%%"
    assert (made.id, made.title, made.date_happened, made.host) == (5, ONE.title, T0 + 300, "a")
    assert (made.tags, made.priority, made.alert_type) == (("team:a", "source:monitor"), "normal", "error")
    assert (made.aggregation_key, made.source_type_name) == ("7:env:x,host:a", "Monitor Alert")


def test_what_is_not_there_is_left_out_of_an_event() -> None:
    bare = Notification(at=T0, kind="downtime", transition="x", subject="s", title="t", body="", tags=("audit",), downtime_id="d")  # fmt: skip
    made = events.event(bare, Links(HOUSE))
    assert (made.text, made.tags, made.host, made.aggregation_key) == ("%%% \n\n %%%", ("audit",), None, "d:")
    assert made.id > 0
    assert events.event(replace(bare, body="b"), Links()).text == "%%% \nb\n %%%"


@pytest.mark.parametrize(
    ("status", "kind"), [("Alert", "error"), ("Warn", "warning"), ("OK", "success"), ("No Data", "info"), ("", "info")]
)
def test_an_event_is_of_the_kind_of_its_state(status: str, kind: str) -> None:
    assert events.event(replace(ONE, status=status), Links()).alert_type == kind


def test_an_aggregation_key_has_a_hundred_characters_at_most() -> None:
    long = replace(ONE, group=(("host", "h" * 200),))
    assert events.aggregation_key(long) == ("7:host:" + "h" * 200)[:100]


def test_what_was_silenced_and_what_is_an_event_already_is_no_event() -> None:
    added: list[Event] = []
    post = events.poster(added.append, Links)
    for each in (replace(ONE, silenced_by="d"), replace(ONE, kind="event"), ONE):
        post(each)
    assert [each.id for each in added] == [5]


POSTED = Event(id=3, uid="u", title="deploy", text="done @ops@example.com @slack-a", date_happened=T0, host="h", tags=("a:b",))  # fmt: skip


def test_an_event_that_mentions_somebody_is_sent_to_them() -> None:
    made = events.mentioned(POSTED)
    assert made is not None
    assert made == Notification(
        at=T0,
        kind="event",
        transition="Event",
        subject="[Event] deploy",
        title="deploy",
        body=POSTED.text,
        recipients=("ops@example.com", "slack-a"),
        group=(("host", "h"),),
        tags=("a:b",),
        since=T0,
        until=T0,
        event_id=3,
    )
    hostless = events.mentioned(replace(POSTED, host=None))
    assert hostless is not None
    assert hostless.group == ()
    assert events.mentioned(replace(POSTED, text="done")) is None
    assert events.mentioned(replace(POSTED, source_type_name="Monitor Alert")) is None
    near, far = ("x" * (LONGEST_MESSAGE - length) + " @ops" for length in (5, 4))
    assert events.mentioned(replace(POSTED, text=near)) is not None
    assert (events.mentioned(replace(POSTED, text=far)) or ONE).recipients == ("op",)


# -- mails, word by word


def parts(message: EmailMessage) -> dict[str, str]:
    return {
        part.get_content_type(): cast(EmailMessage, part).get_content()
        for part in message.walk()
        if part.get_content_maintype() == "text"
    }


COPY = Delivery(34, 12, "ops@example.com", "waiting")


def test_a_mails_text_is_the_title_the_message_the_query_and_the_links() -> None:
    text = parts(mail(ONE, COPY, Links(HOUSE)))["text/plain"]
    links = f"Monitor Status: {STATUS}\nEdit Monitor: {HOUSE}/monitors/7/edit\nView a: {HOUSE}/infrastructure?host=a"
    assert text == f"{ONE.title}\n\n91 < 95\n\navg:m{{*}}\n\n{TRIGGERED}\n\n{links}\n"
    bare = replace(ONE, body="", query="", last_triggered=None, group=(), monitor_id=None)
    assert parts(mail(bare, COPY, Links(HOUSE)))["text/plain"] == f"{ONE.title}\n"
    quiet = replace(ONE, bodiless=("ops@example.com",), query="", last_triggered=None)
    assert parts(mail(quiet, COPY, Links()))["text/plain"] == f"{ONE.title}\n"
    others = replace(quiet, bodiless=("dev@example.com",))
    assert parts(mail(others, COPY, Links()))["text/plain"] == f"{ONE.title}\n\n91 < 95\n"


def test_a_mails_html_says_the_same_and_escapes_it() -> None:
    odd = replace(ONE, title="a <b>", query='m{x:"<"}')
    html = parts(mail(odd, COPY, Links(HOUSE), b"png"))["text/html"]
    assert '<h2 style="color:#d33043;font-size:18px;margin:0 0 12px">a &lt;b&gt;</h2>\n<p>91 &lt; 95</p>' in html
    assert (
        '<p><img src="cid:graph-12@doghouse.localhost" alt="m{x:&quot;&lt;&quot;}" style="max-width:100%"></p>' in html
    )
    assert "<p><code>m{x:&quot;&lt;&quot;}</code></p>" in html
    assert f"<p>{TRIGGERED}</p>" in html
    status = STATUS.replace("&", "&amp;")
    assert (
        f'<hr><p><a href="{status}">Monitor Status</a> · <a href="{HOUSE}/monitors/7/edit">Edit Monitor</a> · ' in html
    )
    bare = replace(odd, body="", query="", last_triggered=None, monitor_id=None)
    html = parts(mail(bare, COPY, Links(HOUSE)))["text/html"]
    assert not [sign for sign in ("<p>", "<hr>", "<code>", "<img") if sign in html]


@pytest.mark.parametrize(
    ("status", "color"),
    [("Alert", "#d33043"), ("Warn", "#e8a600"), ("No Data", "#7b7f87"), ("OK", "#2a8a4a"), ("", "#4a4f57")],
)
def test_a_title_has_its_states_color(status: str, color: str) -> None:
    assert f'<h2 style="color:{color};' in parts(mail(replace(ONE, status=status), COPY, Links()))["text/html"]


def test_a_picture_is_named_and_shown_inside() -> None:
    message = mail(ONE, COPY, Links(), b"png", "alerts@example.com")
    [image] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert (image["Content-ID"], image.get_filename(), image.get_content_disposition()) == ("<graph-12@doghouse.localhost>", "graph.png", "inline")  # fmt: skip
    assert message["From"] == "doghouse <alerts@example.com>"
    assert mail(ONE, COPY, Links())["From"] == "doghouse <doghouse@localhost>"


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("high @a@example.com now @slack-b", "high now"),
        ("@a high", "high"),
        ("high\n\n@a", "high"),
        ("a@b.com is no mention", "a@b.com is no mention"),
        ("(@a)", "()"),
    ],
)
def test_handles_that_are_hidden_leave_the_rest_of_the_text(body: str, left: str) -> None:
    assert visible(replace(ONE, body=body, hides=("handles",))).body == left
    assert visible(replace(ONE, body=body)).body == body


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("see http://example.com/a?b=1&c=2.", '<p>see <a href="http://example.com/a?b=1&amp;c=2.">http://example.com/a?b=1&amp;c=2.</a></p>\n'),
        ("[x](http://example.com)", '<p><a href="http://example.com">x</a></p>\n'),
        ("a\nb", "<p>a<br />\nb</p>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("![x](http://example.com/x.png)", '<p><a href="http://example.com/x.png" rel="noreferrer">x (picture, not loaded)</a></p>\n'),
        ("![](http://example.com/x.png)", '<p><a href="http://example.com/x.png" rel="noreferrer">http://example.com/x.png (picture, not loaded)</a></p>\n'),
        ("![x](data:image/png;base64,AA)", '<p><img src="data:image/png;base64,AA" alt="x"></p>\n'),
        ("`http://example.com/a` http://example.com/b", '<p><code>http://example.com/a</code> <a href="http://example.com/b">http://example.com/b</a></p>\n'),
    ],
)  # fmt: skip
def test_markdown_has_links_and_no_html_and_no_pictures_of_others(text: str, html: str) -> None:
    assert markdown.linked(text) == html


def test_a_table_is_one() -> None:
    assert "<td>1</td>" in markdown.render("|a|\n|-|\n|1|\n")


# -- the graph


@given(st.integers(1, 10**6))
def test_a_graph_begins_three_windows_before_and_half_an_hour_at_least(span: int) -> None:
    about = replace(ONE, at=float(T0), since=float(T0 - span), until=float(T0 + 300))
    start, end = graph._range(about)
    assert (T0 - start, end) == (max(3 * span, 1800), T0 + 300)
