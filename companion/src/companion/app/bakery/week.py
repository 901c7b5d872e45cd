"""The customers of the bakery's shops, day by day, out of a seed. Pure.

Made up, and said so wherever a figure of it is shown: when people decide, what they take, and how many more a lower price brings are numbers of this module.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from companion.app.bakery.shop import OVEN_MINUTES

SHOPS = {"market": 60, "mill": 120, "station": 0}  # minutes before closing from which what is left is cheaper; 0: never
OPEN, CLOSED = 7 * 60, 18 * 60  # minutes of the day
DAYS = 7
SEED = 7
LEAD = timedelta(minutes=10)  # so long before it is fetched an order is on the shelf
SHARE = {"roll": 0.5, "baguette": 0.3, "rye": 0.2}  # of walk-in customers who want it
PIECES = {"roll": 5, "baguette": 2, "rye": 2}  # at most, of one customer
WALK_INS, BARGAINS_PER_HOUR, ORDERS = 55, 9, 24  # a day and shop, on average
RUSH = ((0.45, 7 * 60, 10 * 60), (0.25, 11 * 60 + 30, 13 * 60 + 30), (0.30, 15 * 60, CLOSED))  # share, minutes
# Of who orders: on the evening before, in the morning for later that day, half an hour to three hours ahead.
EVENING, MORNING = 0.6, 0.25
NO_SHOW = 0.03
FAILS = 0.05  # share of the batches for orders
SPARE = 1.1  # more is baked than is expected to be sold: an empty shelf sells nothing


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """What somebody does in a shop at a time. A customer sells, orders (for `due`) or picks up; `order` links these two. The baker bakes and closes."""

    at: datetime
    what: Literal["bake", "discount", "close", "sales", "orders", "pick-up"]
    product: str = ""
    pieces: int = 0
    order: int = 0
    due: datetime | None = None


def day(shop: str, number: int, midnight: datetime) -> list[Visit]:
    """All that happens in a shop for one day: that of orders made on the evening before too; in order. The same for each `number`, whenever it is."""
    chance = random.Random(f"{SEED} {shop} {number}")

    def at(minutes: float) -> datetime:
        return midnight + timedelta(seconds=round(minutes * 60))

    orders = list(_orders(chance, number, at))
    discount = [Visit(at(CLOSED - SHOPS[shop]), "discount")] if SHOPS[shop] else []
    plan = [Visit(at(OPEN - 20), "bake", *batch) for batch in _baked(0.7)] + [
        Visit(at(12 * 60), "bake", *batch) for batch in _baked(0.3)
    ]
    return sorted(
        [
            *_walk_ins(chance, shop, at),
            *orders,
            *_for_orders(chance, orders, at),
            *plan,
            *discount,
            Visit(at(CLOSED), "close"),
        ]
    )


def _walk_ins(chance: random.Random, shop: str, at: Callable[[float], datetime]) -> Iterator[Visit]:
    """Customers without an order; more of them while what is left is cheaper."""
    for _ in range(round(chance.gauss(WALK_INS, WALK_INS / 6))):
        _, first, last = chance.choices(RUSH, [share for share, _, _ in RUSH])[0]
        yield Visit(at(chance.uniform(first, last)), "sales", *_purchase(chance))
    for _ in range(round(SHOPS[shop] / 60 * chance.gauss(BARGAINS_PER_HOUR, 2))):
        yield Visit(at(CLOSED - chance.uniform(0, SHOPS[shop])), "sales", *_purchase(chance))


def _orders(chance: random.Random, number: int, at: Callable[[float], datetime]) -> Iterator[Visit]:
    """Customers who order, and come for it unless they forget."""
    for order in range(round(chance.gauss(ORDERS, 4))):
        when = chance.random()
        due = chance.uniform(OPEN + 15, CLOSED - 30)
        if when < EVENING:
            placed = chance.uniform(-6, -2) * 60
        elif when < EVENING + MORNING:
            placed, due = chance.uniform(6, 9) * 60, chance.uniform(12, 17) * 60
        else:
            placed = due - chance.uniform(30, 180)
        product, pieces = _purchase(chance)
        if not number and placed < 0:
            continue  # nobody could order before the first day
        id = number * 1000 + order
        yield Visit(at(placed), "orders", product, pieces, id, at(due))
        if chance.random() > NO_SHOW:
            yield Visit(at(due + chance.uniform(0, 30)), "pick-up", product, pieces, id)


def _for_orders(chance: random.Random, orders: Sequence[Visit], at: Callable[[float], datetime]) -> Iterator[Visit]:
    """Each half hour the oven gives what is due in the next one and was ordered before the dough went in. A batch that fails comes half an hour later."""
    for start in range(OPEN - 30, CLOSED, 30):
        for product, minutes in OVEN_MINUTES.items():
            pieces = [
                order.pieces
                for order in orders
                if order.what == "orders"
                and order.product == product
                and order.due
                and at(start) <= order.due - LEAD < at(start + 30)
                and order.at <= at(start - minutes)
            ]
            if pieces:
                late = 30 if chance.random() < FAILS else 0
                yield Visit(at(start + late), "bake", product, sum(pieces))


def _baked(share: float) -> Iterator[tuple[str, int]]:
    """What is baked for the shelf: so much of what customers without an order are expected to take, and some to spare."""
    for product, of_all in SHARE.items():
        yield product, round(share * SPARE * WALK_INS * of_all * (PIECES[product] + 1) / 2)


def _purchase(chance: random.Random) -> tuple[str, int]:
    product = chance.choices(list(SHARE), list(SHARE.values()))[0]
    return product, chance.randint(1, PIECES[product])
