"""How long an account asks to wait."""

from __future__ import annotations

import pytest

from doghouse.importing import asked_to_wait
from doghouse.importing.rate_limits import is_used_up


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


def test_the_last_answer_that_a_limit_allows_says_so() -> None:
    assert is_used_up({"X-RateLimit-Remaining": "0"})
    assert not is_used_up({"X-RateLimit-Remaining": "10"})
    assert not is_used_up({})
