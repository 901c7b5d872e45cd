"""Text → syntax tree. The grammar stands in grammar.lark; what it cannot say (names, arguments, the mixing rule) is said in `expression_building`."""

from __future__ import annotations

import os
import re
import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doghouse.queries.errors import QuerySyntaxError
from doghouse.queries.language import expression_building as building
from doghouse.queries.language.expectations import complaint
from doghouse.queries.language.tree import Everything, Expression, MonitorQuery, Scope, Search

if TYPE_CHECKING:
    from lark import Lark

LONGEST_QUERY = 100_000  # characters; a query is typed or generated, not a document
DEEPEST = 200  # parentheses within parentheses

_EVENT_SEARCH = re.compile(r"[^{}]*(?<![\w@])@[\w.\-]+:[^{}]*")


@lru_cache(maxsize=4096)
def parse(text: str, *, monitor: bool = False) -> tuple[Expression, ...]:
    """The expressions of a metrics query, which stand between commas; `monitor`: as a monitor may have it. Raises QuerySyntaxError."""
    if not monitor and "@" in text and _EVENT_SEARCH.fullmatch(text):
        return (Search(text.strip()),)
    return building.expressions(_tree(text, "queries"), text, monitor=monitor)


@lru_cache(maxsize=1024)
def parse_formula(text: str, *, monitor: bool = False) -> Expression:
    """A formula of the v2 API: arithmetic and functions over the names of queries (`tree.Variable`); `monitor`: as a monitor may have it.

    Raises QuerySyntaxError.
    """
    return building.formula(_tree(text, "formula"), text, monitor=monitor)


@lru_cache(maxsize=4096)
def parse_monitor(text: str) -> MonitorQuery:
    """A metric monitor's query: `avg(last_5m):avg:m{*} by {host} > 90`.

    `$var` is refused: template variables belong to dashboards (GUESS: what Datadog makes of one here is not documented). So is autosmooth()
    (dashboards/functions/smoothing). Raises QuerySyntaxError.
    """
    return building.monitor(_tree(text, "monitor"), text)


@lru_cache(maxsize=4096)
def parse_scope(text: str) -> Scope:
    """What stands between a query's braces: `env:prod AND NOT host:a*`. Raises QuerySyntaxError."""
    tree = _tree(text, "filter")
    return building.scope(tree.children[0], text) if tree.children[0] is not None else Everything()


def _tree(text: str, start: str) -> Any:
    """Lark's tree of the text. Its errors become ours."""
    from lark.exceptions import UnexpectedInput

    _check_size(text)
    try:
        return _lark().parse(text, start=start)
    except UnexpectedInput as error:
        raise complaint(text, start, error) from None


def _check_size(text: str) -> None:
    if len(text) > LONGEST_QUERY:
        raise QuerySyntaxError(text[:80], 0, f"the query has {len(text)} characters; at most {LONGEST_QUERY} are read")
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth > DEEPEST:
            raise QuerySyntaxError(text, place, f"parentheses stand more than {DEEPEST} deep")


@lru_cache(maxsize=1)
def _lark() -> Lark:
    """The parser, made at the first query: lark takes longer to import than the rest of doghouse.queries."""
    from lark import Lark

    grammar = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    cache = cache_file(f"queries-{sha256(grammar.encode()).hexdigest()[:16]}-{sys.implementation.cache_tag}.lark")
    return Lark(
        grammar,
        parser="lalr",
        cache=False if cache is None else str(cache),
        start=["queries", "formula", "filter", "monitor"],
        propagate_positions=True,
        maybe_placeholders=True,
    )


def cache_file(name: str) -> Path | None:
    """Where to keep what can be made again (XDG_CACHE_HOME, or ~/.cache); None where nothing can be kept."""
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
        folder = base / "doghouse"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / name if os.access(folder, os.W_OK) else None
    except (OSError, RuntimeError):  # no home, or one that is read only
        return None
