"""A widget's query of logs, events, spans or an SLO, with the chosen template variables in its search."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from doghouse.queries.beyond.reading import QueryBody, expression, text
from doghouse.queries.errors import NotEvaluated, QuerySyntaxError
from doghouse.queries.language.substitution import Chosen
from doghouse.queries.language.tree import Expression
from doghouse.web.errors import ApiError

_VARIABLE = re.compile(r"\$([A-Za-z][\w-]*)(\.value|\.key)?")


def templated(raw: Mapping[str, Any], values: Mapping[str, Chosen]) -> Expression:
    """The query as a leaf. Raises QuerySyntaxError, NotEvaluated."""
    body = _body(raw)
    query = substituted(body.search.query, values)
    try:
        return expression(msgspec.structs.replace(body, search=msgspec.structs.replace(body.search, query=query)))
    except ApiError as error:
        if error.status == 501:
            raise NotEvaluated(f"queries of {body.data_source}: {error.errors[0]}") from None
        raise QuerySyntaxError(query, 0, error.errors[0]) from None


def written(raw: Mapping[str, Any]) -> str:
    """The query as a person would write it; what cannot be read as it stands."""
    try:
        return text(_body(raw))
    except QuerySyntaxError as error:
        return error.text


def _body(raw: Mapping[str, Any]) -> QueryBody:
    try:
        return msgspec.convert(dict(raw), QueryBody)
    except msgspec.ValidationError as error:
        raise QuerySyntaxError(str(raw.get("search", raw)), 0, str(error)) from None


def substituted(search: str, values: Mapping[str, Chosen]) -> str:
    """`$env` becomes `env:prod`, of several values `env:(a OR b)`, of all or none `*`; `$env.value` and `$env.key` one part of it."""

    def replaced(match: re.Match[str]) -> str:
        chosen = values.get(match[1])
        if chosen is None:
            return match[0]
        if match[2] == ".key":
            return chosen.prefix
        some = [value for value in chosen.values if value != "*"]
        value = "*" if not some or "*" in chosen.values else some[0] if len(some) == 1 else f"({' OR '.join(some)})"
        return value if match[2] or value == "*" or not chosen.prefix else f"{chosen.prefix}:{value}"

    return _VARIABLE.sub(replaced, search)
