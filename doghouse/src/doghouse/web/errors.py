"""The errors that any endpoint may answer with, and Datadog's own words for them where they are known. Those of a product are in its `errors.py`.

A text stands once. Beside it stands its evidence: the client's recorded case, a schema, or `ours` where Datadog's words are not known.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeVar
from urllib.parse import quote

LONGEST_SHOWN = 200  # signs of a value that an error repeats
# Signs of an error, which may repeat all that it is about; and what is kept of a longer one.
LONGEST_TEXT, ITS_HEAD, ITS_TAIL = 1000, LONGEST_SHOWN, 500
T = TypeVar("T")


class ApiError(Exception):
    """An answer that is an error: a status and Datadog's body `{"errors": [...]}`. `field` is the path of what is wrong with the body, where that is known."""

    field = ""

    def __init__(self, status: int, *errors: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(*errors)
        self.status = status
        self.errors: Sequence[Any] = [shortened(error) for error in errors]
        self.headers = dict(headers or {})

    def at(self, field: str) -> Self:
        """The same error, with the path of what it is about: `tags[0]`."""
        self.field = field
        return self

    @property
    def text(self) -> str:
        """The errors in one line."""
        return "; ".join(map(str, self.errors))

    @property
    def body(self) -> Any:
        """What is answered."""
        return {"errors": list(self.errors)}


def shortened(error: Any) -> Any:
    """An error's text, or each text of its object, without the middle of one that is too long."""
    if isinstance(error, dict):
        return {key: shortened(value) for key, value in error.items()}
    if not isinstance(error, str) or len(error) <= LONGEST_TEXT:
        return error
    return f"{error[:ITS_HEAD]}…{error[-ITS_TAIL:]}"


def present(value: T | None, error: ApiError) -> T:
    """A value that was looked up. Raises the error where there is none."""
    if value is None:
        raise error
    return value


def api_key_required() -> ApiError:
    """No API key was sent (recorded: v1 validate_api_key_returns_forbidden_response)."""
    return ApiError(403, "API key required")


def forbidden() -> ApiError:
    """A key that is wrong, or an application key that is missing (documentation: oauth2_endpoints; terraform-provider-datadog 3550)."""
    return ApiError(403, "Forbidden")


def not_json(reason: str) -> ApiError:
    """A body that is not JSON (ours)."""
    return ApiError(400, f"The request body is not valid JSON: {reason}")


def nested_too_deeply() -> ApiError:
    """A body whose lists and objects are nested deeper than can be read (ours)."""
    return ApiError(400, "The request body is nested too deeply")


def internal() -> ApiError:
    """A fault of doghouse's own, whose traceback is in its log alone (GUESS: the text)."""
    return ApiError(500, "Internal server error")


def not_evaluated(what: str) -> ApiError:
    """Something that doghouse does not evaluate: it says so and never guesses a value (ours)."""
    return ApiError(501, f"doghouse does not evaluate {what}")


def not_served(method: str, path: str) -> ApiError:
    """A path that is nobody's (ours)."""
    return ApiError(404, f"doghouse has no {method} {path}")


def operation_not_served(operation: str, method: str, path: str) -> ApiError:
    """Something of Datadog's that doghouse has not (ours)."""
    return ApiError(501, f"doghouse does not serve {operation} ({method} {path})")


def invalid_body(reason: str) -> ApiError:
    """A body that is JSON, but not of the shape that the endpoint reads (ours)."""
    return ApiError(400, f"The request body is invalid: {reason}")


def invalid_query_parameter(name: str, value: str, expected: str) -> ApiError:
    """A value in the address that cannot be read (ours)."""
    value = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
    return ApiError(400, f"Invalid value '{value}' of query parameter '{name}': expected {expected}")


def missing_parameter(name: str) -> ApiError:
    """A required field is missing (issues of HolmesGPT, 1060, and dogapi, 132: of an address and of a body)."""
    return ApiError(400, f"The parameter '{name}' is required")


def invalid_parameter(name: str, value: object, allowed: Sequence[object]) -> ApiError:
    """A field whose value is none of those allowed (ours)."""
    return ApiError(
        400, f"Invalid value {value!r} for parameter '{name}': expected one of {', '.join(map(str, allowed))}"
    )


def not_a_time(text: str) -> ApiError:
    """A time that doghouse is told to take for now (ours)."""
    return ApiError(400, f"'{text}' is not an ISO 8601 time, such as 2026-03-02T10:00:00Z")


def payload_too_large() -> ApiError:
    """A body over an intake's limit: the words of the intake of points (datadog-actions-metrics 1522, datadog-lambda-go 37, there as plain text).

    Until 2022 there was `Payload too large` as well (armory-observability-plugin 49)."""
    return ApiError(413, "Payload too big")


def too_much_in_body(reason: str) -> ApiError:
    """A body with more in it than its endpoint takes (ours, after the same beginning)."""
    return ApiError(413, f"Payload too big: it has {reason}")


def too_slow() -> ApiError:
    """A body that does not arrive (GUESS: the text; the status is in the schema)."""
    return ApiError(408, "Request timeout", headers={"Connection": "close"})


def too_much_in_flight() -> ApiError:
    """More bodies at once than the server holds in memory (GUESS: the text; the status is in the schema)."""
    return ApiError(429, "Too many requests", headers={"Retry-After": "1"})


def not_one_host() -> ApiError:
    """A request that says twice which host it is for, or not at all (RFC 9112, 3.2: 400; the text is ours)."""
    return ApiError(400, "A request has one Host header")


def another_origin() -> ApiError:
    """A write without a key that a page of another site asks for (ours)."""
    return ApiError(
        403,
        "doghouse takes what needs no key from its own pages and from programs alone, not from pages of other sites",
    )


def key_or_session_required(login_for: str | None) -> ApiError:
    """Something of a doghouse that others can reach, asked for without a key and without a session; a browser is sent to log in (ours)."""
    if login_for is None:
        return ApiError(403, "This doghouse can be reached by others: send DD-API-KEY, or log in at /login")
    return ApiError(303, "Log in at /login", headers={"Location": f"/login?next={quote(login_for)}"})


def unsupported_content_type(kind: str) -> ApiError:
    """A Content-Type that an intake does not read (GUESS: status and text)."""
    return ApiError(415, f"Unsupported Content-Type: {kind}")


def too_many_requests() -> ApiError:
    """More than a limit allows, or than can be kept at the moment (GUESS: the text; the status is in the schema)."""
    return ApiError(429, "Too many requests")


def too_long(name: str, length: int, most: int) -> ApiError:
    """A text that is written anew for each notification, and would take too long (ours)."""
    return ApiError(400, f"'{name}' has {length:,} characters; doghouse takes at most {most:,}")


def no_backup(reason: str) -> ApiError:
    """A backup that cannot be put where it was asked for (ours)."""
    return ApiError(400, f"no backup was made: {reason}")


def storage_failed(reason: str) -> ApiError:
    """The data folder cannot be written or read now: clients send again later (ours)."""
    return ApiError(503, f"doghouse could not do this: {reason}")


def stopping() -> ApiError:
    """The server stops, and what is under way had its time (ours)."""
    return ApiError(503, "doghouse is stopping: this was not finished in time, and may have been done all the same")


def invalid_search(reason: str) -> ApiError:
    """A search that cannot be read (ours, after the recorded beginning)."""
    return ApiError(400, f"Query parsing error: {reason}")


def wrong_type(name: str, expected: str) -> ApiError:
    """A field of another type (ours)."""
    return ApiError(400, f"Invalid type of parameter '{name}': expected {expected}")
