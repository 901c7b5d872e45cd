"""Graphs as PNG pictures, drawn on the server: what snapshots, mails and documentation show. A function of its arguments.

matplotlib is imported with the first picture, so that a server starts without it.
"""

from __future__ import annotations

import io
import math
import threading
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from doghouse.queries import ResultSeries

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's palette: told apart by colour-blind people too. The same as in the pages' stylesheet.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6d5c00")
INK, SOFT, RULE, BAND, ALERT = "#1d1f23", "#62666d", "#e4e4e1", "#8a8f98", "#c8372d"
TONES = {"alert": "#c8372d", "warn": "#c98a00", "ok": "#2e8b57"}
MARKERS = {"error": "alert", "warning": "warn", "ok": "ok"}  # a marker's display type → its tone
DPI = 100
MOST_LINES = 100
LONGEST_TEXT, LONGEST_LABEL = 400, 60  # signs of a title, of a line in the legend
HIGHEST = 1e150  # what is beyond stands at the edge: axes cannot reach to the end of floats
MOST_NAMED = 8  # lines in the legend; more would leave no room for the graph
STEPS_BETWEEN = 8  # points between two of a line, where it is looked for its crossing of a band
JOINED_S = 300  # points at most this far apart are joined by a line, as Datadog interpolates
_drawing = threading.Lock()  # matplotlib's text layout is not made for threads


class Marker(Struct, frozen=True):
    """A threshold: a thin line that carries its number. `tone` is a key of TONES."""

    value: float
    label: str = ""
    tone: str = "alert"


class Picture(Struct, frozen=True):
    """What a picture shows: lines over [start, end) (s UTC), in px. `display` is line, bars or area; `empty` what stands where there is no line.

    `simulated` are the ranges (s UTC) whose points were not measured: they are hatched, as on the pages.
    """

    title: str
    lines: Sequence[ResultSeries]
    start: float
    end: float
    markers: Sequence[Marker] = ()
    display: str = "line"
    width: int = 600
    height: int = 260
    zone: tzinfo = UTC
    empty: str = "no points in this range"
    simulated: Sequence[tuple[float, float]] = ()


def markers(documents: Sequence[Any]) -> list[Marker]:
    """A widget's `y = 15` markers (dashboards/graphing_json/widget_json); ranges and what cannot be read are left out of pictures."""
    drawn = []
    for marker in documents:
        side, _, value = str(marker.get("value", "") if isinstance(marker, Mapping) else "").partition("=")
        try:
            number = float(value)
        except ValueError:
            continue
        if side.strip() == "y" and math.isfinite(number):
            tone = MARKERS.get(str(marker.get("display_type", "")).split(" ")[0], "")
            drawn.append(Marker(number, str(marker.get("label") or "").strip(), tone))
    return drawn


def draw(picture: Picture) -> bytes:
    """The picture as PNG."""
    from matplotlib.figure import Figure

    with _drawing, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of signs that no font has, and of a title that leaves no room
        figure = Figure(figsize=(picture.width / DPI, picture.height / DPI), dpi=DPI, layout="constrained")
        figure.patch.set_facecolor("#ffffff")
        axes = figure.add_subplot()
        _frame(axes, picture)
        for start, end in picture.simulated:
            _hatch(axes, max(start, picture.start), min(end, picture.end), picture)
        shown = [line for line in picture.lines if len(line.ts)][:MOST_LINES]
        for place, series in enumerate(shown):
            _line(axes, series, PALETTE[place % len(PALETTE)], picture)
        _limits(axes, shown, picture)
        for marker in picture.markers:
            _marker(axes, marker, picture)
        if not shown:
            axes.set_yticks([])
            axes.text(
                0.5,
                0.5,
                plain(picture.empty),
                parse_math=False,
                transform=axes.transAxes,
                ha="center",
                va="center",
                color=SOFT,
                fontsize=9,
            )
        if len(shown) > 1:
            _legend(figure, shown)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()


def _frame(axes: Axes, picture: Picture) -> None:
    """Title, axes and times."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
    from matplotlib.ticker import FuncFormatter

    axes.set_title(plain(picture.title), parse_math=False, loc="left", fontsize=10, fontweight="bold", color=INK)
    axes.set_xlim(date2num(_moment(picture.start, picture)), date2num(_moment(picture.end, picture)))
    zone = picture.zone.tzname(_moment(picture.end, picture)) or ""
    locator = AutoDateLocator(tz=picture.zone, maxticks=8)
    formatter = ConciseDateFormatter(locator, tz=picture.zone)
    formatter.offset_formats = ["", "%Y", "%Y-%b", *[f"%Y-%b-%d {zone}"] * 3]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    axes.xaxis.get_offset_text().set(fontsize=8, color=SOFT)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.tick_params(colors=SOFT, labelsize=8, length=0)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(RULE)


def _hatch(axes: Axes, start: float, end: float, picture: Picture) -> None:
    if end <= start:
        return
    left, right = _moment(start, picture), _moment(end, picture)
    axes.axvspan(left, right, facecolor="none", edgecolor=BAND, hatch="////", linewidth=0, alpha=0.3)  # type: ignore[arg-type]
    axes.annotate(
        "simulated",
        (left, 0),
        xycoords=("data", "axes fraction"),
        xytext=(3, 3),
        textcoords="offset points",
        color=SOFT,
        fontsize=8,
    )


def _moment(ts: float, picture: Picture) -> datetime:
    return datetime.fromtimestamp(ts, picture.zone)


def _line(axes: Axes, series: ResultSeries, color: str, picture: Picture) -> None:
    """One line with its last value; an anomaly's band in grey, what leaves it in red."""
    ts, values = _with_gaps(series)
    times = np.array([_moment(float(at), picture) for at in ts])
    if picture.display == "bars":
        axes.bar(times, values, width=series.interval / 86400 * 0.86, align="edge", color=color, alpha=0.85)
    else:
        alone = np.count_nonzero(np.isfinite(values)) < 2
        axes.plot(times, values, color=color, linewidth=1.2, marker="." if alone else None)
        if picture.display == "area":
            axes.fill_between(times, values, color=color, alpha=0.22, linewidth=0)
    if series.bounds is not None:
        _bounds(axes, series, picture)
    _last(axes, series, color, picture)


def _with_gaps(series: ResultSeries) -> tuple[Any, Any]:
    """Times and values, a NaN between points that are too far apart to be joined."""
    wide = np.flatnonzero(np.diff(series.ts) > max(JOINED_S, 3 * series.interval)) + 1
    return np.insert(series.ts, wide, series.ts[wide] - 1), np.insert(_drawable(series.values), wide, np.nan)


def _drawable(values: Any) -> Any:
    """Numbers that axes reach to."""
    return np.clip(values, -HIGHEST, HIGHEST)


def _bounds(axes: Axes, series: ResultSeries, picture: Picture) -> None:
    assert series.bounds is not None
    low, high = map(_drawable, series.bounds)
    times = np.array([_moment(float(at), picture) for at in series.ts])
    axes.fill_between(times, low, high, color=BAND, alpha=0.25, linewidth=0)
    # So that a line is red from where it leaves the band.
    fine = np.linspace(series.ts[0], series.ts[-1], STEPS_BETWEEN * len(series.ts))
    line, least, most = (np.interp(fine, series.ts, values) for values in (_drawable(series.values), low, high))
    outside = np.where((line < least) | (line > most), line, np.nan)
    axes.plot(np.array([_moment(float(at), picture) for at in fine]), outside, color=ALERT, linewidth=1.6)


def _last(axes: Axes, series: ResultSeries, color: str, picture: Picture) -> None:
    """The last value at the right end, in the line's colour."""
    present = np.flatnonzero(np.isfinite(series.values))
    if not len(present) or picture.end - series.ts[present[-1]] > max(JOINED_S, 3 * series.interval):
        return
    value = float(series.values[present[-1]])
    axes.annotate(
        short(value), (1, float(_drawable(value))), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
        va="center", color=color, fontsize=8, annotation_clip=False,
    )  # fmt: skip


def _limits(axes: Axes, shown: Sequence[ResultSeries], picture: Picture) -> None:
    """The values' range, with zero and the thresholds in it."""
    bounds = [bound for series in shown if series.bounds is not None for bound in series.bounds]
    every = [values[np.isfinite(values)] for values in (*(series.values for series in shown), *bounds)]
    numbers = np.concatenate([*every, [0.0], [marker.value for marker in picture.markers]])
    numbers = _drawable(numbers)
    low, high = float(np.min(numbers)), float(np.max(numbers))
    pad = (high - low or 1) * 0.06
    axes.set_ylim(low - pad if low < 0 else 0, high + pad)


def _marker(axes: Axes, marker: Marker, picture: Picture) -> None:
    color = TONES.get(marker.tone, SOFT)
    value = float(_drawable(marker.value))
    axes.axhline(value, color=color, linewidth=0.9, linestyle=(0, (4, 3)))
    text = f"{plain(marker.label)} {short(marker.value)}".strip()
    axes.annotate(
        text, (0, value), parse_math=False, xycoords=("axes fraction", "data"), xytext=(3, 2), textcoords="offset points",
        color=color, fontsize=8, annotation_clip=False,
    )  # fmt: skip


def _legend(figure: Any, shown: Sequence[ResultSeries]) -> None:
    from matplotlib.lines import Line2D

    named = shown[:MOST_NAMED]
    handles = [Line2D([], [], color=PALETTE[place % len(PALETTE)], linewidth=2) for place, _ in enumerate(named)]
    labels = [label(series) for series in named]
    if len(shown) > len(named):
        handles.append(Line2D([], [], color="none"))
        labels.append(f"{len(shown) - len(named)} more")
    legend = figure.legend(
        handles,
        [plain(text, LONGEST_LABEL) for text in labels],
        loc="outside lower left",
        ncols=4,
        fontsize=8,
        frameon=False,
        labelcolor=SOFT,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def plain(text: str, most: int = LONGEST_TEXT) -> str:
    """A text as it is drawn: one line of what fonts have signs for, cut where no picture is wide enough."""
    line = "".join(sign if sign.isprintable() else " " for sign in text[:most])
    return line.encode("utf-8", "replace").decode()


def label(series: ResultSeries) -> str:
    """What a line is called: its group, else its expression."""
    return ", ".join(f"{key}:{value}" for key, value in series.group) or series.expression


def short(value: float) -> str:
    """A number in at most four figures: `12345` → `12.35k`."""
    for size, suffix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if suffix == 'k' else size):.4g}{suffix}"
    return f"{value:.4g}"
