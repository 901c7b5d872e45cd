"""The errors about notifications, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from doghouse.web.errors import ApiError


def notification_not_found() -> ApiError:
    """No notification has this id (ours: Datadog has no inbox over HTTP)."""
    return ApiError(404, "Notification not found")
