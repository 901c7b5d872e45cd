"""The errors about hosts and service checks, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from doghouse.web.errors import ApiError


def bad_check_status(place: int, status: int) -> ApiError:
    """The status of a service check is not one of the four that exist (OpenAPI v1: ServiceCheckStatus; text ours)."""
    return ApiError(
        400, f"status of service check {place} is {status}: expected 0 (OK), 1 (warning), 2 (critical) or 3 (unknown)"
    )


def host_not_found() -> ApiError:
    """Tags of a host that is not known are asked for or replaced (datadog-sync-cli pull request 582)."""
    return ApiError(404, "Host doesn't exist")


def host_muted_already(host: str) -> ApiError:
    """The host is muted already, and the request has no `override`. Recorded by datadogpy: test_host_muting (with a run of blanks before `add`)."""
    return ApiError(
        400,
        f"host:{host} is already muted. To mute this host with a different end timestamp, {' ' * 28}"
        "add ?override=true to your request.",
    )


def host_not_muted(host: str) -> ApiError:
    """Somebody unmutes a host that is not muted (GUESS: status and text)."""
    return ApiError(400, f"Host {host} is not muted.")
