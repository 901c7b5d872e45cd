"""The errors about downtimes, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from collections.abc import Sequence

from doghouse.web.errors import ApiError


def invalid_downtime(text: str) -> ApiError:
    """Why a downtime is refused; the texts stand with the rules in `downtimes.model`, `.scope`, `.schedule` and `.v1`."""
    return ApiError(400, text)


def downtime_not_found() -> ApiError:
    """Recorded: v1 and v2 get_a_downtime_, v2 update_a_downtime_returns_downtime_not_found_response."""
    return ApiError(404, "Downtime not found")


def duplicate_downtime(ids: Sequence[str]) -> ApiError:
    """A downtime like one that is there (datadog-sync-cli, pull request 656)."""
    return ApiError(400, f"The downtime being created is a duplicate of one or more existing downtimes: {list(ids)}")


def only_by_version_2() -> ApiError:
    """Version 1 is asked for a downtime of version 2 (terraform-provider-datadog issue 2493)."""
    return ApiError(422, "V2 downtimes can only be accessed from a V2 endpoint")


def no_downtime_to_cancel(downtime_id: str) -> ApiError:
    """Recorded: v1 and v2 cancel_a_downtime_returns_downtime_not_found_response."""
    return ApiError(404, f"Downtime {downtime_id} not found")


def downtime_id_not_uuid() -> ApiError:
    """Recorded: v2 get_a_downtime_returns_bad_request_response."""
    return ApiError(400, "Invalid URL param: downtime_id must be an uuid")


def no_downtimes() -> ApiError:
    """Recorded: v1 cancel_downtimes_by_scope_returns_downtimes_not_found_response."""
    return ApiError(404, "No downtimes found")


def no_monitor_for_downtimes(monitor_id: int) -> ApiError:
    """Recorded: v2 get_all_downtimes_for_a_monitor_returns_monitor_not_found_error_response."""
    return ApiError(404, f"Monitor with id {monitor_id} not found")


def unexpected_properties(names: Sequence[str]) -> ApiError:
    """Recorded for one name: v2 update_a_downtime_returns_bad_request_response. Several are as the same library (jsonschema) words them."""
    quoted = ", ".join(f"'{name}'" for name in names)
    verb = "was" if len(names) == 1 else "were"
    return ApiError(400, f"Additional properties are not allowed ({quoted} {verb} unexpected)")


def required_property(name: str) -> ApiError:
    """A property that is missing (GUESS: the words, those of the same library as above)."""
    return ApiError(400, f"'{name}' is a required property")
