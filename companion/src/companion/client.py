"""The door to an account: the official client, with calls counted, limits waited for, and errors turned into what to do."""

from __future__ import annotations

import importlib
import json
import re
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from companion.problem import Problem
from companion.settings import SITES
from doghouse.importing import Keys, api_address, asked_to_wait, client, error_texts

TIMEOUT_S = (5.0, 30.0)  # to connect, to answer
LIMIT_WAITS = 5  # how often a call that is told to wait is tried again
LONGEST_WAIT_S = 900.0
DEFAULT_WAIT_S = 10.0  # for a 429 that does not say how long

READING = ("list_", "get_", "query_", "validate")
KEYS_REFUSED = (401, 403)
NOT_IMPLEMENTED = 501  # what a server answers that does not evaluate a query: asking again does not help


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the official client that is called here, by the client's name for it."""

    api: str  # version and name of the API that has it: `v1.tags` is the client's v1.api.tags_api.TagsApi
    permission: str | None = None  # that the application key needs: `x-permission` of the official OpenAPI documents
    answer: tuple[str | None, type] | None = None  # what is read of its answer; one without it comes from no API
    app_key: bool = True  # whether the application key is asked for (`security` of the same documents)


PREVIEW = "list_shared_dashboards_by_dashboard_id"  # the client asks whether one means it
OPERATIONS = {
    "validate": Operation("v1.authentication", app_key=False),
    "list_dashboards": Operation("v1.dashboards", "dashboards_read", ("dashboards", list)),
    "get_dashboard": Operation("v1.dashboards", "dashboards_read", ("title", str)),
    "create_dashboard": Operation("v1.dashboards", "dashboards_write", ("id", str)),
    "update_dashboard": Operation("v1.dashboards", "dashboards_write"),
    "delete_dashboard": Operation("v1.dashboards", "dashboards_write"),
    "list_shared_dashboards_by_dashboard_id": Operation("v2.dashboard_sharing", "dashboards_read", ("data", list)),
    "create_public_dashboard": Operation("v1.dashboards", "dashboards_public_share", ("public_url", str)),
    "delete_public_dashboard": Operation("v1.dashboards", "dashboards_public_share"),
    "list_monitors": Operation("v1.monitors", "monitors_read", (None, list)),
    "get_monitor": Operation("v1.monitors", "monitors_read", ("id", int)),
    "create_monitor": Operation("v1.monitors", "monitors_write", ("id", int)),
    "update_monitor": Operation("v1.monitors", "monitors_write"),
    "delete_monitor": Operation("v1.monitors", "monitors_write"),
    "list_slos": Operation("v1.service_level_objectives", "slos_read", ("data", list)),
    "get_slo": Operation("v1.service_level_objectives", "slos_read", ("data", dict)),
    "create_slo": Operation("v1.service_level_objectives", "slos_write", ("data", list)),
    "update_slo": Operation("v1.service_level_objectives", "slos_write"),
    "delete_slo": Operation("v1.service_level_objectives", "slos_write"),
    "list_downtimes": Operation("v2.downtimes", "monitors_downtime", ("data", list)),
    "get_downtime": Operation("v2.downtimes", "monitors_downtime", ("data", dict)),
    "create_downtime": Operation("v2.downtimes", "monitors_downtime", ("data", dict)),
    "update_downtime": Operation("v2.downtimes", "monitors_downtime"),
    "cancel_downtime": Operation("v2.downtimes", "monitors_downtime"),
    "list_host_tags": Operation("v1.tags", None, ("tags", dict)),
    "get_host_tags": Operation("v1.tags"),
    "create_host_tags": Operation("v1.tags"),
    "update_host_tags": Operation("v1.tags"),
    "query_metrics": Operation("v1.metrics", "timeseries_query", ("series", list)),
    "get_graph_snapshot": Operation("v1.snapshots", None, ("snapshot_url", str)),
    "list_events": Operation("v1.events", "events_read"),
    "create_event": Operation("v1.events", None, ("event", dict), app_key=False),
}


class ApiProblem(Problem):
    """A call that was refused: `status` is HTTP's (0: no answer), `errors` are the API's own words, `wait_s` is how long a rate limit lasts."""

    def __init__(self, sentence: str, status: int, errors: list[str], wait_s: float | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.errors = errors
        self.wait_s = wait_s


def page_address(api_url: str | None, site: str) -> str:
    """Where a person looks at the account: the API's own address, or the app of a Datadog site."""
    if api_url:
        return api_url
    return f"https://{site}" if re.match(r"(us[0-9]|ap[0-9]|uk[0-9])\.", site) else f"https://app.{site}"


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

        self.address = api_url or api_address(site or SITES[0])
        self.page = page_address(api_url, site or SITES[0])
        self._client = client(
            self.address,
            keys,
            check_input_type=False,  # bodies go out as they stand in our files: what the client's models do not know stays
            request_timeout=timeout_s,
            retry_policy=urllib3.Retry(0, raise_on_redirect=False),  # this class waits, and says so
            is_iac=True,
        )
        self._client.configuration.unstable_operations[PREVIEW] = True
        # It is meant: to a person the warning says nothing.
        warnings.filterwarnings("ignore", "Using unstable operation")
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
            except ApiProblem as problem:
                if problem.wait_s is None or problem.wait_s > LONGEST_WAIT_S:
                    raise
                self._wait(problem.wait_s, f"{self.address} asks us to wait ({_words(operation)})")
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
        if not _is_answer(operation, answer):
            raise self._no_api(operation, "answered with something else than the API does")
        return answer

    def _no_api(self, operation: str, why: str) -> ApiProblem:
        return ApiProblem(f"{_words(operation)}: {self.address} {why}; is this the address of an API?", 0, [])

    def _api(self, operation: str) -> Any:
        version, name = OPERATIONS[operation].api.split(".")
        module = importlib.import_module(f"datadog_api_client.{version}.api.{name}_api")
        return getattr(module, "".join(map(str.capitalize, name.split("_"))) + "Api")(self._client)

    def _explain(self, operation: str, error: Any) -> ApiProblem:
        """An error answer as what to do."""
        what = _words(operation)
        if error.status == 429:
            wait = asked_to_wait(error.headers or {})
            seconds = DEFAULT_WAIT_S if wait is None else wait
            limit = (
                f"{what}: too many requests; the limit is lifted in {seconds:.0f} s, run the command again after that"
            )
            return ApiProblem(limit, 429, [], seconds)
        errors = error_texts(error.body)
        words = "; ".join(errors) or f"status {error.status}"
        if error.status in KEYS_REFUSED:
            sentence = self._explain_keys(operation, words)
        elif error.status == 0:
            sentence = f"{what}: {' '.join(str(error.reason).split())}"
        elif 300 <= error.status < 400 or (error.status == 404 and operation.startswith("list_")):
            return self._no_api(operation, f"answered with status {error.status}")
        elif error.status >= 500 and error.status != NOT_IMPLEMENTED:
            sentence = f"{what}: {self.address} failed with status {error.status} ({words}); run the command again, it goes on from there"
        else:
            sentence = f"{what}: refused: {words}"
        return ApiProblem(sentence, error.status or 0, errors)

    def _explain_keys(self, operation: str, words: str) -> str:
        """Which of the two keys is at fault: `/api/v1/validate` asks for the API key alone."""
        what = _words(operation)
        if operation == "validate":
            return f"{what}: refused: {words}"
        try:
            self.call("validate")
        except ApiProblem as problem:
            if problem.status not in KEYS_REFUSED:
                return f"{what}: refused: {words}"
            return f"{what}: the API key is not one of {self.address}: check DD_API_KEY (or the keys file), and that the site is the one it was made on"
        if not OPERATIONS[operation].app_key:
            return f"{what}: refused by {self.address} ({words}), though the API key is valid"
        need = OPERATIONS[operation].permission
        if need and "permission" in words.lower():  # Datadog's own words where the key is known and lacks it
            return f"{what}: the application key (DD_APP_KEY, or the keys file) lacks the permission {need} ({words})"
        lacks = f", or lacks the permission {need}" if need else ""
        return f"{what}: the application key was refused by {self.address} ({words}): it is wrong{lacks}; check DD_APP_KEY (or the keys file)"

    def _unreachable(self, operation: str, error: Exception) -> ApiProblem:
        text, reached = str(error), False
        if "timed out" in text:
            why, reached = f"{self.address} did not answer in time", "refused" not in text
        elif "refused" in text:
            why = f"nothing listens at {self.address}"
        elif "NameResolution" in text or "resolve" in text:
            why = f"{urlsplit(self.address).hostname} is not a host that is known here"
        elif "CERTIFICATE_VERIFY_FAILED" in text:
            why = f"the certificate of {self.address} is not trusted here"
        elif "SSL" in text:
            why = f"{self.address} does not speak TLS as https asks for; is it http://?"
        else:
            why, reached = f"the connection to {self.address} broke", True
        maybe_done = reached and not operation.startswith(READING)
        unsure = "; whether it was done is not known: run the command again, it looks first" if maybe_done else ""
        return ApiProblem(f"{_words(operation)}: {why}{unsure}", 0, [])


def _is_answer(operation: str, answer: Any) -> bool:
    """Whether an answer has what is read of it; rows of a list are objects with an id."""
    if (expected := OPERATIONS[operation].answer) is None:
        return True
    name, kind = expected
    value = answer.get(name) if name and isinstance(answer, dict) else None if name else answer
    rows = value if operation.startswith("list_") and isinstance(value, list) else []
    return isinstance(value, kind) and all(isinstance(row, dict) and "id" in row for row in rows)


def _words(operation: str) -> str:
    return operation.replace("_", " ")
