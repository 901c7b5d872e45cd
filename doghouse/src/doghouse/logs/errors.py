"""The errors about the intake of logs, with the evidence for each text: a recorded case, a schema, or `ours` where Datadog's words are not known."""

from typing import Any

from doghouse.web.errors import ApiError


class Full(Exception):
    """More logs are on their way to the columns than the store lets wait: try again later."""


class LogIntakeError(ApiError):
    """An error of the first intake of logs, which has a body of its own (HTTPLogError of the schema)."""

    @property
    def body(self) -> Any:
        """`{"code": 400, "message": "..."}`."""
        return {"code": self.status, "message": self.errors[0]}


class LogListError(ApiError):
    """An error of the list of version 1, which has a body of its own (LogsAPIErrorResponse of the schema)."""

    @property
    def body(self) -> Any:
        """`{"error": {"code": "…", "message": "…", "details": []}}`. GUESS: the code."""
        message = "; ".join(map(str, self.errors))
        return {"error": {"code": "InvalidArgument", "message": message, "details": []}}


def logs_invalid(version: int, reason: str) -> ApiError:
    """A body that is not logs (shapes: HTTPLogError of v1, HTTPLogErrors of v2; GUESS: the texts)."""
    return _logs(version, 400, "Bad Request", reason)


def logs_too_large(version: int) -> ApiError:
    """More than 5 MB or 1,000 logs at once (opentelemetry-collector-contrib issue 16834, of version 2)."""
    return _logs(version, 413, "Request Entity Too Large", "Request too large")


def logs_too_many(version: int) -> ApiError:
    """More logs wait to become columns than are let wait: clients send again later (the status is in the schema; GUESS: the text)."""
    return _logs(version, 429, "Too Many Requests", "Too many requests")


def _logs(version: int, status: int, title: str, detail: str) -> ApiError:
    if version == 1:
        return LogIntakeError(status, detail)
    return ApiError(status, {"status": str(status), "title": title, "detail": detail})
