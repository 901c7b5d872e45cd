"""The errors about metrics queries, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from collections.abc import Sequence

from doghouse.web.errors import ApiError


def query_unreadable(reason: str) -> ApiError:
    """A metrics query that does not parse (GUESS: status and the words before the colon; what follows is ours: sentence, query, caret)."""
    return ApiError(400, f"Error parsing query: {reason}")


def from_not_before_to() -> ApiError:
    """A range whose end is not behind its start (GUESS: the text is recorded for another endpoint)."""
    return ApiError(400, "'from' should be anterior to 'to'")


def wrong_request_type(expected: str) -> ApiError:
    """Recorded: v2 timeseries_cross_product_query_returns_bad_request_response."""
    return ApiError(400, f'API input validation failed: Invalid type. Expected "{expected}".')


def before_retention() -> ApiError:
    """Recorded: v2 scalar_cross_product_query_returns_bad_request_response, whose range ended years before."""
    return ApiError(400, "Queries ending outside the retention date are invalid")


def duplicate_query_name(name: str) -> ApiError:
    """Two queries of one request with the same name (ours)."""
    return ApiError(400, f"The name '{name}' is given to two queries")


def unknown_query_name(formula: str, name: str, known: Sequence[str]) -> ApiError:
    """A formula that uses a name which no query has (ours)."""
    return ApiError(400, f"The formula '{formula}' uses '{name}'; the queries are {', '.join(known)}")
