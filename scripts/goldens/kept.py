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
HEAD = 400  # characters that are kept of a longer one
MOST_LINES = 600  # of a longer text that are kept as two hexadecimal digits of their digest each
SHOWN_LINES = 14
LINE = 400  # characters shown of a line

Kept = Mapping[str, dict[str, Any]]


def entry(case: Case, *, digest_only: bool = False) -> dict[str, Any]:
    """What is kept of a case. `digest_only` keeps nothing of the text: for other people's."""
    if len(case.text) <= WHOLE and not digest_only:
        return {"text": case.text}
    kept = {"digest": _digest(case.text, 32), "length": len(case.text)}
    if digest_only:
        return kept
    return kept | {"head": case.text[:HEAD], "lines": _lines(case.text)}


def _digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def _lines(text: str) -> str:
    return "".join(_digest(line, 2) for line in text.splitlines()[:MOST_LINES])


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
    whole = f"expected {expected['length']} characters, got {len(text)}; --full DIR writes whole texts"
    if "head" not in expected:
        return f"    by digest: {whole}"
    if text[:HEAD] != expected["head"]:
        return f"{_diff(expected['head'], text[:HEAD])}\n    {whole}"
    return f"{_other_lines(expected['lines'], text)}    {whole}"


def _other_lines(expected: str, text: str) -> str:
    """The lines of a long text that are others than those of which two digits are kept."""
    before, now = [expected[place : place + 2] for place in range(0, len(expected), 2)], text.splitlines()[:MOST_LINES]
    matcher = difflib.SequenceMatcher(None, before, [_digest(line, 2) for line in now], autojunk=False)
    shown = []
    for kind, old, old_end, new, new_end in matcher.get_opcodes():
        if kind != "equal":
            shown.append(f"    line {new + 1}: {old_end - old} of before are now")
            shown += [f"    +{line[:LINE]}" for line in now[new:new_end]] or ["    nothing"]
    more = [f"    ... and {len(shown) - SHOWN_LINES} lines more"] if len(shown) > SHOWN_LINES else []
    return "".join(f"{line}\n" for line in [*shown[:SHOWN_LINES], *more])


def _diff(expected: str, got: str) -> str:
    both = difflib.unified_diff(expected.splitlines(), got.splitlines(), "expected", "got", lineterm="", n=1)
    shown = list(both)
    more = [f"... and {len(shown) - SHOWN_LINES} lines more"] if len(shown) > SHOWN_LINES else []
    return "\n".join(f"    {line[:LINE]}" for line in [*shown[:SHOWN_LINES], *more])


def write_full(folder: Path, area: str, cases: Iterable[Case]) -> None:
    """Write each case's whole text into a file, so that two commits can be compared with `diff -r`."""
    (folder / area).mkdir(parents=True, exist_ok=True)
    for case in cases:
        (folder / area / f"{case.name.replace('/', '_')[:150]}.txt").write_text(case.text + "\n")
