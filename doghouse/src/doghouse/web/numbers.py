"""Numbers as requests have them, for what must not need a server to be read."""

MAX_KEY = 2**63 - 1  # SQLite's
LATEST_S = 99_999_999_999  # a time in s since 1970 that is beyond is surely one in milliseconds


def whole_number(text: str) -> int | None:
    """A number from 0 in decimal digits; None for anything else, and for one of more digits than anything here has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 30 else None


def key(text: str) -> int:
    """The id of something that is kept. Where the text is none, it is 0, which nothing has."""
    number = whole_number(text)
    return 0 if number is None or number > MAX_KEY else number
