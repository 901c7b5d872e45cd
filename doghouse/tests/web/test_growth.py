"""Bodies and other texts are looked through in one pass: what does not end where it should is not tried from each of its places again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from growth import seconds

from doghouse.dashboards.warnings import warnings
from doghouse.metrics.intake.repeats import Repeats
from doghouse.metrics.store.index import SeriesIndex
from doghouse.notifications.webhooks.template import Variables, with_zeroes
from doghouse.review.words import difference
from doghouse.ui.workbench.completion import complete
from doghouse.web.body import limits

NESTED = b"[" * 101
FILL = Variables({"TITLE": "t"}, {}, {}).fill_json


def remembered(body: bytes) -> object:
    """What the intake makes of a body of series that it looks up as text."""
    return Repeats(SeriesIndex()).decode(b'{"series":[{"metric":"m","points":[[1,1]]},' + body)


def board_warnings(query: bytes) -> object:
    """What is said of a board with such a query."""
    widget = {"definition": {"type": "timeseries", "requests": [{"q": query.decode()}]}}
    return warnings({"title": "t", "layout_type": "ordered", "widgets": [widget]})


@pytest.mark.parametrize(
    ("act", "piece"),
    [
        (lambda piece: limits.depth(NESTED + b'"' + piece), b'\\"'),
        (lambda piece: limits.depth(NESTED + b'"' + piece + b"\\"), b'\\"a'),
        (lambda piece: limits.depth(NESTED + piece), b'"['),
        (lambda piece: FILL('"' + piece.decode()), b'\\"'),
        (lambda piece: FILL(piece.decode()), b"$TAGS["),
        (lambda piece: with_zeroes(piece.decode()), b"$A["),
        (remembered, b'"points":[[1,1]]'),
        (remembered, b'"points":[[1,1]'),
        (remembered, b'{"points":'),
        (board_warnings, b"x"),
        (lambda piece: complete("monitor", piece.decode(), len(piece), [], lambda _: {}), b" "),
        (lambda piece: difference(piece.decode(), "a"), b"{{"),
    ],
)
def test_the_time_to_look_through_a_body_grows_with_it_and_not_faster(
    act: Callable[[bytes], object], piece: bytes
) -> None:
    """Eight times the body may take 8 times as long; tried again from each place it would take 64 times."""
    short, long = (seconds(lambda size=size: act(piece * (size // len(piece)))) for size in (4_000, 32_000))
    assert long < 32 * short + 0.001


def test_a_text_that_does_not_end_holds_no_brackets() -> None:
    assert limits.depth(b'[["[[[[\\"[[') == 2
    assert limits.depth(b'[["[[[[\\') == 2
    assert limits.depth(b'[["[[[["[') == 3
