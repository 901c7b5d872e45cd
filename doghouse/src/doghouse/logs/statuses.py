"""The status of a log (docs: logs/log_configuration/processors, log status remapper)."""

from __future__ import annotations

SYSLOG = ("emergency", "alert", "critical", "error", "warn", "notice", "info", "debug")  # severities 0 to 7
PREFIXES = {
    "emerg": "emergency",
    "f": "emergency",
    "a": "alert",
    "c": "critical",
    "err": "error",
    "w": "warn",
    "n": "notice",
    "i": "info",
    "d": "debug",
    "t": "debug",
    "v": "debug",
    "o": "ok",
    "s": "ok",
}


def status(sent: str) -> str:
    """The status that a text or a number stands for, by how it begins, whatever its case; `info` for anything else.

    GUESS: the word kept is `warn`, where the page has `warning`, and a digit in a text is a severity too.
    """
    text = sent.strip().lower()
    if len(text) == 1 and text in "01234567":
        return SYSLOG[int(text)]
    return next((word for prefix, word in PREFIXES.items() if text.startswith(prefix)), "info")
