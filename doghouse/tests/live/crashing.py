"""Runs a house to the end of twelve minutes, and kills itself (SIGKILL) at a place that it is told: what test_crashes.py starts as a process.

python crashing.py FOLDER SMTP_PORT PLACE
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "shared"))

from live_house import T0, Points, S, living

from doghouse.notifications import delivery, smtp
from doghouse.notifications.store import NotificationStore

TRIGGER = T0 + 300  # the tick at which the monitor triggers


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(call: Callable[..., Any], when: Callable[..., bool] = lambda *_: True) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **named: Any) -> Any:
        if when(*arguments):
            die()
        return call(*arguments, **named)

    return wrapped


def after(call: Callable[..., Any], when: Callable[..., bool] = lambda *_: True) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **named: Any) -> Any:
        result = call(*arguments, **named)
        if when(*arguments):
            die()
        return result

    return wrapped


def at_trigger(_: object, what: str, tick: float) -> bool:
    return what.startswith("monitor") and tick == TRIGGER


def lay_trap(place: str) -> None:
    """Make the process die at a place."""
    store: Any = NotificationStore
    match place:
        case "within the transaction":
            store.add = after(store.add)
        case "before the commit":
            store.done = after(store.done, at_trigger)
        case "after the commit":
            store.waiting = before(store.waiting)
        case "before the file":
            delivery.Post.write = before(delivery.Post.write)  # type: ignore[method-assign]
        case "after the file":
            delivery.Post.write = after(delivery.Post.write)  # type: ignore[method-assign]
        case "after it was accepted":
            smtp.send = after(smtp.send)
        case "after it was noted":
            store.sent = after(store.sent)


def main(folder: Path, port: str, place: str) -> None:
    """Step and deliver, minute by minute, from wherever the last process stopped."""
    lay_trap(place)
    points = Points()
    points.give(S)
    with living(folder, points=points, mail_server=f"127.0.0.1:{port}") as house:
        if not house.stores.monitors.page():
            house.monitor()
        last = house.service.store.last("monitor:1") or T0
        house.clock.set(last)
        while house.clock.now() < T0 + 720:
            house.advance(1)
            house.deliver()
        house.deliver()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
