"""The bakery's routes, JSON in and out: `/bakery/SHOP/stock`, `/orders`, `/sales`, `/bake`, `/discount`, `/close`.

A request may say what time it is in the shop (`X-Bakery-Now: ISO 8601 with a zone`) and that it wants back what was counted instead of having it sent
(`X-Bakery-Measures: return`): the app listens on the loopback interface alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from queue import Empty, LifoQueue
from typing import Any

from flask import Blueprint, Response, jsonify, request

from companion.app.bakery.measures import Measure, send
from companion.app.bakery.shop import OVEN_MINUTES, TABLES, Refused, Shop

log = logging.getLogger("companion.app.bakery")
NOW, MEASURES = "X-Bakery-Now", "X-Bakery-Measures"
MOST = 1000  # pieces at a time
NO_DATABASE = 503
Answer = tuple[Response, int]
Body = dict[str, Any]
Handler = Callable[[Shop, Body], Body]


class Wrong(ValueError):
    """A request that cannot be read; the text names the field and what was expected."""


# Method, path below the shop's, what is logged once it is done, and what is done with the body and the path's number.
ROUTES: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", "/stock", "", lambda at, _: at.stock()),
    ("POST", "/orders", "ordered", lambda at, body: at.order(*_goods(body), _time(body.get("due"), "due"))),
    (
        "POST",
        "/orders/<int:number>/pick-up",
        "order {number} is asked for",
        lambda at, body: at.pick_up(body["number"]),
    ),
    ("POST", "/sales", "sold", lambda at, body: at.sell(*_goods(body))),
    ("POST", "/bake", "baked", lambda at, body: at.bake(*_goods(body))),
    ("POST", "/discount", "cheaper now", lambda at, _: at.discount()),
    ("POST", "/close", "closed", lambda at, _: at.close()),
    ("DELETE", "/orders", "forgotten", lambda at, _: at.forget()),
)


def blueprint() -> Blueprint:
    """The routes. There are as many connections as requests at once, found by libpq's environment (PGHOST, …)."""
    bakery = Blueprint("bakery", __name__, url_prefix="/bakery/<shop>")
    idle: LifoQueue[Any] = LifoQueue()

    def served(shop: str, entry: str, what: Handler, **path: int) -> Answer:
        import psycopg

        try:
            measures: list[Measure] = []
            now, body = _now(), _body()
            with _connected(idle) as connection, connection.transaction():
                answer = what(Shop(shop, now, connection, measures), body | path)
        except Wrong as error:
            return jsonify(error=str(error)), 400
        except Refused as error:
            log.info("%s: %s", shop, error)
            return jsonify(error=str(error)), 409
        except psycopg.OperationalError as error:
            log.warning("no database: %s", str(error).splitlines()[0])
            return jsonify(error="no database; set PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE"), NO_DATABASE
        if entry:
            log.info("%s: %s %s", shop, entry.format(**path), answer)
        if request.headers.get(MEASURES) == "return":
            return jsonify(answer | {"measured": measures}), 200
        send(measures)
        return jsonify(answer), 200

    for method, path, entry, what in ROUTES:
        # The name of a route is its path's, as traces have it.
        bakery.add_url_rule(path, f"{method} {path}", partial(served, entry=entry, what=what), methods=[method])
    return bakery


@contextmanager
def _connected(idle: LifoQueue[Any]) -> Iterator[Any]:
    """A connection that no other request uses; afterwards it waits for the next one, unless it broke."""
    try:
        connection = idle.get_nowait()
    except Empty:
        connection = _connect()
    try:
        yield connection
    finally:
        if not connection.closed:
            idle.put(connection)


def _connect() -> Any:
    import psycopg

    connection = psycopg.connect("", connect_timeout=3, autocommit=True)
    with connection.transaction():  # one at a time: CREATE … IF NOT EXISTS of two at once can fail
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('bakery'))")
        connection.execute(TABLES)
    return connection


def _body() -> Body:
    body = request.get_json(silent=True) if request.data else {}
    if not isinstance(body, dict):
        raise Wrong('the body is no JSON object, expected one such as {"product": "roll", "pieces": 4}')
    return body


def _now() -> datetime:
    header = request.headers.get(NOW)
    return _time(header, NOW) if header else datetime.now(UTC)


def _time(text: Any, name: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        time = None
    if time is None or time.tzinfo is None:
        raise Wrong(f"{name} is {text!r}, expected a time such as 2026-03-02T07:30:00+00:00")
    return time


def _goods(body: Body) -> tuple[str, int]:
    """A body's product, and how many pieces of it. Raises Wrong."""
    product, pieces = body.get("product"), body.get("pieces")
    if product not in OVEN_MINUTES:
        raise Wrong(f"product is {product!r}, expected one of {', '.join(OVEN_MINUTES)}")
    if type(pieces) is not int or not 1 <= pieces <= MOST:
        raise Wrong(f"pieces is {pieces!r}, expected a whole number from 1 to {MOST}")
    return product, pieces
