"""Texts with `${…}` and `%{…}` in them: quoted texts, heredocs, and files for templatefile(), all as the pieces of a quoted text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from doghouse.importing.terraform.language.syntax import expression, trees

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HEREDOC = re.compile(r"<<(-?)([^\n\r]+)\r?\n")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_QUOTED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_OPENING = re.compile(r"\$\$\{|%%\{|\$\{~?|%\{")


class Directive(Struct, frozen=True):
    """`%{ if … }`, `%{ else }`, `%{ endif }`, `%{ for … }` or `%{ endfor }`: `word` says which, `names` and `tree` what stands in it."""

    word: str
    names: tuple[str, ...]
    tree: Any


class Loop(Struct, frozen=True):
    """A `for` with the pieces that it repeats."""

    names: tuple[str, ...]
    tree: Any
    pieces: Sequence[Piece]


class Choice(Struct, frozen=True):
    """An `if` with the pieces of both ways."""

    tree: Any
    pieces: Sequence[Piece]
    otherwise: Sequence[Piece]


class Interpolation(Struct, frozen=True):
    """`${…}`."""

    tree: Any


Piece = str | Interpolation | Loop | Choice


def quoted(string: Any) -> list[Piece]:
    """The pieces of a quoted text (python-hcl2's `string`)."""
    return _nested(iter(_flat(string)), ())[0]


@lru_cache(maxsize=1024)
def heredoc(token: str) -> list[Piece]:
    """The pieces of a heredoc, with its markers, parsed once for all instances. Raises SyntaxProblemError."""
    match = _HEREDOC.match(token)
    body = token[match.end() :].rstrip().rpartition("\n")[0] if match else ""
    flat = _flat(_string(body + "\n" if body else ""))
    return _nested(iter(_unindented(flat) if match and match[1] else flat), ())[0]


@lru_cache(maxsize=1024)
def template(text: str) -> list[Piece]:
    """The pieces of a text that is a template as a whole. Raises SyntaxProblemError."""
    return quoted(_string(text))


def _string(text: str) -> Any:
    return expression(f'"{"".join(_as_quoted(text))}"').tree.children[0]


def _flat(string: Any) -> list[Any]:
    """Texts, interpolations and directives, one after the other; texts have lost the spaces that a `~` takes."""
    flat: list[Any] = []
    strip = False
    for part in (child.children[0] for child in trees(string)):
        piece, left, right = _part(part)
        if left and flat and isinstance(flat[-1], str):
            flat[-1] = _stripped_end(flat[-1])
        flat.append(_stripped_start(piece) if strip and isinstance(piece, str) else piece)
        strip = right
    return flat


def _unindented(flat: Sequence[Any]) -> Iterator[Any]:
    """Without the indentation of `<<-`: the least of all lines' is taken from each that begins with text, blank lines do not count.

    A line whose beginning a `~` joined to the one before is none of its own (hashicorp/hcl, flushHeredocTemplateParts).
    """
    tokens = [token for piece in flat for token in (_LINE.findall(piece) if isinstance(piece, str) else [piece])]
    begins, indents, starts = True, [], set()
    for number, token in enumerate(tokens):
        is_text = isinstance(token, str)
        blank = is_text and not token.strip() and token.endswith("\n")
        if begins and not blank:
            indents.append(len(token) - len(token.lstrip()) if is_text else 0)
            starts.add(number)
        begins = is_text and token.endswith("\n")
    least = min(indents, default=0)
    for number, token in enumerate(tokens):
        yield token[least:] if number in starts and isinstance(token, str) else token


def _as_quoted(text: str) -> Iterator[str]:
    """The same template as it stands between quotation marks: what is no expression is escaped."""
    at = 0
    while opening := _OPENING.search(text, at):
        before, at = text[at : opening.start()], opening.end()
        if opening[0].endswith("~"):
            before = _stripped_end(before)
        yield from (_QUOTED.get(sign, sign) for sign in before)
        if opening[0] in ("$${", "%%{"):
            yield opening[0]
            closing = text.find("}", at)
            if closing < 0:  # the grammar wants an end, the language none
                yield "}"
                continue
            yield from (_QUOTED.get(sign, sign) for sign in text[at : closing + 1])
            at = closing + 1
            continue
        end = _closing(text, at)
        inside, at = text[at:end], end + 1
        marked = opening[0] != "%{" and inside.endswith("~")
        yield opening[0].rstrip("~") + " ".join((inside[:-1] if marked else inside).split("\n")) + "}"
        if marked:
            remainder = _stripped_start(text[at:])
            at = len(text) - len(remainder)
    yield from (_QUOTED.get(sign, sign) for sign in text[at:])


def _closing(text: str, at: int) -> int:
    """Where the `}` stands that closes an expression which begins at `at`."""
    depth, in_text = 0, False
    while at < len(text):
        sign = text[at]
        if in_text:
            if sign == "\\":
                at += 1
            elif text.startswith("${", at):
                at = _closing(text, at + 2)
            elif sign == '"':
                in_text = False
        elif sign == '"':
            in_text = True
        elif sign == "{":
            depth += 1
        elif sign == "}":
            if not depth:
                return at
            depth -= 1
        at += 1
    return at


def _part(part: Any) -> tuple[Any, bool, bool]:
    """One part of a quoted text, and whether the text before and after it loses its spaces."""
    if not hasattr(part, "data"):
        raw = str(part)
        if part.type != "STRING_CHARS":
            raw = raw[1:]
        return _ESCAPE.sub(_unescaped, raw), False, False
    if part.data == "interpolation":
        return Interpolation(trees(part)[0]), False, False
    signs = [str(child) for child in part.children if not hasattr(child, "data")]
    inner = trees(part)
    names = tuple(
        str(child.children[0]) for child in inner if child.data == "identifier" and part.data.endswith("for_start")
    )
    tree = inner[-1] if part.data.endswith("_start") else None
    word = part.data.removeprefix("template_").removesuffix("_start")
    return Directive(word, names, tree), signs[1] == "~", signs[-2] == "~"


def _nested(parts: Iterator[Any], ends: tuple[str, ...]) -> tuple[list[Piece], str]:
    """Pieces up to a directive that ends them, and its word."""
    nested: list[Piece] = []
    for part in parts:
        if not isinstance(part, Directive):
            nested.append(part)
        elif part.word in ends:
            return nested, part.word
        elif part.word == "for":
            nested.append(Loop(part.names, part.tree, _nested(parts, ("endfor",))[0]))
        elif part.word == "if":
            pieces, end = _nested(parts, ("else", "endif"))
            nested.append(Choice(part.tree, pieces, _nested(parts, ("endif",))[0] if end == "else" else ()))
    return nested, ""


def _unescaped(match: re.Match[str]) -> str:
    sign = match[1]
    return chr(int(sign[1:], 16)) if len(sign) > 1 else _ESCAPES.get(sign, match[0])


def _stripped_start(text: str) -> str:
    """Without the spaces at its start, up to and with the end of the line: what `~}` does to the text after it."""
    blank = re.match(r"[ \t\r]*\n?", text)
    return text[blank.end() if blank else 0 :]


def _stripped_end(text: str) -> str:
    """Without the spaces at its end on its last line: what `%{~` does to the text before it."""
    lines = _LINE.findall(text)
    return "".join(lines[:-1]) + lines[-1].rstrip() if lines else ""
