"""The errors about monitors, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from doghouse.web import account
from doghouse.web.errors import ApiError


def monitor_not_found() -> ApiError:
    """Recorded: v1 get_a_monitor_s_details_, edit_a_monitor_ and delete_a_monitor_returns_*_not_found_error_response."""
    return ApiError(404, "Monitor not found")


def invalid_monitor(text: str) -> ApiError:
    """Why a monitor is refused; the texts stand with the rules in `monitors.validation`."""
    return ApiError(400, text)


def duplicate_monitor(monitor_id: int) -> ApiError:
    """Recorded by datadog-sync-cli: an identical monitor is refused."""
    return ApiError(400, f"Duplicate of an existing monitor_id:{monitor_id} org_id:{account.ORG_ID}")


def type_change() -> ApiError:
    """A monitor of another type than it was (terraform-provider-datadog issue 718; `metric alert` and `query alert` are one, issue 241)."""
    return ApiError(400, "Monitor type change not allowed")


def unknown_members() -> ApiError:
    """A composite of monitors that do not exist (terraform-provider-datadog issue 2440)."""
    return ApiError(400, "Some monitor IDs are invalid")


def monitor_in_use(text: str) -> ApiError:
    """A monitor that SLOs are made of (terraform-provider-datadog issues 439 and, for the status, 756), or composites (GUESS: the text is made like that)."""
    return ApiError(400, text)


def unknown_slo(slo_id: str) -> ApiError:
    """An alert of an SLO that does not exist (GUESS: the text)."""
    return ApiError(400, f"The value provided for parameter 'query' is invalid: SLO {slo_id} not found")


def invalid_group_states() -> ApiError:
    """Recorded: v1 get_all_monitors_returns_bad_request_response."""
    return ApiError(400, "Invalid group_state filters.")


def invalid_monitor_status(status: str) -> ApiError:
    """Recorded: v1 monitors_search_returns_bad_request_response and the same of groups."""
    return ApiError(400, f"Query parsing error: '{status}' is not a valid monitor status")
