"""Numbers as requests have them, for what must not need a server to be read."""

LATEST_S = 99_999_999_999  # a time in s since 1970 that is beyond is surely one in milliseconds


def whole_number(text: str) -> int | None:
    """A number from 0 in decimal digits; None for anything else, and for one of more digits than anything here has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 30 else None
