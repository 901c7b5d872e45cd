"""The endpoints about metrics rather than points: lists, search, metadata (v1), tags and tag configurations (v2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
from starlette.routing import BaseRoute

from doghouse.metrics.catalogue import known, metadata
from doghouse.metrics.catalogue.metadata import Catalogue, TagFilter, queryable
from doghouse.metrics.errors import (
    already_configured,
    integrations_metric,
    metric_not_described,
    metric_not_found,
    metric_unknown,
    no_percentiles,
)
from doghouse.web import errors
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply, endpoint

PAGE_SIZE = 10_000
KINDS = (*metadata.TYPES, "non_distribution")  # of metrics, in a filter: GUESS: the schema has two categories
WINDOW_S = 3600  # how recent a point makes a metric one of the list of v2


class Metadata(msgspec.Struct, omit_defaults=True):
    """The body that describes a metric (MetricMetadata of the schema)."""

    type: str | None = None
    description: str | None = None
    short_name: str | None = None
    unit: str | None = None
    per_unit: str | None = None
    statsd_interval: int | None = None


class Aggregation(msgspec.Struct):
    """A pair of aggregations that a metric can be queried with."""

    time: str
    space: str


class Attributes(msgspec.Struct, omit_defaults=True):
    """`attributes` of a tag configuration, all optional in a change."""

    tags: list[str] | None = None
    metric_type: str | None = None
    aggregations: list[Aggregation] | None = None
    include_percentiles: bool | None = None
    exclude_tags_mode: bool | None = None


class Data(msgspec.Struct):
    """`data` of the body."""

    id: str
    type: str
    attributes: Attributes = msgspec.field(default_factory=Attributes)


class Configuration(msgspec.Struct):
    """The body that makes or changes a tag configuration."""

    data: Data


def routes(catalogue: Catalogue, tag_filter: TagFilter) -> list[BaseRoute]:
    """All of them. `tag_filter` reads boolean expressions over tags."""
    v1, v2 = "/api/v1/metrics", "/api/v2/metrics"
    return [
        endpoint("GET", v1, partial(active, catalogue, tag_filter)),
        endpoint("GET", f"{v1}/{{metric}}", partial(read, catalogue)),
        endpoint("PUT", f"{v1}/{{metric}}", partial(describe, catalogue)),
        endpoint("GET", "/api/v1/search", partial(search, catalogue)),
        endpoint("GET", v2, partial(list_all, catalogue, tag_filter)),
        endpoint("GET", f"{v2}/{{metric}}/all-tags", partial(all_tags, catalogue)),
        endpoint("GET", f"{v2}/{{metric}}/tags", partial(configuration, catalogue)),
        endpoint("POST", f"{v2}/{{metric}}/tags", partial(configure, catalogue)),
        endpoint("PATCH", f"{v2}/{{metric}}/tags", partial(reconfigure, catalogue)),
        endpoint("DELETE", f"{v2}/{{metric}}/tags", partial(unconfigure, catalogue)),
    ]


def active(catalogue: Catalogue, tag_filter: TagFilter, call: Call) -> Reply:
    """Metrics that have had points since a time; `from` comes back as text (schema of MetricsListResponse)."""
    since, host, filter_text = call.seconds("from"), call.query.get("host"), call.query.get("tag_filter")
    names = catalogue.names(since)
    if host:
        names = [name for name in names if any(f"host:{host}" in tags for tags in catalogue.tags(name))]
    if filter_text:
        matches = tag_filter(filter_text)
        names = [name for name in names if any(map(matches, catalogue.tags(name)))]
    return Reply({"metrics": names, "from": str(since)})


def search(catalogue: Catalogue, call: Call) -> Reply:
    """Metrics and hosts whose names hold a text; `metrics:` and `hosts:` ask for one kind alone."""
    text = call.query.get("q", "")
    kind, colon, remainder = text.partition(":")
    facet = kind if colon and kind in ("metrics", "hosts") else None
    part = remainder if facet else text
    known = {"metrics": catalogue.names(), "hosts": catalogue.hosts()}
    results = {
        key: [name for name in names if part in name] if facet in (None, key) else [] for key, names in known.items()
    }
    return Reply({"results": results})


def read(catalogue: Catalogue, call: Call) -> Reply:
    """What is known of a metric."""
    document = present(catalogue.metadata(call.params["metric"]), metric_not_found(call.params["metric"]))
    return Reply(document)


def describe(catalogue: Catalogue, call: Call) -> Reply:
    """Tell something of a metric that has points. The answer has the type that was sent, though a distribution stays one (terraform-provider-datadog 2222)."""
    changes = call.json(Metadata)
    if changes.type is not None and changes.type not in metadata.TYPES:
        raise errors.invalid_parameter("type", changes.type, metadata.TYPES)
    metric = call.params["metric"]
    if catalogue.metadata(metric) is None:
        raise metric_not_described()
    catalogue.describe(metric, msgspec.to_builtins(changes))
    document = present(catalogue.metadata(metric), metric_not_described())
    return Reply(document if changes.type is None else {**document, "type": changes.type})


def list_all(catalogue: Catalogue, tag_filter: TagFilter, call: Call) -> Reply:
    """Metrics, those with a tag configuration with it; a page of them where `page[size]` or `page[cursor]` is given."""
    listed = list(_listed(catalogue, tag_filter, call))
    if "page[size]" not in call.query and "page[cursor]" not in call.query:
        return Reply({"data": listed})
    size, cursor = call.number("page[size]", PAGE_SIZE, least=1), call.query.get("page[cursor]")
    after = _decode(cursor)
    page = [item for item in listed if item["id"] > after]
    if not page:
        return Reply({"data": []})
    more = _encode(page[:size][-1]["id"])
    here, following = f"{call.base_url}{call.path}?page[size]={size}", f"{call.base_url}{call.path}?page[cursor]={more}"
    pagination = {"cursor": cursor, "next_cursor": more, "limit": size, "type": "cursor_limit"}
    links = {"self": here, "first": here, "prev": None, "next": following, "last": None}
    return Reply({"data": page[:size], "meta": {"pagination": pagination}, "links": links})


def _listed(catalogue: Catalogue, tag_filter: TagFilter, call: Call) -> Iterator[dict[str, Any]]:
    configured, kind, tags = (
        catalogue.configured(),
        call.query.get("filter[metric_type]"),
        call.query.get("filter[tags]"),
    )
    if kind is not None and kind not in KINDS:
        raise errors.invalid_query_parameter("filter[metric_type]", kind, f"one of {', '.join(KINDS)}")
    window = call.number("window[seconds]", WINDOW_S)
    names = set(catalogue.names(call.now - window)) | configured.keys()
    matches = tag_filter(tags) if tags else None
    for name in sorted(names):
        own = configured.get(name)
        if "filter[configured]" in call.query and call.flag("filter[configured]") != (own is not None):
            continue
        if matches is not None and not any(map(matches, catalogue.tags(name))):
            continue
        if kind is not None and not _is_of(
            kind, (catalogue.metadata(name) or {}).get("type") or (own or {}).get("metric_type")
        ):
            continue
        yield {"type": "metrics", "id": name} if own is None else _item(name, own)


def _is_of(kind: str, type_name: str | None) -> bool:
    """Whether a metric's type is of a category (MetricTagConfigurationMetricTypeCategory of the schema), or is that type itself."""
    return type_name != "distribution" if kind == "non_distribution" else type_name == kind


def all_tags(catalogue: Catalogue, call: Call) -> Reply:
    """Every tag of a metric: those that it can be queried by, and under a tag configuration those that are only ingested."""
    metric = call.params["metric"]
    every = sorted({tag for tags in catalogue.tags(metric) for tag in tags})
    configured = catalogue.configuration(metric)
    queryable_tags, ingested = queryable(every, configured)
    attributes = {"tags": queryable_tags} if configured is None else {"tags": queryable_tags, "ingested_tags": ingested}
    return Reply({"data": {"type": "metrics", "id": metric, "attributes": attributes}})


def configuration(catalogue: Catalogue, call: Call) -> Reply:
    """A metric's tag configuration."""
    return Reply({"data": _item(call.params["metric"], _configuration(catalogue, call))})


def configure(catalogue: Catalogue, call: Call) -> Reply:
    """Make a tag configuration; there is one a metric."""
    metric, sent = call.params["metric"], call.json(Configuration).data.attributes
    if sent.tags is None or sent.metric_type is None:
        raise errors.missing_parameter("tags" if sent.tags is None else "metric_type")
    if sent.metric_type not in metadata.TYPES:
        raise errors.invalid_parameter("metric_type", sent.metric_type, metadata.TYPES)
    if metric in known.UNITS:  # the metrics of Datadog's integrations that are known here
        raise integrations_metric(metric)
    if catalogue.metadata(metric) is None:
        raise metric_unknown()
    _check_percentiles(sent, sent.metric_type)
    if catalogue.configuration(metric) is not None:
        raise already_configured()
    return Reply({"data": _item(metric, catalogue.configure(metric, msgspec.to_builtins(sent), call.now))}, 201)


def reconfigure(catalogue: Catalogue, call: Call) -> Reply:
    """Change what is sent of a tag configuration."""
    before, metric, sent = (
        _configuration(catalogue, call),
        call.params["metric"],
        call.json(Configuration).data.attributes,
    )
    _check_percentiles(sent, before["metric_type"])
    return Reply({"data": _item(metric, catalogue.configure(metric, msgspec.to_builtins(sent), call.now))})


def _check_percentiles(sent: Attributes, metric_type: str) -> None:
    if sent.include_percentiles and metric_type != "distribution":
        raise no_percentiles(metric_type)


def unconfigure(catalogue: Catalogue, call: Call) -> Reply:
    """Drop a tag configuration."""
    if not catalogue.unconfigure(call.params["metric"]):
        raise metric_not_found(call.params["metric"])
    return Reply(b"", 204)


def _configuration(catalogue: Catalogue, call: Call) -> dict[str, Any]:
    return present(catalogue.configuration(call.params["metric"]), metric_not_found(call.params["metric"]))


def _item(metric: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"type": "manage_tags", "id": metric, "attributes": attributes}


def _encode(name: str) -> str:
    return name.encode().hex()


def _decode(cursor: str | None) -> str:
    try:
        return bytes.fromhex(cursor or "").decode()
    except ValueError:
        raise errors.invalid_query_parameter("page[cursor]", cursor or "", "a cursor of an earlier answer") from None
