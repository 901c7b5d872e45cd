"""v1 bodies of series that were sent before: what stands around their points is then known as text, and need not be decoded again.

A client sends the same series each time, with other points. So a body is cut at its points, the text before and after them is looked up,
and what is left to decode is numbers. The outcome is that of `v1.decode` and `batch.numbered`, in half the time for series of a few points
(measured for 1,000 series with a point each: 0.55 ms against 1.05 ms).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import numpy as np

from doghouse.metrics.door import SeriesList
from doghouse.metrics.intake import v1
from doghouse.metrics.intake.batch import Numbered, split_flat
from doghouse.metrics.model import Floats, Sent

PAIR = rb"\[[^][,]*,[^][,]*\]"
# A series from its points on. What does not look so (no points, braces in a tag, …) is left to `v1.decode`: without its brace at the end it is no JSON.
POINTS = re.compile(rb'"points":\s*\[(' + PAIR + rb"(?:\s*,\s*" + PAIR + rb")*+)\]([^{}]*+\}?)")
# What stands before the first series' points, and before any other's: after a backslash `"points"` would end a text and not be the name.
FIRST = re.compile(rb'\s*\{\s*"series"\s*:\s*\[\s*(\{[^{}]*)(?<!\\)')
NEXT = re.compile(rb"\s*,\s*(\{[^{}]*)(?<!\\)")
END = re.compile(rb"\s*\]\s*\}\s*")
FEW_BYTES = 512  # of a first series' points: where they are more, nearly all of the body is points
KNOWN_LIMIT = 100_000  # texts remembered before the memory starts anew
_floats = msgspec.json.Decoder(list[float])
_series = msgspec.json.Decoder(list[v1.Sent])

Texts = tuple[bytes, bytes]  # before and after a series' points


class Repeats:
    """The texts that were seen, each with the number of its series. Those of a body's first series are apart, for the body begins with them."""

    def __init__(self, series: SeriesList) -> None:
        self._series = series
        self._first: dict[Texts, int] = {}
        self._next: dict[Texts, int] = {}

    def decode(self, body: bytes) -> Numbered | None:
        """What a body holds; None where `v1.decode` must look at it, because it is of another form or because it is wrong."""
        start = body.find(b'"points"')
        if start < 0 or body.find(b"]]", start, start + FEW_BYTES) < 0:
            return None
        *parts, end = POINTS.split(body)
        before, points, after = parts[::3], parts[1::3], parts[2::3]
        if not points or not END.fullmatch(end):
            return None
        texts = list(zip(before, after, strict=True))
        try:
            ts, value = columns(points)
            numbers = [self._first.get(texts[0]), *map(self._next.get, texts[1:])]
            if None in numbers:
                self._learn(texts, numbers)
        except (msgspec.MsgspecError, ValueError):
            return None
        counts = [1] * len(points) if len(ts) == len(points) else [point.count(b"[") for point in points]
        return Numbered(np.array(numbers, np.int64), np.array(counts, np.int64), ts, value)

    def _learn(self, texts: Sequence[Texts], numbers: list[int | None]) -> None:
        """Fill in the numbers of the series that are new. Raises ValueError or msgspec's errors where texts are not those of a series alone."""
        new = [place for place, number in enumerate(numbers) if number is None]
        forms = _forms([texts[place] for place in new], [NEXT if place else FIRST for place in new])
        for place, number in zip(new, self._series.numbers(forms).tolist(), strict=True):
            known = self._next if place else self._first
            if len(known) >= KNOWN_LIMIT:
                known.clear()
            known[texts[place]] = numbers[place] = number


def _forms(texts: Sequence[Texts], forms: Sequence[re.Pattern[bytes]]) -> list[Sent]:
    """The series of these texts, decoded at once. Raises ValueError or msgspec's errors where a text is not that of a series alone.

    A text has one brace that may open a series: where there are as many series as texts, none of these braces is inside a string.
    """
    opened = [form.fullmatch(before) for form, (before, _) in zip(forms, texts, strict=True)]
    alone = [match[1] + b'"points":[]' + after for match, (_, after) in zip(opened, texts, strict=True) if match]
    series = _series.decode(b"[" + b",".join(alone) + b"]")
    if len(series) != len(texts) or any(sent.points for sent in series):  # points are given twice
        raise ValueError
    for sent in series:
        if sent.device:
            v1.tag_device(sent)
    return list(map(v1.form, series))


def columns(points: list[bytes]) -> tuple[Floats, Floats]:
    """The columns of points that are written as `[ts, value], [ts, value]`."""
    return split_flat(_floats.decode(b"[" + b",".join(points).translate(None, b"[]") + b"]"))
