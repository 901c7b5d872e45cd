"""What a viewer of a shared dashboard may choose: variables and their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from doghouse.dashboards import template_variables
from doghouse.dashboards.model import Document
from doghouse.dashboards.template_variables import Selection


def selections(
    variables: Sequence[Mapping[str, Any]], share: Document, query: Iterable[tuple[str, str]]
) -> tuple[Selection, ...]:
    """Every variable of the board with its values on the shared page.

    One that the share lists can be chosen among its `visible_tags`; any other keeps the board's default (GUESS, as what an address asks for besides).
    """
    listed, pairs = _by_name(share), list(query)
    return tuple(
        _chosen(dict(variable), listed.get(str(variable["name"])), pairs)
        for variable in variables
        if variable.get("name")
    )


def choosable(variables: Sequence[Selection], share: Document) -> tuple[Selection, ...]:
    """The variables that a viewer chooses: listed by the share, with more than one value to choose from."""
    listed = _by_name(share)
    return tuple(
        selection
        for selection in variables
        if selection.name in listed and set(selection.allowed) != set(selection.values)
    )


def _by_name(share: Document) -> dict[str, Document]:
    return {str(variable.get("name")): variable for variable in share["selectable_template_vars"] or ()}


def _chosen(variable: Document, listed: Document | None, query: Sequence[tuple[str, str]]) -> Selection:
    if listed is None:
        return template_variables.selections([variable])[0]
    visible = [str(tag) for tag in listed.get("visible_tags") or ()]
    if default := listed.get("default_value"):
        variable["defaults"] = [default]
    variable["available_values"] = visible or variable.get("available_values")
    first, chosen = (template_variables.selections([variable], pairs)[0] for pairs in ((), query))
    return chosen if not visible or set(chosen.values) <= {*visible, *first.values} else first
