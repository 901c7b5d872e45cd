"""The review of a change as text for a terminal: a line an idea."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from doghouse.reports.registry import writes
from doghouse.reports.review import rows
from doghouse.review.fields import FieldChange
from doghouse.review.headline import headline, legend, stretch, tests, title, total, wording
from doghouse.review.model import Change, Compared, OtherChange, Placed, Range, Review
from doghouse.review.words import Piece, difference, shortened

if TYPE_CHECKING:
    from rich.text import Text

STYLES = {"error": "red", "warning": "yellow", "gone": "red", "new": "green", "same": ""}
LONG = 40  # letters of a text that is told in words


@writes("text", Review)
def review(review: Review, out: TextIO) -> None:
    """Each change under its headline, and the counts."""
    from rich.text import Text

    from doghouse.reports.text.screen import console

    screen = console(out)
    for line in _lines(review):
        screen.print(line if isinstance(line, Text) else Text(line))


def _lines(review: Review) -> Iterator[str | Text]:
    for remark in review.remarks:
        yield f"note: {remark}"
    if review.range is not None and any(change.compared for change in review.changes):
        yield f"over {stretch(review.range)}; {legend(review.range)}"
    for placed in review.unread:
        yield _problem(placed, "")
    for placed in review.cured_files:
        yield f"can be read again: {placed.place}"
    for other in review.others:
        yield from _other(other)
    for change in review.changes:
        yield from _change(change, review)
    yield from _tests(review)
    if text := total(review):
        yield text
    yield title(review)


def _change(change: Change, review: Review) -> Iterator[str | Text]:
    from rich.text import Text

    yield Text(headline(change), style="bold")
    if change.kind in ("new", "removed", "affected") or change.compared:
        yield f"  {change.kind}, {change.where}" + (f": {', '.join(change.because)}" if change.because else "")
    else:
        yield f"  {change.where}"
    if change.unevaluated:
        yield f"  not evaluated: {change.unevaluated}"
    yield from _fields(rows.unlike(change))
    for placed in change.new_problems:
        yield _problem(placed, "new ")
    for placed in change.cured:
        yield f"  cured   {placed.problem.field}: {placed.problem.text}"
    yield from _history(change, review)


def _fields(fields: Sequence[FieldChange]) -> Iterator[str | Text]:
    from rich.text import Text

    for field in fields:
        if field.is_text and len(str(field.old)) + len(str(field.new)) > LONG:
            yield Text.assemble(f"  {field.field}: ", *_words(difference(field.old, field.new), indent="    "))
        else:
            yield f"  {field.field}: {wording(field)}"


def _words(pieces: Sequence[Piece], indent: str) -> Iterator[str | tuple[str, str]]:
    """`[-gone-]{+new+}`, as git's word diffs have it."""
    marks = {"same": ("", ""), "gone": ("[-", "-]"), "new": ("{+", "+}")}
    for piece in shortened(pieces):
        first, last = marks[piece.kind]
        yield first + piece.text.replace("\n", f"\n{indent}") + last, STYLES[piece.kind]


def _problem(placed: Placed, word: str) -> Text:
    from rich.text import Text

    problem = placed.problem
    rule = f"{problem.rule}  " if problem.rule else ""
    return Text.assemble(
        f"  {word}",
        (problem.severity, STYLES.get(problem.severity, "")),
        f"  {placed.place}  {problem.field}  {rule}{problem.text}",
    )


def _history(change: Change, review: Review) -> Iterator[str | Text]:
    from rich.text import Text

    compared, range = change.compared, review.range
    if compared is None or range is None:
        return
    yield from (Text(f"  {text}", style="red") for text in compared.unseen)
    if compared.differs:
        yield from _beside(compared, range)
    else:
        yield "  over history it does the same"
    if compared.suggestion is not None:
        yield f"  better: {rows.suggestion(compared.suggestion)}"


def _beside(compared: Compared, range: Range) -> Iterator[str | Text]:
    from rich.text import Text

    for name, before, after in rows.rows(compared, range):
        yield f"  {name}: {before}" if before == after else f"  {name}: {before} → {after}"
    for word, side in (("before", compared.before), ("after", compared.after)):
        if side is not None:
            yield f"  {word:6}  {side.course}"
    for name, listed in rows.groups(compared):
        yield f"  {name}: {listed}"
    for text in rows.missed(compared, range):
        yield Text(f"  missed: {text}", style="red")
    for message in compared.messages:
        where = f" {message.group}" if message.group else ""
        yield Text.assemble(f"  {message.transition}{where}: ", *_words(message.pieces, indent="    "))
        if recipients := [*(f"no more {name}" for name in message.gone), *(f"now {name}" for name in message.new)]:
            yield f"    to: {', '.join(recipients)}"


def _other(other: OtherChange) -> Iterator[str | Text]:
    many = len(other.monitors)
    yield f"{other.thing} {other.name}: {other.kind}, for {many} {'monitor' if many == 1 else 'monitors'}" + (
        f" ({', '.join(other.monitors[:5])}{' …' if many > 5 else ''})" if many else ""
    )
    yield from _fields(other.fields)
    for placed in other.new_problems:
        yield _problem(placed, "new ")


def _tests(review: Review) -> Iterator[str | Text]:
    from rich.text import Text

    if text := tests(review.tests):
        yield text
    for error in review.tests.unread:
        yield Text(f"  {error}", style="red")
    for result in review.tests.failing:
        yield Text(f"  FAIL  {result.path}:{result.line}  {result.name}", style="red")
        for mismatch in result.differences:
            yield f"        {mismatch.sentence}  line {mismatch.line}"
