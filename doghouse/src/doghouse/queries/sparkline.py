"""A series' course in one line of text."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 32  # cells


def sparkline(points: Sequence[tuple[float, float | None]], start: float, end: float, width: int = WIDTH) -> str:
    """The mean of the (time, value) points in each of `width` equal parts of [start, end) as a bar, a blank where there are none."""
    sums, counts = [0.0] * width, [0] * width
    for time, value in points:
        if value is not None:
            cell = min(width - 1, max(0, int((time - start) / (end - start) * width)))
            sums[cell] += value
            counts[cell] += 1
    means = [total / count if count else None for total, count in zip(sums, counts, strict=True)]
    known = [mean for mean in means if mean is not None]
    if not known:
        return " " * width
    low, span = min(known), max(known) - min(known)
    top = len(BARS) - 1
    return "".join(
        " " if mean is None else BARS[round((mean - low) / span * top) if span else top // 2] for mean in means
    )


def figure(value: float | None) -> str:
    """A value in at most six significant digits."""
    return "-" if value is None else f"{value:.6g}"
