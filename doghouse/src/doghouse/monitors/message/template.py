"""Datadog's template language → a tree (monitors/notify/variables): Handlebars with helpers of its own, so that no library reads it.

{{#is_alert}}…{{else}}…{{/is_alert}}   {{^is_match "host.name" "web"}}…{{/is_match}}   {{value}} {{{raw}}} {{[dot.key].name}}
{{#is_exact_match (eval "int(last_triggered_at_epoch / 3600000 % 24)") "8" "9"}}…{{/is_exact_match}}   {{link "text" "https://…"}}
{{eval "value*100"}} {{local_time 'last_triggered_at' 'Asia/Tokyo'}} {{urlencode "path.name"}} {{override_priority 'P1'}}
{{!-- a comment --}}   {{{{raw}}}}{{ as it stands }}{{{{/raw}}}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

STATES = (
    "is_alert", "is_warning", "is_no_data", "is_recovery", "is_alert_recovery", "is_warning_recovery", "is_no_data_recovery",
    "is_alert_to_warning", "is_unknown", "is_renotify",
)  # fmt: skip
MATCHES = ("is_match", "is_exact_match")
HELPERS = (*STATES, *MATCHES, "is_priority")
FUNCTIONS = ("eval", "local_time", "urlencode", "override_priority", "link")
DEEPEST = 100
UNCLOSED, STRAY, BRACES = "message-unclosed-block", "message-stray-closing", "message-unclosed-braces"

_OPEN = re.compile(r"\{\{\{\{|\{\{\{|\{\{")
_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
_COMPUTED = re.compile(r"""(\w+)\s*\(((?:[^()"']|"[^"]*"|'[^']*')*)\)""")  # a helper whose first argument is a call
_LINE_END = re.compile(r"[ \t]*(?:\r?\n|$)")
_SEGMENT = re.compile(r"\.?\[([^\]]*)\]|\.?([^.\[\]]+)")


class TemplateError(ValueError):
    """What does not parse, and where: `line` and `column` count from 1. `rule` is the id of the lint rule that it breaks."""

    def __init__(self, text: str, template: str, place: int, rule: str = "message-unreadable") -> None:
        super().__init__(text)
        self.text, self.rule = text, rule
        self.line, self.column = position(template, place)


def position(template: str, place: int) -> tuple[int, int]:
    """Line and column (from 1) of an offset."""
    return template.count("\n", 0, place) + 1, place - template.rfind("\n", 0, place)


Path = tuple[str, ...]  # `host.name` is ("host", "name"), `[dot.key].name` is ("dot.key", "name")


class Text(Struct, frozen=True):
    """What stands as it is. `place` is its offset in the template."""

    text: str
    place: int


class Variable(Struct, frozen=True):
    """`{{host.name}}`; with three braces its content is not escaped."""

    path: Path
    escaped: bool
    place: int


class Call(Struct, frozen=True):
    """`{{eval "value*2"}}`: a function and its arguments."""

    function: str
    arguments: tuple[str, ...]
    escaped: bool
    place: int


class Condition(Struct, frozen=True):
    """`is_alert`, `is_match "host.name" "web"`. `subject` is a call whose result is compared, where one stands in the place of the variable."""

    helper: str
    arguments: tuple[str, ...] = ()
    subject: Call | None = None


class Block(Struct, frozen=True):
    """`{{#helper …}}body{{else}}otherwise{{/helper}}`; `{{^helper}}` swaps the two."""

    condition: Condition
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]
    place: int


Node = Text | Variable | Call | Block


def path(text: str) -> Path:
    """`host.name`, `[dot.key].name`, `event.tags.[dot.key]` as segments."""
    return tuple(segment[1] or segment[2] for segment in _SEGMENT.finditer(text.strip()))


class _Tag(Struct, frozen=True):
    """A tag as it stands: `sign` is what it begins with (`#`, `^`, `/`, `else`, `!`, nothing), or `raw` for a raw block, whose text is `inside`."""

    sign: str
    words: tuple[str, ...]
    escaped: bool
    place: int
    end: int
    inside: str = ""
    subject: Call | None = None


@lru_cache(maxsize=1024)
def parse(template: str) -> tuple[Node, ...]:
    """The template's tree. Raises TemplateError."""
    return _Parser(template).whole()


class _Parser:
    def __init__(self, template: str) -> None:
        self.template = template
        self.pieces: list[Text | _Tag] = list(_trimmed(template, list(_tags(template))))
        self.next = 0

    def whole(self) -> tuple[Node, ...]:
        nodes, stop = self.nodes(0)
        if stop is not None:
            name = "{{else}}" if stop.sign == "else" else f"{{{{/{_first(stop.words)}}}}}"
            raise TemplateError(f"{name} closes nothing that is open", self.template, stop.place, STRAY)
        return nodes

    def nodes(self, depth: int) -> tuple[tuple[Node, ...], _Tag | None]:
        """Nodes up to a tag that closes or continues a block, and that tag."""
        nodes: list[Node] = []
        while self.next < len(self.pieces):
            piece = self.pieces[self.next]
            self.next += 1
            if isinstance(piece, Text):
                nodes.append(piece)
            elif piece.sign in ("/", "else"):
                return tuple(nodes), piece
            elif piece.sign in ("#", "^"):
                nodes.append(self.block(piece, depth))
            elif piece.sign == "raw":
                nodes.extend(_raw(piece))
            elif piece.sign == "":
                nodes.append(self.inline(piece))
        return tuple(nodes), None

    def block(self, opening: _Tag, depth: int) -> Block:
        if not opening.words:
            raise TemplateError("a block has no name", self.template, opening.place)
        if depth >= DEEPEST:
            raise TemplateError(f"blocks stand more than {DEEPEST} deep", self.template, opening.place)
        body, stop = self.nodes(depth + 1)
        otherwise: tuple[Node, ...] = ()
        if stop is not None and stop.sign == "else":
            otherwise, stop = self.nodes(depth + 1)
        helper = opening.words[0]
        if stop is None:
            text = f"{{{{{opening.sign}{helper}}}}} is never closed by {{{{/{helper}}}}}"
            raise TemplateError(text, self.template, opening.place, UNCLOSED)
        if stop.sign == "else" or _first(stop.words) != helper:
            name = "{{else}}" if stop.sign == "else" else f"{{{{/{_first(stop.words)}}}}}"
            raise TemplateError(f"{name} stands where {{{{/{helper}}}}} is expected", self.template, stop.place, STRAY)
        if opening.sign == "^":
            body, otherwise = otherwise, body
        return Block(Condition(helper, opening.words[1:], opening.subject), body, otherwise, opening.place)

    def inline(self, tag: _Tag) -> Node:
        if not tag.words:
            raise TemplateError("there is nothing between the braces", self.template, tag.place)
        name, arguments = tag.words[0], tag.words[1:]
        if name in FUNCTIONS:
            return Call(name, arguments, tag.escaped, tag.place)
        if name in HELPERS and arguments:
            text = f"{{{{{name} …}}}} is no block: did you mean {{{{#{name} …}}}}?"
            raise TemplateError(text, self.template, tag.place, "message-condition-without-hash")
        if arguments:
            raise TemplateError(f"unknown function '{name}'", self.template, tag.place, "message-unknown-function")
        return Variable(path(name), tag.escaped, tag.place)


def _first(words: tuple[str, ...]) -> str:
    return words[0] if words else ""


def _raw(tag: _Tag) -> tuple[Node, ...]:
    """A raw block: its text as it stands, under its condition if it has one (`{{{{is_match "a" "b"}}}}`)."""
    text = Text(tag.inside, tag.place)
    if tag.words == ("raw",):
        return (text,)
    return (Block(Condition(tag.words[0], tag.words[1:], tag.subject), (text,), (), tag.place),)


def _tags(template: str) -> Iterator[_Tag]:
    """The tags of a template, in order."""
    place = 0
    while (opening := _OPEN.search(template, place)) is not None:
        tag = _tag(template, opening)
        yield tag
        place = tag.end


def _tag(template: str, opening: re.Match[str]) -> _Tag:
    start, braces = opening.start(), opening[0]
    if len(braces) == 4:
        return _raw_block(template, start)
    if template.startswith("{{!", start):
        return _Tag("!", (), False, start, _comment_end(template, start))
    closing = "}" * len(braces)
    end = template.find(closing, opening.end())
    if end < 0:
        raise TemplateError(f"{braces} is never closed by {closing}", template, start, BRACES)
    inside = template[opening.end() : end].strip()
    sign = inside[0] if inside[:1] in ("#", "^", "/") and len(braces) == 2 else ""
    words, subject = _condition(inside[1:], start) if sign in ("#", "^") else (_words(inside[len(sign) :]), None)
    if (sign == "^" and not words) or (not sign and words == ("else",)):
        sign, words = "else", ()
    return _Tag(sign, words, len(braces) == 2, start, end + len(closing), subject=subject)


def _comment_end(template: str, start: int) -> int:
    """Where a comment ends: `--}}`, or where there is none of its own, `}}` (GUESS: both are seen)."""
    following = template.find("{{!", start + 3)
    within = template[start : following if following > 0 else len(template)]
    for closing in ("--}}", "}}") if within.startswith("{{!--") else ("}}",):
        place = within.find(closing, 5 if closing == "--}}" else 3)
        if place >= 0:
            return start + place + len(closing)
    raise TemplateError("the comment is never closed by }}", template, start, BRACES)


def _raw_block(template: str, start: int) -> _Tag:
    end = template.find("}}}}", start)
    if end < 0:
        raise TemplateError("{{{{ is never closed by }}}}", template, start, BRACES)
    words, subject = _condition(template[start + 4 : end], start)
    if not words:
        raise TemplateError("a block has no name", template, start)
    closing = re.compile(r"\{\{\{\{\s*/\s*" + re.escape(words[0]) + r"\s*\}\}\}\}").search(template, end)
    if closing is None:
        text = f"{{{{{{{{{words[0]}}}}}}}}} is never closed by {{{{{{{{/{words[0]}}}}}}}}}"
        raise TemplateError(text, template, start, UNCLOSED)
    return _Tag("raw", words, False, start, closing.end(), template[end + 4 : closing.start()].strip("\n"), subject)


def _condition(text: str, place: int) -> tuple[tuple[str, ...], Call | None]:
    """A tag's words, and the call that stands in parentheses behind the first of them, if one does (monitors/guide/template-variable-evaluation)."""
    match = _COMPUTED.match(text.strip())
    inner = _words(match[2]) if match else ()
    if match is None or not inner:
        return _words(text), None
    return (match[1], *_words(text.strip()[match.end() :])), Call(inner[0], inner[1:], False, place)


def _words(text: str) -> tuple[str, ...]:
    """A name and its arguments, with or without quotes. A quote that is never closed reaches to the end, as in the documentation's own examples (GUESS)."""
    arguments = []
    place = 0
    while text[place:].strip():
        match = _ARGUMENT.match(text, place)
        if match is None:
            arguments.append(text[place:].strip()[1:])
            break
        arguments.append(next(group for group in match.groups() if group is not None))
        place = match.end()
    return tuple(arguments)


def _trimmed(template: str, tags: list[_Tag]) -> Iterator[Text | _Tag]:
    """Text and tags in turn. A line that holds nothing but a block's tag or a comment disappears, as in Handlebars.

    GUESS: and the first line behind such a tag loses its indentation (the documentation's sample of is_renotify).
    """
    place = last_end = 0
    for tag in tags:
        text_end, following = tag.place, tag.end
        line = template.rfind("\n", 0, tag.place) + 1
        end = _LINE_END.match(template, tag.end)
        if tag.sign not in ("", "raw") and last_end <= line and end and not template[line : tag.place].strip(" \t"):
            text_end, following = max(line, place), end.end()
            if tag.sign in ("#", "^", "else"):
                following = _unindented(template, following)
        if text_end > place:
            yield Text(template[place:text_end], place)
        yield tag
        place, last_end = following, tag.end
    if place < len(template):
        yield Text(template[place:], place)


def _unindented(template: str, place: int) -> int:
    return place + len(template[place:]) - len(template[place:].lstrip(" \t"))
