"""The errors about events, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from doghouse.web.errors import ApiError


def event_too_old() -> ApiError:
    """Recorded: v1 post_an_event_in_the_past_returns_bad_request_response."""
    return ApiError(400, "Event too far in the past")


def event_not_found() -> ApiError:
    """GUESS: the text; the status is in the schema."""
    return ApiError(404, "No event matches that event_id.")


def event_schema(place: str, text: str) -> ApiError:
    """An event of version 2 that is not of its schema; recorded for an enum: v2 post_an_event_returns_bad_request_response. GUESS: other texts."""
    detail = f"JSON validation failed at {place}: {text}"
    return ApiError(400, {"status": "400", "title": "Bad Request", "detail": detail})
