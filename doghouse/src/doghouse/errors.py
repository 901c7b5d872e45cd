"""Every error that a request can get, and Datadog's own words for it where they are known.

A text stands here once. Beside it stands its evidence: the client's recorded case, a schema, or `ours` where Datadog's words are not known.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from doghouse import account


class ApiError(Exception):
    """An answer that is an error: a status and Datadog's body `{"errors": [...]}`. `field` is the path of what is wrong with the body, where that is known."""

    field = ""

    def __init__(self, status: int, *errors: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(*errors)
        self.status = status
        self.errors: Sequence[Any] = errors
        self.headers = dict(headers or {})

    def at(self, field: str) -> Self:
        """The same error, with the path of what it is about: `tags[0]`."""
        self.field = field
        return self

    @property
    def body(self) -> Any:
        """What is answered."""
        return {"errors": list(self.errors)}


class LogIntakeError(ApiError):
    """An error of the first intake of logs, which has a body of its own (HTTPLogError of the schema)."""

    @property
    def body(self) -> Any:
        """`{"code": 400, "message": "..."}`."""
        return {"code": self.status, "message": self.errors[0]}


def api_key_required() -> ApiError:
    """No API key was sent (recorded: v1 validate_api_key_returns_forbidden_response)."""
    return ApiError(403, "API key required")


def forbidden() -> ApiError:
    """A key that is wrong, or an application key that is missing (GUESS: the text; the status is in the schema)."""
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


def not_this_machine(host: str) -> ApiError:
    """A page asked for under a name that is not this machine's own: a DNS rebinding attack would look like this (ours)."""
    return ApiError(403, f"doghouse's pages answer to localhost and loopback addresses alone, not to '{host}'")


def another_origin() -> ApiError:
    """A change that a page of another site asks for (ours)."""
    return ApiError(403, "doghouse's pages take changes from their own pages alone")


def no_such_page(path: str) -> ApiError:
    """A page or file that does not exist (ours)."""
    return ApiError(404, f"doghouse has no page {path}")


def invalid_body(reason: str) -> ApiError:
    """A body that is JSON, but not of the shape that the endpoint reads (ours)."""
    return ApiError(400, f"The request body is invalid: {reason}")


def invalid_query_parameter(name: str, value: str, expected: str) -> ApiError:
    """A value in the address that cannot be read (ours)."""
    return ApiError(400, f"Invalid value '{value}' of query parameter '{name}': expected {expected}")


def missing_parameter(name: str) -> ApiError:
    """A required field is missing (GUESS: the text)."""
    return ApiError(400, f"Missing required parameter '{name}'")


def invalid_parameter(name: str, value: object, allowed: Sequence[object]) -> ApiError:
    """A field whose value is none of those allowed (ours)."""
    return ApiError(
        400, f"Invalid value {value!r} for parameter '{name}': expected one of {', '.join(map(str, allowed))}"
    )


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


def not_a_time(text: str) -> ApiError:
    """A time that doghouse is told to take for now (ours)."""
    return ApiError(400, f"'{text}' is not an ISO 8601 time, such as 2026-03-02T10:00:00Z")


def payload_unreadable(reason: str) -> ApiError:
    """A body that an intake cannot read (seen in 2017, there as plain text: issue 719 of kamon-io/Kamon)."""
    return ApiError(400, f"Payload is not in the expected format: {reason}")


def payload_too_large() -> ApiError:
    """A body over an intake's limit (GUESS: the text; the status is in the schema)."""
    return ApiError(413, "Payload too large")


def unsupported_content_type(kind: str) -> ApiError:
    """A Content-Type that an intake does not read (GUESS: status and text)."""
    return ApiError(415, f"Unsupported Content-Type: {kind}")


def too_many_requests() -> ApiError:
    """More than a limit allows, or than can be kept at the moment (GUESS: the text; the status is in the schema)."""
    return ApiError(429, "Too many requests")


def no_backup(reason: str) -> ApiError:
    """A backup that cannot be put where it was asked for (ours)."""
    return ApiError(400, f"no backup was made: {reason}")


def storage_failed(reason: str) -> ApiError:
    """The data folder cannot be written or read now: clients send again later (ours)."""
    return ApiError(503, f"doghouse could not do this: {reason}")


def bad_check_status(place: int, status: int) -> ApiError:
    """A service check whose status is none (OpenAPI v1: ServiceCheckStatus; text ours)."""
    return ApiError(
        400, f"status of service check {place} is {status}: expected 0 (OK), 1 (warning), 2 (critical) or 3 (unknown)"
    )


def host_not_found(host: str) -> ApiError:
    """Tags of a host that was never heard of (GUESS: the text; the status is in the schema)."""
    return ApiError(404, f"Host {host} not found")


def host_muted_already(host: str) -> ApiError:
    """A second mute without `override`; recorded by datadogpy: test_host_muting (with a run of blanks before `add`)."""
    return ApiError(
        400,
        f"host:{host} is already muted. To mute this host with a different end timestamp, {' ' * 28}"
        "add ?override=true to your request.",
    )


def host_not_muted(host: str) -> ApiError:
    """Ending a mute that there is not (GUESS: status and text)."""
    return ApiError(400, f"Host {host} is not muted.")


def monitor_not_found() -> ApiError:
    """Recorded: v1 get_a_monitor_s_details_, edit_a_monitor_ and delete_a_monitor_returns_*_not_found_error_response."""
    return ApiError(404, "Monitor not found")


def invalid_monitor(text: str) -> ApiError:
    """Why a monitor is refused; the texts stand with the rules in `monitors.validation`."""
    return ApiError(400, text)


def duplicate_monitor(monitor_id: int) -> ApiError:
    """Recorded by datadog-sync-cli: an identical monitor is refused."""
    return ApiError(400, f"Duplicate of an existing monitor_id:{monitor_id} org_id:{account.ORG_ID}")


def unknown_members() -> ApiError:
    """A composite of monitors that do not exist (terraform-provider-datadog issue 2440)."""
    return ApiError(400, "Some monitor IDs are invalid")


def monitor_in_use(text: str) -> ApiError:
    """A monitor that composites are made of (GUESS: the text, made like the one that terraform-provider-datadog issue 439 shows for SLOs)."""
    return ApiError(400, text)


def invalid_group_states() -> ApiError:
    """Recorded: v1 get_all_monitors_returns_bad_request_response."""
    return ApiError(400, "Invalid group_state filters.")


def invalid_monitor_status(status: str) -> ApiError:
    """Recorded: v1 monitors_search_returns_bad_request_response and the same of groups."""
    return ApiError(400, f"Query parsing error: '{status}' is not a valid monitor status")


def invalid_search(reason: str) -> ApiError:
    """A search that cannot be read (ours, after the recorded beginning)."""
    return ApiError(400, f"Query parsing error: {reason}")


def invalid_downtime(text: str) -> ApiError:
    """Why a downtime is refused; the texts stand with the rules in `downtimes.model`, `.scope`, `.schedule` and `.v1`."""
    return ApiError(400, text)


def downtime_not_found() -> ApiError:
    """Recorded: v1 and v2 get_a_downtime_, v2 update_a_downtime_returns_downtime_not_found_response."""
    return ApiError(404, "Downtime not found")


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


def invalid_cursor() -> ApiError:
    """Recorded, a Python 2 value as text: v2 search_events_returns_bad_request_response."""
    return ApiError(400, "{'errors': [u\"input_validation_error(Field 'page' is invalid: invalid cursor)\"]}")


def invalid_time(text: str) -> ApiError:
    """A time that is none of the forms that searches take (ours)."""
    return ApiError(400, f"Invalid time '{text}': expected now, now-15m, an ISO 8601 time or milliseconds since 1970")


def logs_invalid(version: int, reason: str) -> ApiError:
    """A body that is not logs (shapes: HTTPLogError of v1, HTTPLogErrors of v2; GUESS: the texts)."""
    return _logs(version, 400, "Bad Request", reason)


def logs_too_large(version: int) -> ApiError:
    """More than 5 MB or 1,000 logs at once (docs of the endpoint; GUESS: the text)."""
    return _logs(version, 413, "Payload Too Large", "Payload too large")


def _logs(version: int, status: int, title: str, detail: str) -> ApiError:
    if version == 1:
        return LogIntakeError(status, detail)
    return ApiError(status, {"status": str(status), "title": title, "detail": detail})


def traces_unreadable(path: str, reason: str) -> ApiError:
    """A body of the trace Agent's intake that cannot be decoded (GUESS: the text; the status is the Agent's)."""
    return ApiError(400, f"{path}: the body could not be decoded: {reason}")


def wrong_type(name: str, expected: str) -> ApiError:
    """A field of another type (ours)."""
    return ApiError(400, f"Invalid type of parameter '{name}': expected {expected}")


def too_many(name: str, most: int) -> ApiError:
    """A list that is too long (GUESS: the text, made like the recorded one for too few)."""
    return ApiError(400, f"Maximum number of elements in parameter '{name}' should be {most}")


def reflow_of_free_layout() -> ApiError:
    """`reflow_type` is for ordered dashboards alone (schema of DashboardReflowType; GUESS: the text)."""
    return ApiError(400, "'reflow_type' can only be used with the layout type 'ordered'")


def invalid_widget(place: int, reason: str) -> ApiError:
    """Datadog's words (datadogpy issue 410: a free dashboard's widget without layout)."""
    return ApiError(400, f"Invalid widget at position {place}. Error: {reason}")


def invalid_widget_definition(place: int, kind: str, reason: str) -> ApiError:
    """Datadog's words (terraform-provider-datadog issues 1753 and 2243)."""
    return ApiError(400, f"Invalid widget definition at position {place} of type {kind}. Error: {reason}")


def notification_not_found() -> ApiError:
    """No notification has this id (ours: Datadog has no inbox over HTTP)."""
    return ApiError(404, "Notification not found")


def metric_not_found(metric: str) -> ApiError:
    """Recorded for tag configurations: v2 delete_a_tag_configuration_returns_no_content_response. GUESS: metadata has the same text."""
    return ApiError(404, f"{metric} not found")


def already_configured(metric: str) -> ApiError:
    """A second tag configuration of a metric (GUESS: the text; the status is in the schema)."""
    return ApiError(409, f"{metric} already has a tag configuration")


def invalid_graph(reason: str) -> ApiError:
    """A graph definition of a snapshot that is none (ours)."""
    return ApiError(400, f"Invalid graph definition: {reason}")
