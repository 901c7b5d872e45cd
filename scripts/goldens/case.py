"""What a golden is: the name of a case and the text that it answers with, without what differs from run to run."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONG_FLOAT = re.compile(r"-?\d+\.\d{9,}(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Case:
    """A case's name, which is unique in its area, and its text."""

    name: str
    text: str


def rounded(text: str) -> str:
    """The text with every long float at ten significant digits: the order of a sum is no difference."""
    return LONG_FLOAT.sub(lambda match: f"{float(match[0]):.10g}", text)


def lines(json_text: str) -> str:
    """A JSON text with an object of a list on each line, for a readable difference; else as it is."""
    return json_text.replace("},{", "},\n{")
