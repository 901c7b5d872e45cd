"""Asks an account one thing after the other: rate limits are waited for, failures of the moment tried again, what it answers becomes values."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from doghouse.importing.access import AccountError, Keys, client, error_texts
from doghouse.importing.account import logs as counted
from doghouse.importing.account.pages import AnsweredSeries, Page
from doghouse.importing.rate_limits import Standing, asked_to_wait, standing

ATTEMPTS = 6
MOST_WAIT_S = 3700  # for a rate limit to be over: the longest period is an hour
BACKOFF_S = 2.0
TIMEOUT_S = 60


class RefusedError(AccountError):
    """The account refuses what it was asked; asked otherwise, it may answer."""


class Requester:
    """The account at `address`. `sleep` waits (s), `tell` says why. `standing` is how its rate limit stood at the last answer, where it says so."""

    def __init__(self, address: str, keys: Keys, sleep: Callable[[float], None], tell: Callable[[str], None]) -> None:
        self.address, self._sleep, self._tell = address, sleep, tell
        self.standing: Standing | None = None
        self.requests = 0
        try:
            self._client = client(address, keys, request_timeout=TIMEOUT_S)
        except ImportError:
            raise AccountError("--datadog needs the official client: pip install './doghouse[datadog]'") from None

    def metric_type(self, metric: str) -> str:
        """A metric's type; of one that is unknown to the account, none."""
        from datadog_api_client.v1.api.metrics_api import MetricsApi

        document = self._ask(lambda: MetricsApi(self._client).get_metric_metadata(metric), missing=True)
        return str((document or {}).get("type") or "")

    def metrics(self, since: int) -> list[str]:
        """The names of the metrics that got points since then (s UTC)."""
        from datadog_api_client.v1.api.metrics_api import MetricsApi

        return list(self._ask(lambda: MetricsApi(self._client).list_active_metrics(_from=since)).get("metrics") or ())

    def tag_keys(self, metric: str) -> list[str]:
        """The keys of the tags that a metric has (`/api/v2/metrics/METRIC/all-tags`)."""
        from datadog_api_client.v2.api.metrics_api import MetricsApi

        document = self._ask(lambda: MetricsApi(self._client).list_tags_by_metric_name(metric), missing=True) or {}
        tags = document.get("data", {}).get("attributes", {}).get("tags") or ()
        return sorted({tag.partition(":")[0] for tag in tags if ":" in tag})

    def found_logs(self, start: int, end: int, after: str | None, limit: int) -> Any:
        """A page of the logs with start <= time < end (s UTC), the oldest first, as `/api/v2/logs/events/search` answers it."""
        from datadog_api_client.v2.api.logs_api import LogsApi
        from datadog_api_client.v2.model.logs_list_request import LogsListRequest
        from datadog_api_client.v2.model.logs_list_request_page import LogsListRequestPage
        from datadog_api_client.v2.model.logs_query_filter import LogsQueryFilter
        from datadog_api_client.v2.model.logs_sort import LogsSort

        body = LogsListRequest(
            filter=LogsQueryFilter(query="*", _from=str(start * 1000), to=str(end * 1000)),
            sort=LogsSort.TIMESTAMP_ASCENDING,
            page=LogsListRequestPage(limit=limit, **({"cursor": after} if after else {})),
        )
        return self._ask(lambda: LogsApi(self._client).list_logs(body=body))

    def series(self, pages: Sequence[Page]) -> list[list[AnsweredSeries]]:
        """The answers to pages of one stretch and resolution, in one request (`/api/v2/query/timeseries`). Raises RefusedError, AccountError."""
        from datadog_api_client.v2.api.metrics_api import MetricsApi
        from datadog_api_client.v2.model.metrics_data_source import MetricsDataSource
        from datadog_api_client.v2.model.metrics_timeseries_query import MetricsTimeseriesQuery
        from datadog_api_client.v2.model.query_formula import QueryFormula
        from datadog_api_client.v2.model.timeseries_formula_query_request import TimeseriesFormulaQueryRequest
        from datadog_api_client.v2.model.timeseries_formula_request import TimeseriesFormulaRequest
        from datadog_api_client.v2.model.timeseries_formula_request_attributes import TimeseriesFormulaRequestAttributes
        from datadog_api_client.v2.model.timeseries_formula_request_queries import TimeseriesFormulaRequestQueries
        from datadog_api_client.v2.model.timeseries_formula_request_type import TimeseriesFormulaRequestType

        names = [f"q{number}" for number in range(len(pages))]
        queries = [
            MetricsTimeseriesQuery(data_source=MetricsDataSource.METRICS, name=name, query=page.query)
            for name, page in zip(names, pages, strict=True)
        ]
        attributes = TimeseriesFormulaRequestAttributes(
            _from=pages[0].start * 1000,
            to=pages[0].end * 1000,
            interval=pages[0].resolution * 1000,
            queries=TimeseriesFormulaRequestQueries(queries),
            formulas=[QueryFormula(formula=name) for name in names],
        )
        request = TimeseriesFormulaRequest(attributes=attributes, type=TimeseriesFormulaRequestType.TIMESERIES_REQUEST)
        body = TimeseriesFormulaQueryRequest(data=request)
        document = self._ask(lambda: MetricsApi(self._client).query_timeseries_data(body=body))
        if document.get("errors"):
            raise RefusedError(f"{self.address} answers: {'; '.join(error_texts(document))}")
        return _answers(document, pages, self.address)

    def logs(self, page: Page) -> list[AnsweredSeries]:
        """What the logs of a page come to each minute (`/api/v2/logs/analytics/aggregate`). Raises RefusedError, AccountError."""
        from datadog_api_client.v2.api.logs_api import LogsApi
        from datadog_api_client.v2.model.logs_aggregate_request import LogsAggregateRequest
        from datadog_api_client.v2.model.logs_aggregation_function import LogsAggregationFunction
        from datadog_api_client.v2.model.logs_compute import LogsCompute
        from datadog_api_client.v2.model.logs_compute_type import LogsComputeType
        from datadog_api_client.v2.model.logs_group_by import LogsGroupBy
        from datadog_api_client.v2.model.logs_query_filter import LogsQueryFilter

        query = json.loads(page.query)
        computes = [
            LogsCompute(
                aggregation=LogsAggregationFunction(compute["aggregation"]),
                interval=f"{page.resolution}s",
                type=LogsComputeType.TIMESERIES,
                **({"metric": compute["metric"]} if compute["metric"] else {}),
            )
            for compute in query["computes"]
        ]
        span = {"_from": str(page.start * 1000), "to": str(page.end * 1000)}
        body = LogsAggregateRequest(
            compute=computes,
            filter=LogsQueryFilter(query=query["query"], indexes=query["indexes"], **span),
            group_by=[LogsGroupBy(facet=group["facet"], limit=group["limit"]) for group in query["group_by"]],
        )
        document = self._ask(lambda: LogsApi(self._client).aggregate_logs(body=body))
        try:
            return counted.answers(document, len(computes))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise AccountError(f"{self.address} does not answer as the API of Datadog does") from None

    def _ask(self, call: Callable[[], Any], missing: bool = False) -> Any:
        """A call's document. With `missing` a 404 is None."""
        from urllib3.exceptions import HTTPError

        problem, wait = "", 0.0
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(wait)
            self.requests += 1
            try:
                status, headers, document = _answered(call)
            except (HTTPError, OSError, ValueError) as error:
                wait, problem = BACKOFF_S * 2**attempt, f"does not answer ({type(error).__name__})"
                continue
            self.standing = standing(headers) or self.standing
            if status == 404 and missing:
                return None
            if status < 300:
                self._wait_for_more(headers)
                return document
            problem = _refusal(status, document)
            if status != 429 and status < 500:
                raise (RefusedError if status == 400 else AccountError)(f"{self.address} {problem}")
            wait = _wait(headers, attempt)
        raise AccountError(f"{self.address} {problem}, {ATTEMPTS} times")

    def _wait_for_more(self, headers: Mapping[str, str]) -> None:
        """Where this answer was the last that the rate limit allows, wait until it allows more."""
        if self.standing and self.standing.remaining == 0 and standing(headers):
            wait = _wait(headers, 0)
            self._tell(f"the rate limit of {self.address} is used up: waiting {math.ceil(wait)} s")
            self._sleep(wait)


def _answers(document: Any, pages: Sequence[Page], address: str) -> list[list[AnsweredSeries]]:
    """The series of each page. Points beyond its stretch belong to the next page."""
    answers: list[list[AnsweredSeries]] = [[] for _ in pages]
    try:
        attributes = document["data"]["attributes"]
        times = [int(at) // 1000 for at in attributes["times"]]
        for series, values in zip(attributes["series"], attributes["values"], strict=True):
            place = series.get("query_index") or 0
            page = pages[place]
            points = [
                (at, float(value))
                for at, value in zip(times, values, strict=False)
                if value is not None and page.start <= at < page.end
            ]
            tags = tuple(sorted(series.get("group_tags") or ()))
            answers[place].append(AnsweredSeries(tags, [at for at, _ in points], [value for _, value in points]))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise AccountError(f"{address} does not answer as the API of Datadog does") from None
    off = next(
        (at for series in answers for answered in series for at in answered.times if at % pages[0].resolution), None
    )
    if off is not None:
        raise AccountError(f"{address} answers in other steps than the {pages[0].resolution} s that it was asked for")
    return answers


def _answered(call: Callable[[], Any]) -> tuple[int, Mapping[str, str], Any]:
    """A call's status, headers and document. Raises urllib3's HTTPError, or OSError or ValueError where there is none."""
    from datadog_api_client.exceptions import ApiException

    try:
        answer = call()
    except ApiException as error:
        if not error.status:
            raise OSError(str(error.reason)) from None
        return error.status, error.headers or {}, error.body
    return answer.status, answer.headers, json.loads(answer.data or b"{}")


def _wait(headers: Mapping[str, str], attempt: int) -> float:
    """How long (s) a rate limit asks to wait; else longer at each attempt."""
    seconds = asked_to_wait(headers)
    return BACKOFF_S * 2**attempt if seconds is None else min(seconds, MOST_WAIT_S)


def _refusal(status: int, document: Any) -> str:
    texts = error_texts(document)
    return f"answers {status}" + (f": {'; '.join(texts)}" if texts else "")
