"""Whole numbers in texts that other people write: digits from 0 to 9 and no others, and no more of them than any number here has.

Python's own ways go further: `isdigit()` and `\\d` take `²` and `١` too, and `int()` raises ValueError for the first, and for more than 4,300 digits.
"""

import math

MAX_KEY = 2**63 - 1  # SQLite's
LATEST_S = 99_999_999_999  # a time in s since 1970 that is beyond is surely one in milliseconds
DIGITS = 30  # at most


def whole_number(text: str) -> int | None:
    """A number from 0 in decimal digits; None for anything else, and for one of more than DIGITS digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def key(text: str) -> int:
    """The id that a text is. A text that is no id gives 0; no object has that id."""
    number = whole_number(text)
    return 0 if number is None or number > MAX_KEY else number


def decimal(text: str) -> float:
    """A number as `float` reads it. Raises ValueError, also for what that takes too: digits of other scripts, underscores, and digits beyond all floats."""
    number = float(text)
    if "_" in text or not text.isascii() or (math.isinf(number) and "inf" not in text.lower()):
        raise ValueError(f"'{text}' is not a number")
    return number
