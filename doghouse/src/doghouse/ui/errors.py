"""The errors about pages, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from doghouse.web.errors import ApiError


def not_this_machine(host: str) -> ApiError:
    """A page asked for under a name that is not this machine's own: a DNS rebinding attack would look like this (ours)."""
    return ApiError(403, f"doghouse's pages answer to localhost and loopback addresses alone, not to '{host}'")


def another_origin() -> ApiError:
    """A change that a page of another site asks for (ours)."""
    return ApiError(403, "doghouse's pages take changes from their own pages alone")


def no_such_page(path: str) -> ApiError:
    """A page or file that does not exist (ours)."""
    return ApiError(404, f"doghouse has no page {path}")
