"""The review of a change as Markdown for a comment: names first, then what would be sent, what is wrong, what was done.

What people wrote stands in code, so that a handle in a message calls nobody (GitHub and GitLab leave mentions in code alone).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TextIO

from doghouse.reports.registry import writes
from doghouse.reports.review import rows
from doghouse.review import Change, MessageChange, OtherChange, Placed, Review
from doghouse.review.fields import FieldChange
from doghouse.review.headline import headline, stretch, tests, title, total, value
from doghouse.review.words import Piece, difference, shortened

MOST = 65_536  # characters of a comment on GitHub
REST = 2_000  # of them kept for what is said of the rest
LONG = 60  # letters of a text that is told in words
MOST_TEXT = 1_500  # letters of one text
LINE = 100  # letters of a line of a text: what stands in <pre> is not folded
SIGNS = {"error": "❌", "warning": "⚠️"}
_SPECIAL = re.compile(r"([\\`*<\[\]|])")
_CALLS = re.compile(r"([@#])(?=\w)")


@writes("markdown", Review)
def review(made: Review, out: TextIO) -> None:
    """A section a change, as many as a comment holds; the headlines of the others, and how many are left."""
    head = "\n".join(_head(made))
    others = ["\n".join(_other(other)) for other in made.others]
    sections = ["\n".join(_change(change, made)) for change in made.changes]
    text, left = head, MOST - REST - len(head)
    for part in others:
        if len(part) + 1 <= left // 2:
            text, left = f"{text}\n{part}", left - len(part) - 1
    headlines: list[str] = []
    for section, change in zip(sections, made.changes, strict=True):
        if len(section) + 2 <= left and not headlines:
            text, left = f"{text}\n\n{section}", left - len(section) - 2
        else:
            headlines.append(f"- {plain(headline(change))}")
    out.write(f"{text}\n{_rest(headlines, left + REST - 2)}")


def _rest(headlines: Sequence[str], left: int) -> str:
    """What did not fit: as many headlines as do, and the number of the others."""
    if not headlines:
        return ""
    lines = ["", f"#### {len(headlines):,} more changed", ""]
    left -= sum(map(len, lines)) + 100
    for number, line in enumerate(headlines):
        if len(line) + 1 > left:
            return "\n".join([*lines, f"- and {len(headlines) - number:,} more, which a comment has no room for", ""])
        lines.append(line)
        left -= len(line) + 1
    return "\n".join([*lines, ""])


def _head(made: Review) -> Iterator[str]:
    yield f"### {title(made)}"
    yield ""
    if text := total(made):
        yield f"**{text}**"
        yield ""
    if made.range is not None and any(change.compared for change in made.changes):
        yield f"Over {stretch(made.range)}."
        yield ""
    for objection in made.objections:
        yield f"- ⛔ {plain(objection)}"
    for remark in made.remarks:
        yield f"- ℹ️ {plain(remark)}"
    for placed in made.unread:
        yield f"- {_problem(placed, with_place=True)}"
    for placed in made.cured_files:
        yield f"- can be read again: {code(placed.place)}"
    yield from _tests(made)


def _tests(made: Review) -> Iterator[str]:
    if not (text := tests(made.tests)):
        return
    is_bad = made.tests.failing or made.tests.unread
    yield f"- {'❌' if is_bad else '✅'} {text}"
    for error in made.tests.unread:
        yield f"  - {code(error)}"
    for result in made.tests.failing:
        yield f"  - {plain(result.name)} ({code(f'{result.path}:{result.line}')})"
        for one in result.differences:
            yield f"    - expected {code('; '.join(one.expected))}, got {code('; '.join(one.got) or 'nothing')}"


def _change(change: Change, made: Review) -> Iterator[str]:
    yield f"#### {plain(headline(change))}"
    yield ""
    said = f", was {plain(change.old_name)}" if change.old_name else ""
    yield f"{change.kind}{said} · {code(change.where)}" + (
        f" · {plain(', '.join(change.because))}" if change.because else ""
    )
    yield ""
    if change.unevaluated:
        yield f"Not evaluated: {plain(change.unevaluated)}"
        yield ""
    problems = [f"- {_problem(placed)}" for placed in change.found]
    problems += [f"- ✅ cured: {code(placed.problem.field)} {plain(placed.problem.text)}" for placed in change.cured]
    yield from problems
    yield from [""] * bool(problems)
    yield from _fields(change.fields)
    yield from _history(change, made)


def _problem(placed: Placed, *, with_place: bool = False) -> str:
    problem = placed.problem
    where = f"{code(placed.place)} " if with_place or placed.line else ""
    field = f"{code(problem.field)} " if problem.field else ""
    rule = f" ({code(problem.rule)})" if problem.rule else ""
    return f"{SIGNS.get(problem.severity, '')} {problem.severity}: {where}{field}{plain(problem.text)}{rule}"


def _fields(fields: Sequence[FieldChange]) -> Iterator[str]:
    for field in fields:
        if field.is_text and (len(str(field.old)) + len(str(field.new)) > LONG or "\n" in field.old + field.new):
            yield f"- {code(field.field)}"
            yield ""
            yield from _words(difference(field.old, field.new))
        else:
            yield f"- {code(field.field)}: {code(value(field.old))} → {code(value(field.new))}"
    if fields:
        yield ""


def _words(pieces: Sequence[Piece]) -> Iterator[str]:
    tags = {"same": ("", ""), "gone": ("<del>", "</del>"), "new": ("<ins>", "</ins>")}
    made, column, left = "", 0, MOST_TEXT
    for piece in shortened(pieces):
        first, last = tags[piece.kind]
        text = (
            piece.text
            if len(piece.text) <= left
            else f"{piece.text[:left]} … ({len(piece.text) - left:,} letters more)"
        )
        left = max(left - len(piece.text), 0)
        folded, column = _folded(text, column)
        made += f"{first}{escape(folded, quote=False)}{last}"
        if not left:
            break
    yield f"<pre>{made}</pre>"
    yield ""


def _folded(text: str, column: int) -> tuple[str, int]:
    """A text with line breaks instead of the blanks at which a line is full, and the column that it ends in."""
    made = []
    for part in re.split(r"(\s)", text):
        if part == "\n" or (part == " " and column >= LINE):
            made.append("\n")
            column = 0
        else:
            made.append(part)
            column += len(part)
    return "".join(made), column


def _history(change: Change, made: Review) -> Iterator[str]:
    compared, range = change.compared, made.range
    if compared is None or range is None:
        return
    yield "| | before | after |"
    yield "|---|--:|--:|"
    for row in rows.rows(compared, range):
        yield f"| {' | '.join(row)} |"
    yield ""
    yield "<pre>"
    for word, side in (("before", compared.before), ("after", compared.after)):
        if side is not None:
            yield f"{word:6}  {side.course}"
    yield "</pre>"
    yield ""
    lines = [f"- {name}: {code(listed)}" for name, listed in rows.groups(compared)]
    lines += [f"- ⛔ missed: {plain(text)}" for text in rows.missed(compared, range)]
    if compared.suggestion is not None:
        lines.append(f"- 💡 {plain(rows.suggestion(compared.suggestion))}")
    yield from lines
    yield from [""] * bool(lines)
    if compared.messages:
        yield "<details><summary>messages that read differently</summary>"
        yield ""
        for message in compared.messages:
            yield from _message(message)
        yield "</details>"


def _message(message: MessageChange) -> Iterator[str]:
    where = f" {code(message.group)}" if message.group else ""
    told = [*(f"no more {code('@' + one)}" for one in message.gone), *(f"now {code('@' + one)}" for one in message.new)]
    yield f"{message.transition}{where}" + (f": {', '.join(told)}" if told else "")
    yield ""
    yield from _words(message.pieces)


def _other(other: OtherChange) -> Iterator[str]:
    many = len(other.monitors)
    named = ", ".join(map(plain, other.monitors[:10])) + (f" and {many - 10:,} more" if many > 10 else "")
    yield (
        f"- {other.thing} **{plain(other.name)}** {other.kind} · {code(other.where)} · for {many:,} {'monitor' if many == 1 else 'monitors'}"
        + (f": {named}" if many else "")
    )
    for field in other.fields:
        yield f"  - {code(field.field)}: {code(value(field.old))} → {code(value(field.new))}"
    for placed in other.found:
        yield f"  - {_problem(placed)}"


def plain(text: str) -> str:
    """A text as it stands: no markup, and no handle or issue that would be linked."""
    return _CALLS.sub("\\1\u200b", _SPECIAL.sub(r"\\\1", " ".join(text.split())))


def code(text: str) -> str:
    """A text as code, on one line, also in a table."""
    text = " ".join(text.split()) or " "
    text = text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]} …"
    if not re.search(r"[`|]", text):
        return f"`{text}`"
    return (
        "<code>" + re.sub(r"[`|*_\[\]\\~]", lambda match: f"&#{ord(match[0])};", escape(text, quote=False)) + "</code>"
    )
