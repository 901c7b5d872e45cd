"""A search that somebody typed into a page: as a tree, or what is wrong with it, shown at its place."""

from __future__ import annotations

from doghouse.search import matching
from doghouse.search.errors import SearchSyntaxError
from doghouse.search.parser import parse
from doghouse.search.tree import Everything, Node
from doghouse.web.errors import ApiError


def read(text: str) -> tuple[Node, str]:
    """The tree, and no words; or a tree of everything, and what is wrong: a sentence, the search's line, and a caret below the place where it is known."""
    try:
        search = parse(text)
        matching.predicate(search)
    except SearchSyntaxError as error:
        return Everything(), f"{error.sentence}\n{str(error).partition(chr(10))[2]}"
    except ApiError as error:
        return Everything(), error.text
    return search, ""
