#!/usr/bin/env python3
"""Lists every rule of doghouse that is a guess: where it stands, and what it says. A guess is a line marked GUESS.

With --docs it writes them into docs/fidelity.md, behind the heading that `make fidelity` gives them.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "doghouse/src/doghouse"
DOCS = ROOT / "docs/fidelity.md"
HEADING = "## Guesses"
INTRODUCTION = "What neither recordings nor pages say, as doghouse does it. `make guesses` names the lines; `scripts/docs/guesses.py --docs` writes this table."


def guesses() -> list[tuple[Path, int, str]]:
    """Path, line and text of each rule in doghouse's source that is marked GUESS."""
    rules = []
    for path in sorted(SOURCE.rglob("*.py")):
        lines = path.read_text().splitlines()
        below = 0
        for place, line in enumerate(lines):
            if place >= below and re.search(r"\bGUESS\b", line):
                below = _end(lines, place)
                text = " ".join(part.strip() for part in lines[place:below])
                rules.append((path, place + 1, text.replace('"""', "").strip(" #")))
    return rules


def _end(lines: list[str], place: int) -> int:
    """Where the rule that begins at this line is at its end: behind the line that ends a sentence, or a comment."""
    while place + 1 < len(lines):
        text = lines[place].strip()
        if "#" in text or text.endswith((".", '."""', ")", '"""')) or not lines[place + 1].strip():
            break
        place += 1
    return place + 1


def section() -> str:
    """The guesses as a part of docs/fidelity.md."""
    rows = [f"| `{path.relative_to(SOURCE)}` | {text.replace('|', chr(92) + '|')} |" for path, _, text in guesses()]
    return "\n".join([HEADING, "", INTRODUCTION, "", "| where | rule |", "|---|---|", *rows]) + "\n"


def write() -> None:
    """Put the section at the end of docs/fidelity.md, in place of the one that is there."""
    page = DOCS.read_text().partition(f"\n{HEADING}\n")[0].rstrip()
    DOCS.write_text(f"{page}\n\n{section()}")


def main() -> None:
    """One guess a line."""
    rows = guesses()
    if "--docs" in sys.argv[1:]:
        write()
    for path, number, text in rows:
        print(f"{path.relative_to(ROOT)}:{number}  {text}")
    print(f"{len(rows)} guesses")
    sys.exit(0 if rows else 1)


if __name__ == "__main__":
    main()
