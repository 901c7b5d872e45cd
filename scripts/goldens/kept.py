"""The goldens on disk: a JSON-lines file an area, sorted by case. A short text is kept whole, of a long one its head and a digest."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.goldens.case import Case

FOLDER = Path(__file__).parent / "kept"
WHOLE = 900  # characters of a text that is kept whole
HEAD = 600  # characters that are kept of a longer one
SHOWN_LINES = 14

Kept = Mapping[str, dict[str, Any]]


def entry(case: Case, *, digest_only: bool = False) -> dict[str, Any]:
    """What is kept of a case. `digest_only` keeps nothing of the text: for other people's."""
    if len(case.text) <= WHOLE and not digest_only:
        return {"text": case.text}
    digest = hashlib.sha256(case.text.encode()).hexdigest()[:32]
    return {"digest": digest, "length": len(case.text), "head": "" if digest_only else case.text[:HEAD]}


def file_of(area: str) -> Path:
    """Where an area's goldens are."""
    return FOLDER / f"{area}.jsonl"


def read(area: str) -> dict[str, dict[str, Any]]:
    """An area's goldens by case."""
    rows = map(json.loads, file_of(area).read_text().splitlines())
    return {row.pop("case"): row for row in rows}


def write(area: str, entries: Kept) -> None:
    """Put an area's goldens in place."""
    FOLDER.mkdir(exist_ok=True)
    rows = [json.dumps({"case": name} | entries[name], ensure_ascii=False) for name in sorted(entries)]
    file_of(area).write_text("".join(row + "\n" for row in rows))


def differences(expected: Kept, got: Kept, texts: Mapping[str, str]) -> Iterator[str]:
    """For each case that differs its name and the first lines of the difference."""
    for name in sorted({*expected, *got}):
        if name not in got:
            yield f"{name}\n    the case is gone"
        elif name not in expected:
            yield f"{name}\n    the case is new"
        elif expected[name] != got[name]:
            yield f"{name}\n{_difference(expected[name], texts[name])}"


def _difference(expected: Mapping[str, Any], text: str) -> str:
    if "text" in expected:
        return _diff(expected["text"], text)
    head = expected["head"]
    if head and text[:HEAD] != head:
        return _diff(head, text[:HEAD])
    beyond = f"    beyond the {len(head)} characters that are kept" if head else "    by digest"
    return f"{beyond}: expected {expected['length']} characters, got {len(text)}; --full DIR writes whole texts"


def _diff(expected: str, got: str) -> str:
    both = difflib.unified_diff(expected.splitlines(), got.splitlines(), "expected", "got", lineterm="", n=1)
    shown = list(both)
    more = [f"... and {len(shown) - SHOWN_LINES} lines more"] if len(shown) > SHOWN_LINES else []
    return "\n".join(f"    {line}" for line in [*shown[:SHOWN_LINES], *more])


def write_full(folder: Path, area: str, cases: Iterable[Case]) -> None:
    """Write each case's whole text into a file, so that two commits can be compared with `diff -r`."""
    (folder / area).mkdir(parents=True, exist_ok=True)
    for case in cases:
        (folder / area / f"{case.name.replace('/', '_')[:150]}.txt").write_text(case.text + "\n")
