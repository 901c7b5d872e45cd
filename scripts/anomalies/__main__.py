"""Measures the bands of anomalies() and writes the tables of docs/fidelity-anomalies.md, between their marks: `python -m scripts.anomalies`.

With --generated it writes the table of the generated series alone, for which nothing is fetched.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.anomalies.measuring import table
from scripts.anomalies.series import generated, public

DOCUMENT = Path(__file__).parents[2] / "docs" / "fidelity-anomalies.md"


def written(text: str, name: str, content: str) -> str:
    """The text with the content between the marks of that name. Raises ValueError where it has no such marks."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    start = text.index(begin) + len(begin)
    return text[:start] + content + "\n" + text[text.index(end) :]


def main() -> None:
    """Write the tables."""
    text = written(DOCUMENT.read_text(), "generated", table(generated()))
    if "--generated" not in sys.argv:
        text = written(text, "public", table(public()))
    DOCUMENT.write_text(text)


if __name__ == "__main__":
    main()
