"""The review of a change as Markdown for a comment: names first, then what is wrong, what was done, what would be sent.

What people wrote stands in code or <pre>, so that a handle in a message calls nobody (GitHub and GitLab leave mentions in code alone).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TextIO

from doghouse.reports.markdown import SIGNS
from doghouse.reports.markdown.texts import LARGEST, fitting, folded, plain, table
from doghouse.reports.markdown.texts import code as as_code
from doghouse.reports.registry import writes
from doghouse.reports.review import rows
from doghouse.review.fields import FieldChange
from doghouse.review.headline import headline, legend, stretch, tests, title, total, values, wording
from doghouse.review.model import Change, Compared, MessageChange, OtherChange, Placed, Range, Review
from doghouse.review.words import Piece, difference, shortened

REST = 2_000  # characters of a report that are kept for what is said of the rest
LONG = 60  # letters of two texts that are told in words
MOST_TEXT = 1_500  # letters of one text
MOST_LISTED = 10  # monitors of a downtime, failing tests, remarks
LINE = 90  # letters of a line of a text: what stands in <pre> is not folded


@writes("markdown", Review)
def review(review: Review, out: TextIO) -> None:
    """A section a change, as many as there is room for; the headlines of the others, and how many are left."""
    head = ["\n".join(_head(review)).rstrip()]
    sections = [
        *("\n".join(_other(other)) for other in review.others),
        *("\n".join(_change(change, review)).strip() for change in review.changes),
    ]
    names = [*(_named(other) for other in review.others), *(headline(change) for change in review.changes)]
    room = LARGEST - REST - len(head[0])
    shown = 0
    for section in sections:
        room -= len(section) + 2
        if room < 0:
            break
        shown += 1
    out.write("\n\n".join([*head, *sections[:shown], *_more_names(names[shown:])]) + "\n")


def _more_names(names: Sequence[str]) -> Iterator[str]:
    """What did not fit: as many headlines as do, and the number of the others."""
    if not names:
        return
    shown = fitting([f"- {plain(name)}" for name in names], REST - 200)
    left = len(names) - len(shown)
    yield f"#### {len(names):,} more"
    yield "\n".join([*shown, *([f"- and {left:,} more, for which there is no room here"] if left else [])])


def _head(review: Review) -> Iterator[str]:
    yield f"### {title(review)}"
    yield ""
    if text := total(review):
        yield f"**{text}**"
        yield ""
    if review.range is not None and any(change.compared for change in review.changes):
        yield f"Over {stretch(review.range)}; {legend(review.range)}."
        yield ""
    yield from _most([f"- {SIGNS['error']} {plain(objection)}" for objection in review.objections])
    yield from _most([f"- {SIGNS['note']} {plain(remark)}" for remark in review.remarks])
    yield from _most([f"- {_problem(placed, with_place=True)}" for placed in review.unread])
    yield from _most([f"- can be read again: {code(placed.place)}" for placed in review.cured_files])
    yield from _tests(review)


def _most(lines: Sequence[str], indent: str = "") -> list[str]:
    left = len(lines) - MOST_LISTED
    return [*lines[:MOST_LISTED], *([f"{indent}- and {left:,} more"] if left > 0 else [])]


def _tests(review: Review) -> Iterator[str]:
    if not (text := tests(review.tests)):
        return
    is_bad = review.tests.failing or review.tests.unread
    yield f"- {SIGNS['error'] if is_bad else '✅'} {text}"
    yield from _most([f"  - {code(str(error))}" for error in review.tests.unread], "  ")
    for result in review.tests.failing[:MOST_LISTED]:
        yield f"  - {plain(result.name)} ({code(f'{result.path}:{result.line}')})"
        for mismatch in result.differences[:MOST_LISTED]:
            yield f"    - expected {code('; '.join(mismatch.expected))}, got {code('; '.join(mismatch.got) or 'nothing')}"
    if (left := len(review.tests.failing) - MOST_LISTED) > 0:
        yield f"  - and {left:,} more"


def _change(change: Change, review: Review) -> Iterator[str]:
    yield f"#### {plain(headline(change))}"
    yield ""
    was = f", was {plain(change.old_name)}" if change.old_name and change.kind != "renamed" else ""
    why = f" · {plain(', '.join(change.because))}" if change.because else ""
    yield f"{change.kind}{was} · {code(change.where)}{why}"
    yield ""
    if change.unevaluated:
        yield f"Not evaluated: {plain(change.unevaluated)}"
        yield ""
    problems = [f"- {_problem(placed)}" for placed in change.new_problems]
    problems += [f"- ✅ cured: {code(placed.problem.field)} {plain(placed.problem.text)}" for placed in change.cured]
    yield from _most(problems)
    yield from [""] * bool(problems)
    yield from _fields(rows.unlike(change))
    yield from _history(change, review)


def _problem(placed: Placed, *, with_place: bool = False) -> str:
    problem = placed.problem
    where = f"{code(placed.place)} " if with_place or placed.line else ""
    field = f"{code(problem.field)} " if problem.field else ""
    rule = f" <sub>{plain(problem.rule)}</sub>" if problem.rule else ""
    mend = f"<br>Use: {code(problem.mend.sentence)}" if problem.mend else ""
    return f"{SIGNS.get(problem.severity, '')} {problem.severity}: {where}{field}{plain(problem.text)}{rule}{mend}"


def _fields(fields: Sequence[FieldChange]) -> Iterator[str]:
    for field in fields:
        if field.is_text and (len(field.old) + len(field.new) > LONG or "\n" in field.old + field.new):
            yield f"- {code(field.field)}"
            yield ""
            yield from _words(difference(field.old, field.new))
        else:
            yield f"- {code(field.field)}: {_values(field)}"
    if fields:
        yield ""


def _values(field: FieldChange) -> str:
    return code(wording(field)) if field.is_set else " → ".join(map(code, values(field)))


def _words(pieces: Sequence[Piece]) -> Iterator[str]:
    """A text with what is gone and what is new, in a block of HTML: nothing of it is Markdown."""
    tags = {"same": ("", ""), "gone": ("<del>", "</del>"), "new": ("<ins>", "</ins>")}
    html, column, left = "", 0, MOST_TEXT
    for piece in shortened(pieces):
        first, last = tags[piece.kind]
        more = len(piece.text) - left
        text = piece.text if more <= 0 else f"{piece.text[:left]} … ({more:,} letters more)"
        left = max(left - len(piece.text), 0)
        expanded, column = _wrapped(text, column)
        html += f"{first}{escape(expanded, quote=False)}{last}"
        if more >= 0:
            break
    yield f"<pre>{html}</pre>"
    yield ""


def _wrapped(text: str, column: int) -> tuple[str, int]:
    """A text with line breaks instead of the blanks at which a line is full, and the column that it ends in."""
    parts = []
    for part in re.split(r"(\s)", text):
        if part == "\n" or (part == " " and column >= LINE):
            parts.append("\n")
            column = 0
        else:
            parts.append(part)
            column += len(part)
    return "".join(parts), column


def _history(change: Change, review: Review) -> Iterator[str]:
    compared, range = change.compared, review.range
    if compared is None or range is None:
        return
    yield from (f"- {SIGNS['error']} {plain(text)}" for text in compared.unseen)
    if compared.differs:
        yield from _beside(compared, range)
    else:
        yield "- over history it does the same"
    if compared.suggestion is not None:
        yield f"- better: {plain(rows.suggestion(compared.suggestion))}"
    yield ""
    if compared.messages:
        yield from folded(
            "messages that read differently", [line for message in compared.messages for line in _message(message)]
        )


def _beside(compared: Compared, range: Range) -> Iterator[str]:
    yield from table(["", "before", "after"], list(rows.rows(compared, range)))
    yield ""
    yield "<pre>"
    for word, side in (("before", compared.before), ("after", compared.after)):
        if side is not None:
            yield f"{word:6}  {side.course}"
    yield "</pre>"
    yield ""
    yield from (f"- {name}: {code(listed)}" for name, listed in rows.groups(compared))
    yield from (f"- {SIGNS['error']} missed: {plain(text)}" for text in rows.missed(compared, range))


def _message(message: MessageChange) -> Iterator[str]:
    where = f" {code(message.group)}" if message.group else ""
    recipients = [
        *(f"no more {code('@' + name)}" for name in message.gone),
        *(f"now {code('@' + name)}" for name in message.new),
    ]
    yield f"{message.transition}{where}" + (f": {', '.join(recipients)}" if recipients else "")
    yield ""
    yield from _words(message.pieces)


def _other(other: OtherChange) -> Iterator[str]:
    many = len(other.monitors)
    named = ", ".join(map(plain, other.monitors[:MOST_LISTED]))
    named += f" and {many - MOST_LISTED:,} more" if many > MOST_LISTED else ""
    yield f"#### {plain(_named(other))}"
    yield ""
    yield f"{other.kind} · {code(other.where)} · for {many:,} {'monitor' if many == 1 else 'monitors'}" + (
        f": {named}" if many else ""
    )
    yield ""
    yield from _most([f"- {_problem(placed)}" for placed in other.new_problems])
    yield from _fields(other.fields)


def _named(other: OtherChange) -> str:
    return f"{other.thing} {other.name}: {other.kind}"


def code(text: str) -> str:
    """A text as code, on one line."""
    line = " ".join(text.split())
    return as_code(line if len(line) <= MOST_TEXT else f"{line[:MOST_TEXT]} …")
