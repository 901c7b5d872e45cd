"""The bakery's made-up customers: the same week whenever it is played, and nobody does what cannot be done."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import takewhile

from companion.app.bakery.play import days
from companion.app.bakery.shop import OVEN_MINUTES
from companion.app.bakery.week import CLOSED, DAYS, OPEN, SHOPS, Visit

FOR_THE_SHELF = (time(6, 40), time(12))  # and at noon for orders too, which are then among those of the next hours
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def week(shop: str, start: datetime = MONDAY) -> list[Visit]:
    return list(takewhile(lambda visit: visit.at < start + timedelta(days=DAYS), days(shop, start)))


def test_the_week_does_not_depend_on_its_date() -> None:
    later = datetime(2026, 11, 23, tzinfo=UTC)
    for shop in SHOPS:
        assert [visit.at - MONDAY for visit in week(shop)] == [visit.at - later for visit in week(shop, later)]


def test_shops_differ_and_only_those_that_discount_do_so() -> None:
    counted = {shop: Counter(visit.what for visit in week(shop)) for shop in SHOPS}
    assert len({tuple(sorted(each.items())) for each in counted.values()}) == len(SHOPS)
    assert {shop: each["discount"] for shop, each in counted.items()} == {"market": 7, "mill": 7, "station": 0}
    assert {each["close"] for each in counted.values()} == {7}


def test_time_goes_forward_and_people_come_while_the_shop_is_open() -> None:
    for shop in SHOPS:
        visits = week(shop)
        assert visits == sorted(visits)
        minutes = [visit.at.hour * 60 + visit.at.minute for visit in visits if visit.what in ("sales", "pick-up")]
        assert min(minutes) >= OPEN
        assert max(minutes) <= CLOSED


def test_an_order_is_made_before_it_is_due_and_fetched_once_at_most_and_not_before() -> None:
    for shop in SHOPS:
        due = {visit.order: visit.due for visit in week(shop) if visit.what == "orders"}
        assert all(visit.due and visit.at < visit.due for visit in week(shop) if visit.what == "orders")
        fetched = [visit for visit in week(shop) if visit.what == "pick-up" and visit.order in due]
        assert all(visit.at >= due[visit.order] for visit in fetched)
        assert max(Counter(visit.order for visit in fetched).values()) == 1


def test_nothing_is_baked_for_an_order_that_came_after_the_dough_went_in() -> None:
    for shop in SHOPS:
        for product, minutes in OVEN_MINUTES.items():
            first = [
                visit for visit in week(shop) if visit.at < MONDAY + timedelta(days=1) and visit.product == product
            ]
            ordered = [visit for visit in first if visit.what == "orders"]
            baked = [visit for visit in first if visit.what == "bake" and visit.at.time() not in FOR_THE_SHELF]
            for one in baked:
                known = [each.pieces for each in ordered if each.at <= one.at - timedelta(minutes=minutes)]
                assert sum(each.pieces for each in baked if each.at <= one.at) <= sum(known)
