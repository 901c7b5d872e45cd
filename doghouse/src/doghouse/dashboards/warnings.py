"""What is accepted of a dashboard, yet will not work as meant: variables that do not exist, queries that cannot be read.

GUESS: that Datadog accepts them; what it says of them is not known. doghouse says so in a header, on the page, and at `/doghouse/warnings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from doghouse.dashboards.board import Widget
from doghouse.dashboards.board import parse as parse_board
from doghouse.queries import QuerySyntaxError, parse

NAME = re.compile(r"[A-Za-z][\w-]*")
USED = re.compile(r"\$([A-Za-z][\w.-]*)")
KEYED = re.compile(r"(?<![\w./-])([\w./-]++):\$([A-Za-z][\w.-]*)")
Object = Mapping[str, Any]


def warnings(dashboard: Object) -> list[str]:
    """A sentence for each, in the order of the document."""
    declared = [str(variable["name"]) for variable in dashboard.get("template_variables") or ()]
    prefixes = {
        str(variable["name"]): variable["prefix"]
        for variable in dashboard.get("template_variables") or ()
        if variable.get("prefix")
    }
    sentences = [*_names(declared), *_presets(dashboard, set(declared))]
    for place, widget in enumerate(parse_board(dashboard).every_widget, 1):
        title = widget.title or widget.type
        problems = (*_queries(widget, declared), *_doubled(widget, prefixes))
        sentences += [f"widget {place} ('{title}'): {problem}" for problem in problems]
    return list(dict.fromkeys(sentences))


def _names(declared: list[str]) -> Iterator[str]:
    for name in declared:
        if not NAME.fullmatch(name):
            yield (
                f"the template variable '{name}' has a name that Datadog may not read in a query: "
                "letters, digits, '_' and '-' are safe"
            )
        if declared.count(name) > 1:
            yield f"the template variable '{name}' is declared {declared.count(name)} times"


def _presets(dashboard: Object, declared: set[str]) -> Iterator[str]:
    for preset in dashboard.get("template_variable_presets") or ():
        for value in preset.get("template_variables") or ():
            if value.get("name") not in declared:
                yield f"the preset '{preset.get('name')}' sets the variable '{value.get('name')}', which is not declared"


def _queries(widget: Widget, declared: list[str]) -> Iterator[str]:
    for text in (text for request in widget.requests for text in request.metric_queries):
        yield from (f"the query `{text}` uses ${used}, which is not declared" for used in undeclared(text, declared))
        try:
            parse(text)
        except QuerySyntaxError as error:
            yield f"the query `{text}` cannot be read: {error.problem}"


def _doubled(widget: Widget, prefixes: Mapping[str, str]) -> Iterator[str]:
    """`host:$host` of a variable whose value brings `host:` along (integrations-core pull request 24704)."""
    for text in (text for request in widget.requests for text in request.metric_queries):
        for key, name in KEYED.findall(text):
            if name in prefixes:
                became = f"{key}:{prefixes[name]}:…"
                yield f"the query `{text}` uses {key}:${name}, which becomes {became} and matches nothing; write ${name} or {key}:${name}.value"


def undeclared(text: str, declared: Sequence[str]) -> list[str]:
    """The template variables that a query uses and that are not declared."""
    return [used for used in USED.findall(text) if not _known(used, declared)]


def _known(used: str, declared: Sequence[str]) -> bool:
    """`$env`, `$env.value` and `$env.key` all use `env`; a name may have a dot of its own."""
    return used in declared or (used.endswith((".value", ".key")) and used.rpartition(".")[0] in declared)
