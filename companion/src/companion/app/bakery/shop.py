"""What happens in a shop: baking, orders, sales, pick-ups, closing. Shelves and orders are in PostgreSQL; what is counted is added to `measures`.

Every time is handed in, so that a week can be played in a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from companion.app.bakery.measures import Measure

if TYPE_CHECKING:
    import psycopg

OVEN_MINUTES = {"roll": 30, "baguette": 45, "rye": 180}  # from dough to shelf, by product
TABLES = """
CREATE TABLE IF NOT EXISTS bakery_shelves (shop text, product text, pieces int NOT NULL, discounted bool NOT NULL DEFAULT false, PRIMARY KEY (shop, product));
CREATE TABLE IF NOT EXISTS bakery_orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shop text, product text, pieces int, ordered_at timestamptz, due_at timestamptz,
    state text NOT NULL DEFAULT 'open', said_ready bool  -- state: open, sold, missed
);
CREATE INDEX IF NOT EXISTS bakery_orders_open ON bakery_orders (shop, product, due_at) WHERE state = 'open';
"""
# Pieces on the shelf, and how many of them are kept for who ordered for the same day; the row stays locked until the commit.
SHELF = """
SELECT pieces, discounted, (
    SELECT coalesce(sum(pieces), 0) FROM bakery_orders
    WHERE shop = s.shop AND product = s.product AND state = 'open' AND ordered_at <= %(now)s AND due_at >= %(now)s - interval '1 hour' AND due_at < %(until)s
) AS kept
FROM bakery_shelves s WHERE shop = %(shop)s AND product = %(product)s FOR UPDATE
"""


class Refused(ValueError):
    """What a customer or baker cannot have now; the text says why."""


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop at one moment, within one transaction of `database`."""

    name: str
    now: datetime
    database: psycopg.Connection[Any]
    measures: list[Measure]

    def bake(self, product: str, pieces: int) -> dict[str, Any]:
        """Fresh bread comes onto the shelf."""
        self._put(product, pieces)
        self._count("bread.baked", pieces, product)
        return {"pieces": self._shelf(product)[0]}

    def order(self, product: str, pieces: int, due: datetime) -> dict[str, Any]:
        """A pre-order, to be picked up at `due`. Raises Refused for a time that is past."""
        if due <= self.now:
            raise Refused(f"due is {due.isoformat()}, expected a time that is still to come")
        self._put(product, 0)
        row = self.database.execute(
            "INSERT INTO bakery_orders (shop, product, pieces, ordered_at, due_at) VALUES (%s, %s, %s, %s, %s) RETURNING id",
            (self.name, product, pieces, self.now, due),
        ).fetchone()
        self._count("bread.ordered", pieces, product)
        lead_s = (due - self.now).total_seconds()
        self.measures.append(Measure("distribution", "bakery.order.lead_time", lead_s, self._tags(product)))
        return {"id": row[0] if row else None}

    def pick_up(self, order: int) -> dict[str, Any]:
        """Whoever ordered comes for it. Raises Refused where it is not there (yet); the first time decides whether it was ready in time."""
        query = "SELECT product, pieces, said_ready FROM bakery_orders WHERE id = %s AND shop = %s AND state = 'open' FOR UPDATE"
        row = self.database.execute(query, (order, self.name)).fetchone()
        if row is None:
            raise Refused(f"order {order} of {self.name} is not open")
        product, pieces, verdict = row
        ready = self._shelf(product)[0] >= pieces
        if verdict is None:
            self._count("order.ready", 1, product, f"in_time:{str(ready).lower()}")
        state = "sold" if ready else "open"
        self.database.execute(
            "UPDATE bakery_orders SET state = %s, said_ready = %s WHERE id = %s", (state, ready, order)
        )
        if not ready:
            return {"ready": False}
        self._put(product, -pieces)
        self._count("bread.sold", pieces, product)
        return {"ready": True, "pieces": pieces}

    def sell(self, product: str, pieces: int) -> dict[str, Any]:
        """A customer without an order takes as many as there are beyond those that are kept. Raises Refused where there are none."""
        there, discounted, reserved = self._shelf(product)
        sold = min(pieces, there - reserved)
        if sold <= 0:
            raise Refused(f"{product} is sold out")
        self._put(product, -sold)
        self._count("bread.sold", sold, product)
        if discounted:
            self._count("bread.discounted", sold, product)
        return {"pieces": sold, "discounted": discounted}

    def discount(self) -> dict[str, Any]:
        """What is left is cheaper from now until closing."""
        self.database.execute("UPDATE bakery_shelves SET discounted = true WHERE shop = %s", (self.name,))
        return {"discounted": True}

    def close(self) -> dict[str, Any]:
        """What is left is thrown away, that of customers who did not come too."""
        query = "SELECT product, pieces FROM bakery_shelves WHERE shop = %s ORDER BY product FOR UPDATE"
        wasted = dict(self.database.execute(query, (self.name,)).fetchall())
        for product, pieces in wasted.items():
            self._count("bread.wasted", pieces, product)
        self.database.execute("UPDATE bakery_shelves SET pieces = 0, discounted = false WHERE shop = %s", (self.name,))
        missed = "UPDATE bakery_orders SET state = 'missed' WHERE shop = %s AND state = 'open' AND due_at <= %s"
        self.database.execute(missed, (self.name, self.now))
        return {"wasted": wasted}

    def forget(self) -> dict[str, Any]:
        """No order and no bread, as on the first day: where a week is played anew."""
        for table in ("bakery_orders", "bakery_shelves"):
            self.database.execute(f"DELETE FROM {table} WHERE shop = %s", (self.name,))
        return {}

    def stock(self) -> dict[str, Any]:
        """What a customer finds: pieces of each product beyond those that are kept, and whether they are cheaper now."""
        shelves = {product: self._shelf(product) for product in OVEN_MINUTES}
        return {
            product: {"pieces": max(there - reserved, 0), "discounted": cheap}
            for product, (there, cheap, reserved) in shelves.items()
        }

    def _shelf(self, product: str) -> tuple[int, bool, int]:
        until = self.now.replace(hour=23, minute=59, second=59)
        parameters = {"shop": self.name, "product": product, "now": self.now, "until": until}
        row = self.database.execute(SHELF, parameters).fetchone()
        return (int(row[0]), bool(row[1]), int(row[2])) if row else (0, False, 0)

    def _put(self, product: str, pieces: int) -> None:
        self.database.execute(
            "INSERT INTO bakery_shelves AS s (shop, product, pieces) VALUES (%s, %s, %s)"
            " ON CONFLICT (shop, product) DO UPDATE SET pieces = s.pieces + excluded.pieces",
            (self.name, product, pieces),
        )

    def _count(self, name: str, count: int, product: str, *more: str) -> None:
        if count:
            self.measures.append(Measure("count", f"bakery.{name}", count, (*self._tags(product), *more)))

    def _tags(self, product: str) -> tuple[str, ...]:
        return f"shop:{self.name}", f"product:{product}"
