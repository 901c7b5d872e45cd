"""Terraform's files as blocks and attributes with their lines. python-hcl2 parses them; expressions stay its trees."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from doghouse import files

if TYPE_CHECKING:
    from lark import Token, Tree
    from lark.exceptions import UnexpectedInput

MARK = "doghouse:"  # in a comment that speaks to doghouse
_NO_END = "a quoted text does not end on its line"
# What a quotation mark means nothing in, and where a text begins; a text may hold expressions with texts in them, two deep.
_PIECE = re.compile(r"(?:#|//)[^\n]*|/\*.*?\*/|(?P<heredoc><<-?(?P<mark>\w[\w-]*)[ \t]*\n)|(?P<opening>\")", re.DOTALL)
_INNER = r'"(?:[^"\\\n]|\\.)*"'
_TEXT = re.compile(rf'"(?:[^"\\\n$]|\\.|\$(?!\{{)|\$\{{(?:[^"{{}}\n]|{_INNER})*\}})*"')
LARGEST = 10 << 20  # bytes of a file; Terraform's own files are a few hundred kilobytes at most


class SyntaxProblemError(Exception):
    """What is wrong with a file, and on which line (0: with the whole of it)."""

    def __init__(self, path: Path, line: int, text: str) -> None:
        super().__init__(f"{path}:{line}: {text}" if line else f"{path} {text}")
        self.path, self.line, self.text = path, line, text


class MissingLibraryError(Exception):
    """python-hcl2 or google-re2 is not installed."""

    def __init__(self) -> None:
        super().__init__("reading .tf files needs a parser: pip install './doghouse[terraform]'")


class Expression(Struct, frozen=True):
    """An expression: its tree, its text, and where it begins."""

    tree: Any
    text: str
    line: int


class Block(Struct, frozen=True):
    """`resource "datadog_monitor" "cpu" { … }`: kind `resource`, two labels, and what stands in it. `marked` are its lines with comments for doghouse."""

    kind: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Expression]
    blocks: Sequence[Block]
    path: Path
    line: int
    marked: tuple[tuple[int, str], ...] = ()


def text_of(path: Path) -> str:
    """A file's text. Raises SyntaxProblemError."""
    try:
        return files.text(path, LARGEST)
    except files.FileError as error:
        raise SyntaxProblemError(path, error.line, str(error)) from None


def parse(path: Path, text: str) -> Block:
    """The blocks and attributes of a text; line ends of Windows become plain ones, in heredocs too. Raises SyntaxProblemError, MissingLibraryError."""
    source = text.replace("\r\n", "\n")
    if "\0" in source:
        raise SyntaxProblemError(
            path, source.count("\n", 0, source.index("\0")) + 1, "is no text: it holds a zero byte"
        )
    try:
        tree = _tree(path, source if source.endswith("\n") else source + "\n")
        for token in tree.scan_values(
            lambda token: getattr(token, "type", "") == "STRING_CHARS" and "\n" in str(token)
        ):
            raise SyntaxProblemError(path, token.line or 0, _NO_END)
        return Block("", (), *_contents(trees(tree)[0], path, source), path, 1)
    except RecursionError:
        raise SyntaxProblemError(path, 0, "is nested too deeply to be read") from None


def expression(source: str) -> Expression:
    """A single expression, such as what stands in `${…}`. Raises SyntaxProblemError with a line of the text."""
    block = parse(Path("expression"), f"value = {source}\n")
    return block.attributes["value"]


def _tree(path: Path, source: str) -> Tree[Token]:
    from lark.exceptions import UnexpectedInput

    try:
        tree: Tree[Token] = _parser()(source)
    except UnexpectedInput as error:
        if line := _unended(source):
            raise SyntaxProblemError(path, line, _NO_END) from None
        raise _problem(path, error) from None
    return tree


def _problem(path: Path, error: UnexpectedInput) -> SyntaxProblemError:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if isinstance(error, UnexpectedToken):
        token = str(error.token).strip().splitlines()
        if token and token[0].startswith("<<"):
            return SyntaxProblemError(path, error.line, f"the text of {token[0].split()[0]} does not end")
        what = f"'{token[0][:40]}'" if token and error.token.type != "$END" else "the end"
        text = f"is not Terraform's language: {what} was not expected (column {error.column})"
        return SyntaxProblemError(path, error.line, text)
    if isinstance(error, UnexpectedCharacters):
        text = f"is not Terraform's language: '{error.char}' was not expected (column {error.column})"
        return SyntaxProblemError(path, error.line, text)
    return SyntaxProblemError(path, max(error.line or 0, 1), "is not Terraform's language")


def _unended(source: str) -> int:
    """The line of a quoted text that does not end on it, which the grammar finds only later; 0 where there is none."""
    at = 0
    while piece := _PIECE.search(source, at):
        at = piece.end()
        if piece["heredoc"]:
            end = re.compile(rf"^[ \t]*{re.escape(piece['mark'])}[ \t]*$", re.MULTILINE).search(source, at)
            at = end.end() if end else len(source)
        elif piece["opening"]:
            text = _TEXT.match(source, piece.start())
            if text is None:
                return 0 if "${" in source[piece.start() : source.find("\n", at)] else source.count("\n", 0, at) + 1
            at = text.end()
    return 0


@cache
def _parser() -> Any:
    try:
        import hcl2
    except ImportError:
        raise MissingLibraryError from None
    return hcl2.parses_to_tree


def _contents(body: Tree[Token], path: Path, source: str) -> tuple[Mapping[str, Expression], Sequence[Block]]:
    attributes, blocks = {}, []
    for node in trees(body):
        if node.data == "attribute":
            name, tree = _name(node.children[0]), node.children[-1]
            if name in attributes:
                raise SyntaxProblemError(path, node.meta.line, f"'{name}' is given a second time")
            start = tree.meta.start_pos
            attributes[name] = Expression(tree, source[start : tree.meta.end_pos].strip(), tree.meta.line)
        elif node.data == "block":
            kind, *labels = [_name(child) for child in trees(node) if child.data != "body"]
            inner = next(child for child in trees(node) if child.data == "body")
            marked = _marked(source, node.meta.line, node.meta.end_line) if MARK in source else ()
            blocks.append(Block(kind, tuple(labels), *_contents(inner, path, source), path, node.meta.line, marked))
    return attributes, blocks


def _marked(source: str, first: int, last: int) -> tuple[tuple[int, str], ...]:
    """The numbered lines with comments for doghouse, from the comments right above the line `first` to the line `last`."""
    lines = source.split("\n")
    while first > 1 and lines[first - 2].lstrip().startswith(("#", "//")):
        first -= 1
    return tuple((number, lines[number - 1]) for number in range(first, last + 1) if MARK in lines[number - 1])


def trees(node: Any) -> list[Any]:
    """The children of a node that are trees, without comments."""
    return [child for child in node.children if getattr(child, "data", "new_line_or_comment") != "new_line_or_comment"]


def call(node: Any) -> tuple[str, list[Any]]:
    """The function that a call names, and its arguments."""
    name = "::".join(str(part.children[0]) for part in trees(node) if part.data == "identifier")
    return name, [argument for part in trees(node) if part.data == "arguments" for argument in trees(part)]


def _name(node: Any) -> str:
    return "".join(str(part) for part in node.scan_values(lambda token: token.type != "DBLQUOTE"))
