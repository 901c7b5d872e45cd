"""What customers and bakers find: bread that is kept for who ordered it, what is cheaper, and what is thrown away; and what is counted of it."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask

from companion.app.bakery import measures
from companion.app.bakery.routes import MEASURES, NOW

numbers = itertools.count()


class Shop:
    """A shop of a test's own, at 2026-03-02 on a clock that the test sets."""

    def __init__(self, app: Flask) -> None:
        self.name = f"shop{next(numbers)}"
        self.client = app.test_client()
        self.counted: list[tuple[str, float, tuple[str, ...]]] = []

    def at(self, clock: str, what: str, **body: object) -> dict[str, Any]:
        headers = {NOW: f"2026-03-02T{clock}:00+00:00", MEASURES: "return"}
        answer = self.client.post(f"/bakery/{self.name}/{what}", json=body or None, headers=headers)
        said: dict[str, Any] = answer.get_json()
        for each in said.pop("measured", ()):
            assert each["tags"][0] == f"shop:{self.name}"
            self.counted.append((each["metric"].removeprefix("bakery."), each["value"], tuple(each["tags"][1:])))
        return {"status": answer.status_code, **said}

    def order(self, clock: str, due: str, pieces: int = 2) -> int:
        ordered = self.at(clock, "orders", product="rye", pieces=pieces, due=f"2026-03-02T{due}:00+00:00")
        return int(ordered["id"])


@pytest.fixture
def shop(app: Flask) -> Shop:
    return Shop(app)


def test_bread_that_is_ordered_is_kept_for_who_ordered_it(shop: Shop) -> None:
    order = shop.order("08:00", due="12:00")
    shop.at("11:00", "bake", product="rye", pieces=3)
    assert shop.at("11:30", "sales", product="rye", pieces=3) == {"status": 200, "pieces": 1, "discounted": False}
    assert shop.at("11:40", "sales", product="rye", pieces=1) == {"status": 409, "error": "rye is sold out"}
    assert shop.at("12:05", f"orders/{order}/pick-up") == {"status": 200, "ready": True, "pieces": 2}
    assert shop.at("12:06", f"orders/{order}/pick-up")["status"] == 409
    assert shop.counted == [
        ("bread.ordered", 2, ("product:rye",)),
        ("order.lead_time", 4 * 3600, ("product:rye",)),
        ("bread.baked", 3, ("product:rye",)),
        ("bread.sold", 1, ("product:rye",)),
        ("order.ready", 1, ("product:rye", "in_time:true")),
        ("bread.sold", 2, ("product:rye",)),
    ]


def test_the_first_time_somebody_comes_decides_whether_it_was_ready_in_time(shop: Shop) -> None:
    order = shop.order("11:00", due="12:00")
    assert shop.at("12:00", f"orders/{order}/pick-up") == {"status": 200, "ready": False}
    shop.at("12:30", "bake", product="rye", pieces=2)
    assert shop.at("12:31", f"orders/{order}/pick-up")["ready"] is True
    assert [each for each in shop.counted if each[0] == "order.ready"] == [
        ("order.ready", 1, ("product:rye", "in_time:false"))
    ]


def test_an_order_for_tomorrow_keeps_nothing_today(shop: Shop) -> None:
    shop.at("18:00", "orders", product="rye", pieces=2, due="2026-03-03T12:00:00+00:00")
    shop.at("18:01", "bake", product="rye", pieces=1)
    assert shop.at("18:02", "sales", product="rye", pieces=1)["pieces"] == 1


def test_what_is_left_is_cheaper_before_closing_and_then_thrown_away(shop: Shop) -> None:
    shop.at("07:00", "bake", product="roll", pieces=10)
    shop.at("16:59", "sales", product="roll", pieces=3)
    shop.at("17:00", "discount")
    assert shop.at("17:10", "sales", product="roll", pieces=5) == {"status": 200, "pieces": 5, "discounted": True}
    assert shop.at("18:00", "close") == {"status": 200, "wasted": {"roll": 2}}
    shop.at("18:01", "bake", product="roll", pieces=1)
    assert shop.at("18:02", "sales", product="roll", pieces=1)["discounted"] is False
    totals = {name: sum(value for each, value, _ in shop.counted if each == f"bread.{name}") for name in KINDS}
    assert totals == {"baked": 11, "sold": 9, "discounted": 5, "wasted": 2}


KINDS = ("baked", "sold", "discounted", "wasted")


@pytest.mark.parametrize(
    ("what", "body", "sentence"),
    [
        ("sales", {"product": "cake", "pieces": 1}, "product is 'cake', expected one of roll, baguette, rye"),
        ("sales", {"product": "roll", "pieces": 0}, "pieces is 0, expected a whole number from 1 to 1000"),
        ("sales", {"product": "roll", "pieces": True}, "pieces is True, expected a whole number from 1 to 1000"),
        ("orders", {"product": "roll", "pieces": 1, "due": "noon"}, "due is 'noon', expected a time such as"),
        ("sales", {}, "product is None"),
    ],
)
def test_what_cannot_be_read_is_named(shop: Shop, what: str, body: Mapping[str, Any], sentence: str) -> None:
    answer = shop.at("10:00", what, **body)
    assert answer["status"] == 400
    assert sentence in answer["error"]


def test_an_order_for_what_is_past_is_refused(shop: Shop) -> None:
    answer = shop.at("10:00", "orders", product="rye", pieces=1, due="2026-03-02T09:00:00+00:00")
    assert (answer["status"], shop.counted) == (409, [])


def test_without_a_database_it_says_which_variables_name_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    answer = app.test_client().get("/bakery/market/stock")
    assert (answer.status_code, "PGHOST" in answer.get_json()["error"]) == (503, True)


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where an Agent's DogStatsD would listen."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(60)
        monkeypatch.setenv("DD_AGENT_HOST", "127.0.0.1")
        monkeypatch.setenv("DD_DOGSTATSD_PORT", str(listening.getsockname()[1]))
        measures._client.cache_clear()
        yield listening
        measures._client.cache_clear()


def test_what_happens_now_goes_to_dogstatsd(app: Flask, agent: socket.socket) -> None:
    body = {"product": "rye", "pieces": 2, "due": "2999-01-01T00:00:00+00:00"}
    answer = app.test_client().post("/bakery/live/orders", json=body)
    assert set(answer.get_json()) == {"id"}
    sent = [agent.recv(4096).decode().rstrip("\n").split("|") for _ in range(2)]
    assert sent[0][:2] == ["bakery.bread.ordered:2", "c"]
    assert "#shop:live,product:rye" in sent[0]
    assert (sent[1][0].partition(":")[0], sent[1][1]) == ("bakery.order.lead_time", "d")
