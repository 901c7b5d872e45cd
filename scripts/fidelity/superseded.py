"""Recorded requests that a newer recording contradicts: superseded.yaml names both, and a run checks each pair before it is counted apart.

The newer recording must be newer, and pass here; and wherever doghouse's answer is not the older one, the newer answer must not be it either: what is
missing here is missing there, and any other value is there and is another one. A pair of which this does not hold stays a plain miss.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .client import load_yaml
from .result import Pair, Result

FILE = Path(__file__).with_name("superseded.yaml")
MISSING = object()
GONE = ": missing"  # how a difference ends that is a missing field


def read() -> list[Pair]:
    """What superseded.yaml says."""
    rules = load_yaml(FILE.read_text())
    return [Pair(older, rule["newer"], " ".join(rule["why"].split())) for rule in rules for older in rule["older"]]


def marked(results: Sequence[Result], pairs: Sequence[Pair]) -> list[Result]:
    """The same results; a miss that a pair names, and of which the pair holds, has the pair."""
    by_older = {pair.older: pair for pair in pairs}
    judged = []
    for result in results:
        pair = by_older.get(result.name)
        newer = [other for other in results if pair is not None and other.name == pair.newer]
        judged.append(replace(result, superseded=pair) if contradicted(result, newer) else result)
    return judged


def contradicted(older: Result, newer: Sequence[Result]) -> bool:
    """Whether all of the newer recordings pass and contradict everything that is amiss with the older one."""
    return older.reason is not None and bool(newer) and all(_contradicts(older, other) for other in newer)


def _contradicts(older: Result, newer: Result) -> bool:
    if newer.reason is not None or older.recording is None or newer.recording is None:
        return False
    was, is_ = older.recording, newer.recording
    return is_.time > was.time and all(_differs(text, was.answer, is_.answer) for text in was.differences)


def _differs(difference: str, was: Any, is_: Any) -> bool:
    """Whether the newer answer is not as the older one where a difference is. Of lists the lengths are compared: what is in them has a place of its own."""
    gone = difference.endswith(GONE)
    place = difference.removesuffix(GONE) if gone else difference.partition(": ")[0]
    before, after = value_at(was, place), value_at(is_, place)
    if before is MISSING or (after is MISSING) != gone:
        return False
    if isinstance(before, list) and isinstance(after, list):
        return len(before) != len(after)
    return bool(before != after)


def value_at(answer: Any, place: str) -> Any:
    """The value at `a.b[0].c`; MISSING where there is none."""
    for name in re.findall(r"[^.\[\]]+", place):
        try:
            answer = answer[int(name) if isinstance(answer, list) else name]
        except (KeyError, IndexError, TypeError, ValueError):
            return MISSING
    return answer
