"""The kinds of monitors by the names of their types, and a monitor of the kind that its body says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from doghouse.monitors.definition import Definition
from doghouse.monitors.model import TYPES, Body, read_body
from doghouse.queries import NotEvaluated, QuerySyntaxError

Kind = TypeVar("Kind", bound=type[Definition])
KINDS: dict[str, type[Definition]] = {}  # by the type's name, as `kind` registers them


def types() -> list[str]:
    """The types that a monitor may have, by name: Datadog's, and those of kinds that registered."""
    return sorted({*TYPES, *KINDS})


def kind(*types: str) -> Callable[[Kind], Kind]:
    """Register a class as the kind of monitor that the API calls so."""

    def register(kind_class: Kind) -> Kind:
        KINDS.update(dict.fromkeys(types, kind_class))
        return kind_class

    return register


def kind_of(type_name: str) -> type[Definition]:
    """The class of monitors of a type; `Definition` itself where no kind of that name registered."""
    return KINDS.get(type_name, Definition)


def parse(document: Mapping[str, Any]) -> Definition:
    """A monitor from an API body or an integration's asset. Raises MonitorError where its shape is wrong; a mistake in its query is its `problem`."""
    return define(read_body(document))


def define(body: Body) -> Definition:
    """A monitor from its body: the one place where a query is parsed."""
    kind_class, asked, problem = kind_of(body.type), None, None
    try:
        asked = kind_class.read(body)
    except (QuerySyntaxError, NotEvaluated) as error:
        problem = error.with_traceback(None)
    return kind_class.fitting(body, asked)(**body.fields(), asked=asked, problem=problem)
