"""The errors about dashboards and their lists, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from collections.abc import Mapping
from typing import Any

from doghouse.web.errors import ApiError


def dashboard_not_found(dashboard_id: str) -> ApiError:
    """Recorded: v1 delete_a_dashboard_returns_ok_response, whose second deletion gets this."""
    return ApiError(404, f"Dashboard with ID {dashboard_id} not found")


def invalid_dashboard_tag() -> ApiError:
    """Recorded: v1 create_a_new_dashboard_with_invalid_team_tags_returns_bad_request_response."""
    return ApiError(400, "Invalid tag format. Valid tag keys are: team.")


def default_and_defaults() -> ApiError:
    """Recorded: v1 create_a_new_dashboard_with_template_variable_defaults_and_default_returns_bad_request_response."""
    return ApiError(400, "'template_variables' is invalid")


def empty_default() -> ApiError:
    """Recorded: v1 create_a_new_dashboard_with_template_variable_defaults_whose_value_has_no_length_returns_bad_request_response."""
    return ApiError(400, "Minimum length of parameter 'defaults' should be 1")


def value_and_values(variable: Mapping[str, Any]) -> ApiError:
    """Recorded, the variable as Python prints it: v1 create_a_new_dashboard_with_template_variable_presets_using_values_and_value_*."""
    return ApiError(400, f"'template_variables' value '{dict(variable)}' is invalid")


def no_preset_values() -> ApiError:
    """Recorded: v1 create_a_new_dashboard_with_template_variable_presets_using_values_with_no_length_*."""
    return ApiError(400, "Minimum number of elements in parameter 'values' should be 1")


def dashboard_list_not_found(list_id: str) -> ApiError:
    """Recorded: v1 get_, update_ and delete_a_dashboard_list_returns_not_found_response."""
    return ApiError(404, f"Manual Dashboard List with id {list_id} not found")


def no_dashboard_to_share(dashboard_type: str, dashboard_id: str) -> ApiError:
    """Recorded: v1 create_a_shared_dashboard_returns_dashboard_not_found_response (GUESS: the same for the type of another layout)."""
    return ApiError(404, f"{dashboard_type} {dashboard_id} not found")


def share_not_found() -> ApiError:
    """A token that no share has (GUESS: the text)."""
    return ApiError(404, "Shared dashboard not found")


def not_on_share_list(email: str) -> ApiError:
    """An invitation of somebody whom the share does not list (GUESS: the text)."""
    return ApiError(400, f"{email} is not in the share_list of this dashboard")


def too_many(name: str, most: int) -> ApiError:
    """A list that is too long (GUESS: the text, made like the recorded one for too few)."""
    return ApiError(400, f"Maximum number of elements in parameter '{name}' should be {most}")


def reflow_of_free_layout() -> ApiError:
    """`reflow_type` is for ordered dashboards alone (schema of DashboardReflowType; GUESS: the text)."""
    return ApiError(400, "'reflow_type' can only be used with the layout type 'ordered'")


def invalid_widget(part: str, reason: str) -> ApiError:
    """Datadog's words: `widget at position 0` (datadogpy issue 410), `widget at position 0 of type query_value` (terraform-provider-datadog issue 3750: a place
    on the grid), `widget definition at position 0 of type heatmap` (1753 and 2243).
    """
    return ApiError(400, f"Invalid {part}. Error: {reason}")


def invalid_graph(reason: str) -> ApiError:
    """A graph definition of a snapshot that is none (ours)."""
    return ApiError(400, f"Invalid graph definition: {reason}")
