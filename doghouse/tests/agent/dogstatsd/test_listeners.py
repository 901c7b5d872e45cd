"""The sockets of DogStatsD: what is sent to them is taken, what cannot be opened is said, and nothing is left behind."""

import logging
import socket
import time
from pathlib import Path

import pytest

from doghouse.agent.dogstatsd import listeners
from doghouse.agent.dogstatsd.intake import Received
from doghouse.agent.dogstatsd.listeners import Listeners

PATIENCE_S = 60


class Taken:
    """An intake that keeps what it is given, and when."""

    def __init__(self):
        self.packets = []
        self.received = Received()

    def take(self, packet, now):
        self.packets.append((packet, now))

    def wait(self, count):
        until = time.monotonic() + PATIENCE_S
        while len(self.packets) < count:
            assert time.monotonic() < until
            time.sleep(0.001)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unbound:
        unbound.bind(("127.0.0.1", 0))
        return unbound.getsockname()[1]


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "run" / "dsd.socket")


def test_both_sockets_are_read_and_closed_and_the_path_is_gone(path):
    intake, port = Taken(), free_port()
    opened = Listeners(intake, lambda: 7.5)
    opened.open("127.0.0.1", port, path)
    assert Path(path).stat().st_mode & 0o777 == 0o722
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"a:1|c", ("127.0.0.1", port))
    intake.wait(1)
    largest = b"x" * 60_000
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.sendto(largest, path)
    opened.close()  # takes what is left in the sockets
    assert intake.packets == [(b"a:1|c", 7.5), (largest, 7.5)]
    assert not Path(path).exists()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", port))


def test_what_cannot_be_opened_is_said_and_the_rest_goes_on(path, caplog):
    intake = Taken()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken, caplog.at_level(logging.WARNING):
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        opened = Listeners(intake, lambda: 0.0)
        opened.open("127.0.0.1", port, path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.sendto(b"a:1|c", path)
        opened.close()
    assert intake.packets == [(b"a:1|c", 0.0)]
    words = f"DogStatsD can't listen on UDP port {port}: Address already in use; nothing is received there"
    assert [record.getMessage() for record in caplog.records] == [words]


def test_a_stale_socket_is_replaced_and_a_file_is_not(path, caplog):
    stale = listeners.unix(path)
    stale.close()
    listeners.unix(path).close()
    Path(path).unlink()
    Path(path).write_text("mine")
    opened = Listeners(Taken(), lambda: 0.0)
    opened.open("127.0.0.1", 0, path)
    opened.close()
    assert Path(path).read_text() == "mine"
    assert f"DogStatsD can't listen on the socket {path}: Address already in use" in caplog.text


def test_where_nothing_is_asked_for_nothing_is_opened(caplog):
    opened = Listeners(Taken(), lambda: 0.0)
    opened.open("127.0.0.1", 0, "")
    opened.close()
    assert (opened._threads, caplog.records) == ([], [])


def test_what_waits_beyond_the_limit_is_dropped_and_counted(path, monkeypatch):
    monkeypatch.setattr(listeners, "WAITING", 0)
    intake = Taken()
    opened = Listeners(intake, lambda: 0.0)
    opened.open("127.0.0.1", 0, path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        for _ in range(3):
            client.sendto(b"a:1|c", path)
    opened.close()
    assert (intake.packets, intake.received.dropped) == ([], 3)
