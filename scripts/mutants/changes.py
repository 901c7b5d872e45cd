"""The changes that `make mutants` makes to the source, by cosmic-ray: which of them there are in a file, and some of a package at random."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent / "doghouse/src"


@dataclass(frozen=True)
class Mutant:
    """A change: the operator's name, its place in the file, the line before and after, and what became of it."""

    package: str
    file: str
    line: int
    operator: str
    before: str
    after: str
    outcome: str = ""


def mutants(package: str, count: int, seed: int) -> Iterator[tuple[Mutant, str]]:
    """So many mutants of a package, each with the whole text of its file: a file by chance (by its length), a place in it, a change there."""
    files = sorted((SOURCE / "doghouse" / package).rglob("*.py"))
    lengths = [len(path.read_bytes()) for path in files]
    chance = random.Random(f"{package} {seed}")
    seen: set[tuple[str, int, str]] = set()
    while len(seen) < count:
        [path] = chance.choices(files, lengths)
        text = path.read_text("utf-8")
        places = _places(text)
        if not places:
            continue
        place = chance.choice(sorted(places))
        operator, occurrence = chance.choice(places[place])
        changed = _mutated(text, operator, occurrence)
        if changed is None or changed == text or not _is_python(changed):
            continue
        number = next(
            at for at, (a, b) in enumerate(zip(text.split("\n"), changed.split("\n"), strict=False)) if a != b
        )
        before, after = text.split("\n")[number].strip(), changed.split("\n")[number].strip()
        key = (str(path), number, after)
        if key not in seen:
            seen.add(key)
            yield Mutant(package, str(path.relative_to(SOURCE)), number + 1, operator, before, after), changed


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _mutated(text: str, operator: str, occurrence: int) -> str | None:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    try:
        changed: str | None = mutate_code(text, get_operator(operator)(), occurrence)
    except AttributeError:  # its own: it cannot replace an exception whose name has a dot
        return None
    return changed


@cache
def _places(text: str) -> dict[tuple[int, int], list[tuple[str, int]]]:
    """The places that can be changed, each with the changes there: an operator's name, and which of its occurrences it is."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    nodes, quiet = list(ast_nodes(get_ast(text))), _quiet(text)
    places: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for name in operator_names():
        if get_operator(name).arguments():
            continue  # it needs to be told what to replace
        operator, occurrence = get_operator(name)(), 0
        for node in nodes:
            for start, _ in operator.mutation_positions(node):
                if not any(first <= start < last for first, last in quiet):
                    places.setdefault(start, []).append((name, occurrence))
                occurrence += 1
    return places


def _quiet(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where a change alters no answer: types, what a dataclass or a struct is for the checker of types, and what only remembers answers."""
    spans = []
    for node in ast.walk(ast.parse(text)):
        within = [getattr(node, name, None) for name in ("annotation", "returns")]
        if isinstance(node, ast.ClassDef):
            within += [decorator for decorator in node.decorator_list if "dataclass" in ast.unparse(decorator)]
            within += [keyword.value for keyword in node.keywords]  # frozen=True
        if isinstance(node, ast.FunctionDef):
            within += [decorator for decorator in node.decorator_list if re.search(r"cache\b", ast.unparse(decorator))]
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            within.append(node)
        for part in within:
            if isinstance(part, ast.AST):
                begin = max(part.col_offset - 1, 0)  # type: ignore[attr-defined]  # a decorator's @
                spans.append(((part.lineno, begin), (part.end_lineno or 0, part.end_col_offset or 0)))  # type: ignore[attr-defined]
    return spans
