"""The errors about the intake of traces, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from doghouse.web.errors import ApiError


def traces_unreadable(path: str, reason: str) -> ApiError:
    """The body of a request to the trace Agent cannot be decoded (GUESS: the text; the status is the Agent's)."""
    return ApiError(400, f"{path}: the body could not be decoded: {reason}")
