"""How long an account asks to wait."""

from __future__ import annotations

import pytest

from doghouse.importing import asked_to_wait
from doghouse.importing.rate_limits import Standing, standing


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-RateLimit-Reset": "7"}, 7.0),
        ({"x-ratelimit-reset": "1.5", "retry-after": "9"}, 1.5),
        ({"Retry-After": "9"}, 9.0),
        ({"X-RateLimit-Reset": "-3"}, 0.0),
        ({"Retry-After": "Mon, 02 Mar 2026 10:00:00 GMT"}, None),
        ({"X-RateLimit-Reset": "nan"}, None),
        ({}, None),
    ],
)
def test_the_headers_say_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_to_wait(headers) == seconds


STANDING = {
    "X-RateLimit-Limit": "100",
    "X-RateLimit-Period": "60",
    "X-RateLimit-Remaining": "10",
    "X-RateLimit-Reset": "5",
}


@pytest.mark.parametrize(
    ("requests", "seconds"), [(0, 0), (10, 0), (11, 5), (110, 5), (111, 65), (210, 65), (1010, 5 + 9 * 60)]
)
def test_how_long_requests_have_to_wait_follows_from_how_the_limit_stands(requests: int, seconds: float) -> None:
    stands = standing(STANDING)
    assert stands == Standing(100, 60, 10, 5)
    assert stands.waiting(requests) == seconds


@pytest.mark.parametrize("wrong", [{}, {"X-RateLimit-Limit": "many"}, {"X-RateLimit-Period": "nan"}])
def test_an_answer_without_a_limit_says_none(wrong: dict[str, str]) -> None:
    assert standing({**STANDING, **wrong} if wrong else {}) is None
