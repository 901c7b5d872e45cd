"""Nothing that was accepted from a check is lost while the intake is away: over a real connection, with time passed in."""

import logging
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doghouse.agent.forwarder import forwarding
from doghouse.agent.forwarder.forwarding import BACKOFF_MAX_S, Forwarder, backoff
from doghouse.agent.forwarder.payloads import Payload
from doghouse.agent.forwarder.spool import Spool
from doghouse.agent.forwarder.transport import Fate, Intake, Outcome, judge

from ..conftest import KEY

AWAY_S = 600


def payload(number):
    return Payload("/api/v2/series", b'{"series":[{"metric":"m%d"}]}' % number)


def metrics(intake):
    return [one["metric"] for _, body in intake.received for one in body["series"]]


@pytest.fixture
def forwarder(intake, tmp_path):
    return Forwarder(Intake(intake.url, KEY).send, Spool(tmp_path / "retry"), share=lambda: 0.5)


def test_payloads_are_delivered_in_order(forwarder, intake):
    forwarder.deliver([payload(1), payload(2)], now=0)
    assert metrics(intake) == ["m1", "m2"]
    assert (forwarder.traffic.delivered, forwarder.waiting) == (2, 0)


def test_nothing_is_lost_while_the_intake_is_away_for_ten_minutes(forwarder, intake):
    intake.status = 503
    for flush in range(AWAY_S // 15):
        forwarder.deliver([payload(flush)], now=flush * 15)
    assert forwarder.waiting == 40
    intake.status = 202
    for second in range(AWAY_S, AWAY_S + BACKOFF_MAX_S + 1):
        forwarder.deliver([], now=second)
    assert sorted(metrics(intake)) == sorted(f"m{flush}" for flush in range(40))
    assert (forwarder.waiting, forwarder.dropped) == (0, 0)


def test_nothing_is_lost_while_nobody_listens(intake, tmp_path):
    spool = Spool(tmp_path / "retry")
    gone = Forwarder(Intake("http://127.0.0.1:9", KEY).send, spool, share=lambda: 0.5)
    gone.deliver([payload(1)], now=0)
    back = Forwarder(Intake(intake.url, KEY).send, spool, share=lambda: 0.5)
    back.deliver([payload(2)], now=1)
    assert metrics(intake) == ["m2", "m1"]


def test_what_is_kept_outlives_the_process(intake, tmp_path):
    Forwarder(Intake("http://127.0.0.1:9", KEY).send, Spool(tmp_path / "retry"), share=lambda: 0).deliver(
        [payload(1), payload(2)], now=0
    )
    Forwarder(Intake(intake.url, KEY).send, Spool(tmp_path / "retry"), share=lambda: 0).deliver([], now=0)
    assert metrics(intake) == ["m1", "m2"]


def test_a_spool_that_is_opened_again_keeps_new_requests_behind_the_old_ones(tmp_path):
    for number in range(3):  # a new process each time
        Spool(tmp_path / "retry").keep(payload(number))
    assert [kept for _, kept in Spool(tmp_path / "retry").oldest_first()] == [payload(0), payload(1), payload(2)]


def test_a_spool_that_was_emptied_in_part_still_keeps_new_requests_behind_the_old_ones(tmp_path):
    spool = Spool(tmp_path / "retry")
    for number in range(3):
        spool.keep(payload(number))
    oldest = next(path for path, _ in spool.oldest_first())
    spool.forget(oldest)
    again = Spool(tmp_path / "retry")
    again.keep(payload(3))
    assert [kept for _, kept in again.oldest_first()] == [payload(1), payload(2), payload(3)]


@pytest.mark.parametrize(
    ("errors", "shortest", "longest"),
    [(0, 0, 0), (1, 2, 4), (2, 4, 8), (3, 8, 16), (4, 16, 32), (5, 32, 64), (6, 32, 64), (60, 32, 64)],
)
def test_the_wait_after_errors_doubles_up_to_a_minute_and_some_seconds(errors, shortest, longest):
    # datadog.yaml: forwarder_backoff_base and _factor are 2, forwarder_backoff_max is 64 s
    assert (backoff(errors, 0.0), backoff(errors, 0.5), backoff(errors, 1.0)) == (
        shortest,
        (shortest + longest) / 2,
        longest,
    )


def test_a_request_is_tried_again_after_the_wait_and_not_before(forwarder, intake):
    intake.status = 503
    forwarder.deliver([payload(1)], now=0)  # one error: with half the share of luck it waits 3 s
    intake.status = 202
    forwarder.deliver([], now=2.9)
    assert forwarder.waiting == 1
    forwarder.deliver([], now=3)
    assert forwarder.waiting == 0


def test_what_the_disk_does_not_take_is_held_until_it_does(intake, tmp_path):
    spool = Spool(tmp_path / "retry")
    forwarder = Forwarder(Intake(intake.url, KEY).send, spool, share=lambda: 0.5)
    intake.status = 503
    (tmp_path / "retry").rmdir()
    for number in (1, 2):
        with pytest.raises(FileNotFoundError):
            forwarder.deliver([payload(number)], now=0)
    assert forwarder.waiting == 2
    (tmp_path / "retry").mkdir()
    intake.status = 202
    forwarder.deliver([], now=100)
    assert metrics(intake) == ["m1", "m2"]
    assert (forwarder.waiting, forwarder.dropped) == (0, 0)


def test_what_is_in_hand_while_a_request_hangs_is_kept_at_the_end(intake, tmp_path):
    hangs, go_on = threading.Event(), threading.Event()

    def send(_):
        hangs.set()
        go_on.wait(60)
        return Intake("http://127.0.0.1:9", KEY).send(payload(0))

    forwarder = Forwarder(send, Spool(tmp_path / "retry"), share=lambda: 0.5)
    thread = threading.Thread(target=forwarder.deliver, args=([payload(1), payload(2)], 0))
    thread.start()
    assert hangs.wait(60)
    forwarder.leave([payload(3)])
    found = [kept for _, kept in Spool(tmp_path / "retry").oldest_first()]
    go_on.set()
    thread.join(10)
    assert found == [payload(1), payload(2), payload(3)]


def test_what_is_refused_for_good_is_dropped_and_the_rest_goes_on(forwarder, intake):
    intake.status = 413
    forwarder.deliver([payload(1)], now=0)
    intake.status = 202
    forwarder.deliver([payload(2)], now=0)
    assert metrics(intake) == ["m2"]
    assert (forwarder.traffic.refused, forwarder.waiting) == (1, 0)


def test_while_it_waits_it_does_not_try(forwarder, intake):
    intake.status = 503
    forwarder.deliver([payload(1)], now=0)
    intake.status = 202
    forwarder.deliver([payload(2)], now=1)
    assert metrics(intake) == []
    forwarder.deliver([payload(3)], now=5)
    assert metrics(intake) == ["m3", "m1", "m2"]


def answering(spool, fates, **outcome):
    """A forwarder whose requests come to these fates, one after another."""
    answers = iter(fates)
    return Forwarder(lambda _: Outcome(next(answers), **outcome), spool, share=lambda: 1.0)


def test_what_was_sent_is_counted_and_a_problem_is_told_once_until_it_is_over(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    later, refused, delivered = Fate.LATER, Fate.REFUSED, Fate.DELIVERED
    forwarder = answering(Spool(tmp_path), [later, later, delivered, delivered, refused, delivered], why="no")
    for now in (0, 100, 200, 300):
        forwarder.deliver([payload(now)] if now in (0, 300) else [], now)
    assert (forwarder.traffic.delivered, forwarder.traffic.refused, forwarder.traffic.retried) == (2, 0, 2)
    forwarder.deliver([payload(4)], 400)
    assert (forwarder.traffic.refused, forwarder.traffic.last_problem, forwarder.waiting) == (1, "no", 0)
    forwarder.deliver([payload(5)], 500)
    assert (forwarder.traffic.delivered, forwarder.traffic.last_problem) == (3, "")
    assert [record.getMessage() for record in caplog.records] == [
        "no; the request is kept, to be sent later",
        "delivering again; 1 kept requests to go",
        "no; the request is dropped",
        "delivering again; 0 kept requests to go",
    ]


def test_the_first_kept_request_that_fails_again_ends_the_round(tmp_path):
    spool = Spool(tmp_path)
    for number in range(3):
        spool.keep(payload(number))
    forwarder = answering(spool, [Fate.DELIVERED, Fate.LATER])
    forwarder.deliver([], 0)
    assert (forwarder.traffic.retried, forwarder.waiting) == (2, 2)
    assert [kept for _, kept in spool.oldest_first()] == [payload(1), payload(2)]


def test_of_what_neither_intake_nor_disk_takes_the_newest_are_held(tmp_path, monkeypatch):
    monkeypatch.setattr(forwarding, "HELD", 3)
    forwarder = answering(Spool(tmp_path / "retry"), [Fate.LATER])
    (tmp_path / "retry").rmdir()
    for numbers, dropped in ((range(3), 0), (range(3, 5), 2)):
        with pytest.raises(FileNotFoundError):
            forwarder.deliver(map(payload, numbers), 0)
        assert (forwarder.waiting, forwarder.dropped) == (3, dropped)
    (tmp_path / "retry").mkdir()
    forwarder.deliver([], 0)
    assert [kept for _, kept in forwarder._spool.oldest_first()] == [payload(2), payload(3), payload(4)]


@given(st.integers(0, 200), st.floats(0, 1))
def test_waiting_grows_with_the_errors_and_is_bounded(errors, share):
    assert 0 <= backoff(errors, share) <= BACKOFF_MAX_S
    assert backoff(errors, share) <= backoff(errors + 1, share)
    assert (backoff(errors, share) > 0) == (errors > 0)


def test_the_queue_is_bounded_and_drops_the_oldest(tmp_path):
    spool = Spool(tmp_path / "retry", limit=500)
    for number in range(50):
        spool.keep(payload(number))
    assert spool.bytes <= 500
    assert spool.dropped == 50 - len(spool)
    kept = [int(found.body.split(b'"m')[2][:-4]) for _, found in spool.oldest_first()]
    assert kept == list(range(50 - len(spool), 50))


def test_a_broken_file_in_the_queue_is_dropped_and_counted(tmp_path):
    spool = Spool(tmp_path / "retry")
    spool.keep(payload(1))
    spool.keep(payload(2))
    next((tmp_path / "retry").glob("*1.request")).write_bytes(b"{")
    assert [found for _, found in spool.oldest_first()] == [payload(2)]
    assert spool.dropped == 1


def test_no_key_is_kept_on_disk(tmp_path):
    forwarder = Forwarder(Intake("http://127.0.0.1:9", KEY).send, Spool(tmp_path), share=lambda: 0)
    forwarder.deliver([payload(1)], now=0)
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.iterdir())
    assert KEY not in repr(Intake("http://127.0.0.1:9", KEY))


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, Fate.DELIVERED),
        (202, Fate.DELIVERED),
        (399, Fate.DELIVERED),
        (400, Fate.REFUSED),
        (404, Fate.REFUSED),
        (413, Fate.REFUSED),
    ]
    + [(status, Fate.LATER) for status in (401, 402, 403, 405, 408, 412, 414, 429, 500, 502, 503)],
)
def test_what_a_status_means(status, fate):
    outcome = judge(status, "/x")
    assert (outcome.fate, outcome.status, bool(outcome.why)) == (fate, status, fate is not Fate.DELIVERED)


def test_an_address_that_is_none_is_refused():
    outcome = Intake("ftp://x", KEY).send(payload(1))
    assert (outcome.fate, outcome.why) == (Fate.REFUSED, "'ftp://x' is not an http:// or https:// address")


def test_a_server_that_speaks_something_else_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_greet, args=(listening,), daemon=True).start()
        outcome = Intake(f"http://127.0.0.1:{listening.getsockname()[1]}", KEY).send(payload(1))
    assert outcome.fate is Fate.LATER


def _greet(listening):
    connection, _ = listening.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"220 mail.example.com ESMTP\r\n")
