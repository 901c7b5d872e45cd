"""The door to an account: the official client, with calls counted, limits waited for, and errors turned into what to do."""

from __future__ import annotations

import importlib
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from companion.keys import Keys
from companion.problem import WRONG_USE, Problem
from companion.settings import SITES
from doghouse.importing import asked_to_wait

TIMEOUT_S = (5.0, 30.0)  # to connect, to answer
LIMIT_WAITS = 5  # how often a call that is told to wait is tried again
LONGEST_WAIT_S = 900.0
DEFAULT_WAIT_S = 10.0  # for a 429 that does not say how long

# What an operation's name says -> the official client's module and class that has it.
APIS = {
    "validate": ("v1.api.authentication_api", "AuthenticationApi"),
    "dashboard": ("v1.api.dashboards_api", "DashboardsApi"),
    "monitor": ("v1.api.monitors_api", "MonitorsApi"),
    "downtime": ("v2.api.downtimes_api", "DowntimesApi"),
    "host_tags": ("v1.api.tags_api", "TagsApi"),
    "metrics": ("v1.api.metrics_api", "MetricsApi"),
    "snapshot": ("v1.api.snapshots_api", "SnapshotsApi"),
    "event": ("v1.api.events_api", "EventsApi"),
}
READING = ("list_", "get_", "query_", "validate")
KEYS_REFUSED = (401, 403)
NOT_IMPLEMENTED = 501  # what a server answers that does not evaluate a query: asking again does not help

# The permission that an application key needs for an operation: `x-permission` of the official OpenAPI documents. They name none for tags.
PERMISSIONS = {
    "list_dashboards": "dashboards_read",
    "get_dashboard": "dashboards_read",
    "create_dashboard": "dashboards_write",
    "update_dashboard": "dashboards_write",
    "delete_dashboard": "dashboards_write",
    "list_monitors": "monitors_read",
    "get_monitor": "monitors_read",
    "create_monitor": "monitors_write",
    "update_monitor": "monitors_write",
    "delete_monitor": "monitors_write",
    "list_downtimes": "monitors_downtime",
    "get_downtime": "monitors_downtime",
    "create_downtime": "monitors_downtime",
    "update_downtime": "monitors_downtime",
    "cancel_downtime": "monitors_downtime",
    "query_metrics": "timeseries_query",
}
API_KEY_ALONE = ("validate", "create_event")  # the application key is not asked for (`security` of the same documents)

# What an answer holds that this command reads; an answer without it comes from something else than an API.
HOLDS: dict[str, tuple[str | None, type]] = {
    "list_dashboards": ("dashboards", list),
    "list_monitors": (None, list),
    "list_downtimes": ("data", list),
    "list_host_tags": ("tags", dict),
    "get_dashboard": ("title", str),
    "create_dashboard": ("id", str),
    "get_monitor": ("id", int),
    "create_monitor": ("id", int),
    "get_downtime": ("data", dict),
    "create_downtime": ("data", dict),
    "query_metrics": ("series", list),
    "get_graph_snapshot": ("snapshot_url", str),
    "create_event": ("event", dict),
}


class ApiProblem(Problem):
    """A call that was refused: `status` is HTTP's (0: no answer), `errors` are the API's own words."""

    def __init__(self, sentence: str, status: int, errors: list[str]) -> None:
        super().__init__(sentence)
        self.status = status
        self.errors = errors


def check_url(url: str) -> str:
    """`url` without a slash at its end. Raises Problem unless it is http(s)://host[:port]."""
    try:
        parts = urlsplit(url)
        plain = parts.port != 0 and not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    except ValueError:  # a port that is none, a bracket that is not closed
        plain = False
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url):
        shown = re.sub(r"//.*@", "//…@", url)  # what stands before an @ is a password
        raise Problem(f"--api-url '{shown}' is not an address such as http://127.0.0.1:8420", WRONG_USE)
    return f"{parts.scheme}://{parts.netloc}"


def page_address(api_url: str | None, site: str) -> str:
    """Where a person looks at the account: the API's own address, or the app of a Datadog site."""
    if api_url:
        return api_url
    return f"https://{site}" if re.match(r"(us\d|ap\d|uk\d)\.", site) else f"https://app.{site}"


class Account:
    """An account that can be called. One object for each command; `reads` and `writes` count its calls."""

    def __init__(
        self,
        keys: Keys,
        *,
        api_url: str | None,
        site: str | None = None,
        wait: Callable[[float, str], None] | None = None,
        timeout_s: tuple[float, float] = TIMEOUT_S,
    ) -> None:
        import urllib3
        from datadog_api_client import ApiClient, Configuration

        self.address = api_url or f"https://api.{site or SITES[0]}"
        self.page = page_address(api_url, site or SITES[0])
        protocol, name = self.address.split("://")
        # Bodies go out as they stand in our files and come back as they are: what the client's models do not know stays.
        configuration = Configuration(
            api_key={"apiKeyAuth": keys.api_key, "appKeyAuth": keys.app_key},
            server_index=1,  # the client's template {protocol}://{name}, which holds for every operation
            server_variables={"protocol": protocol, "name": name},
            check_input_type=False,
            preload_content=False,
            request_timeout=timeout_s,
            retry_policy=urllib3.Retry(0, raise_on_redirect=False),  # this class waits, and says so
            is_iac=True,
        )
        self._client = ApiClient(configuration)
        self._apis: dict[str, Any] = {}
        self._wait = wait or (lambda seconds, _: time.sleep(seconds))
        self.reads = 0
        self.writes = 0

    def __enter__(self) -> Account:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def call(self, operation: str, **arguments: Any) -> Any:
        """The decoded body of one operation of the official client. Waits as told on 429. Raises ApiProblem."""
        for _ in range(LIMIT_WAITS):
            try:
                return self._once(operation, arguments)
            except _Limited as limited:
                if limited.seconds > LONGEST_WAIT_S:
                    raise
                self._wait(limited.seconds, f"{self.address} asks us to wait ({_words(operation)})")
        return self._once(operation, arguments)

    def _once(self, operation: str, arguments: dict[str, Any]) -> Any:
        from datadog_api_client.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        if operation.startswith(READING):
            self.reads += 1
        else:
            self.writes += 1
        try:
            body = getattr(self._api(operation), operation)(**arguments).data
        except ApiException as error:
            raise self._explain(operation, error) from None
        except HTTPError as error:
            raise self._unreachable(operation, error) from None
        try:
            answer = json.loads(body) if body else None
        except ValueError:
            raise self._no_api(operation, "answered with something that is not JSON") from None
        if not _holds(operation, answer):
            raise self._no_api(operation, "answered with something else than the API does")
        return answer

    def _no_api(self, operation: str, why: str) -> ApiProblem:
        return ApiProblem(f"{_words(operation)}: {self.address} {why}; is this the address of an API?", 0, [])

    def _api(self, operation: str) -> Any:
        module, name = next(api for noun, api in APIS.items() if noun in operation)
        if name not in self._apis:
            self._apis[name] = getattr(importlib.import_module(f"datadog_api_client.{module}"), name)(self._client)
        return self._apis[name]

    def _explain(self, operation: str, error: Any) -> ApiProblem:
        """An error answer as what to do."""
        if error.status == 429:
            seconds = asked_to_wait(error.headers or {})
            return _Limited(_words(operation), DEFAULT_WAIT_S if seconds is None else seconds)
        errors = _texts(error.body)
        said = "; ".join(errors) or f"status {error.status}"
        what = _words(operation)
        if error.status in KEYS_REFUSED:
            sentence = self._explain_keys(operation, said)
        elif error.status == 0:
            sentence = f"{what}: {' '.join(str(error.reason).split())}"
        elif 300 <= error.status < 400 or (
            error.status == 404 and operation in HOLDS and operation.startswith("list_")
        ):
            return self._no_api(operation, f"answered with status {error.status}")
        elif error.status >= 500 and error.status != NOT_IMPLEMENTED:
            sentence = f"{what}: {self.address} failed with status {error.status} ({said}); run the command again, it goes on from there"
        else:
            sentence = f"{what}: refused: {said}"
        return ApiProblem(sentence, error.status or 0, errors)

    def _explain_keys(self, operation: str, said: str) -> str:
        """Which of the two keys is at fault: `/api/v1/validate` asks for the API key alone."""
        what = _words(operation)
        if operation == "validate":
            return f"{what}: refused: {said}"
        try:
            self.call("validate")
        except ApiProblem as problem:
            if problem.status not in KEYS_REFUSED:
                return f"{what}: refused: {said}"
            return f"{what}: the API key is not one of {self.address}: check DD_API_KEY (or the keys file), and that the site is the one it was made on"
        if operation in API_KEY_ALONE:
            return f"{what}: refused by {self.address} ({said}), though the API key is valid"
        need = PERMISSIONS.get(operation)
        if need and "permission" in said.lower():  # Datadog's own words where the key is known and lacks it
            return f"{what}: the application key (DD_APP_KEY, or the keys file) lacks the permission {need} ({said})"
        lacks = f", or lacks the permission {need}" if need else ""
        return f"{what}: the application key was refused by {self.address} ({said}): it is wrong{lacks}; check DD_APP_KEY (or the keys file)"

    def _unreachable(self, operation: str, error: Exception) -> ApiProblem:
        text = str(error)
        writing = not operation.startswith(READING)
        if "timed out" in text:
            why = f"{self.address} did not answer in time"
        elif "refused" in text:
            why = f"nothing listens at {self.address}"
        elif "NameResolution" in text or "resolve" in text:
            why = f"{urlsplit(self.address).hostname} is not a host that is known here"
            writing = False
        elif "CERTIFICATE_VERIFY_FAILED" in text:
            why = f"the certificate of {self.address} is not trusted here"
            writing = False
        elif "SSL" in text:
            why = f"{self.address} does not speak TLS as https asks for; is it http://?"
            writing = False
        else:
            why = f"the connection to {self.address} broke"
        unsure = (
            "; whether it was done is not known: run the command again, it looks first"
            if writing and "refused" not in text
            else ""
        )
        return ApiProblem(f"{_words(operation)}: {why}{unsure}", 0, [])


def _holds(operation: str, answer: Any) -> bool:
    """Whether an answer has what HOLDS says; rows of a list are objects with an id."""
    if operation not in HOLDS:
        return True
    name, kind = HOLDS[operation]
    value = answer.get(name) if name and isinstance(answer, dict) else None if name else answer
    rows = value if operation.startswith("list_") and isinstance(value, list) else []
    return isinstance(value, kind) and all(isinstance(row, dict) and "id" in row for row in rows)


class _Limited(ApiProblem):
    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(
            f"{what}: too many requests; the limit is lifted in {seconds:.0f} s, run the command again after that",
            429,
            [],
        )
        self.seconds = seconds


def _words(operation: str) -> str:
    return operation.replace("_", " ")


def _texts(body: Any) -> list[str]:
    """The texts of an error answer: a list of sentences, or of objects with title and detail."""
    errors = body.get("errors", []) if isinstance(body, dict) else []
    if isinstance(errors, str):
        errors = [errors]
    return [
        error if isinstance(error, str) else str(error.get("detail") or error.get("title") or error) for error in errors
    ]
