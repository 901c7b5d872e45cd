"""Generated monitors that differ in what is told: options, downtimes, composites, service checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.goldens.trial import MESSAGE, Trial, body

OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("warning", {"thresholds": {"critical": 75, "warning": 66}}),
    ("recovery", {"thresholds": {"critical": 75, "warning": 66, "critical_recovery": 68, "warning_recovery": 60}}),
    ("no_data", {"notify_no_data": True, "no_data_timeframe": 10}),
    ("no_data_2", {"notify_no_data": True, "no_data_timeframe": 2}),
    ("missing_show", {"on_missing_data": "show_no_data"}),
    ("missing_notify", {"on_missing_data": "show_and_notify_no_data"}),
    ("missing_resolve", {"on_missing_data": "resolve"}),
    ("missing_default", {"on_missing_data": "default"}),
    ("renotify", {"renotify_interval": 10}),
    ("renotify_3", {"renotify_interval": 20, "renotify_occurrences": 3, "escalation_message": "still {{value}} @boss@example.com"}),
    ("renotify_statuses", {"renotify_interval": 15, "renotify_statuses": ["warn", "alert", "no data"], "notify_no_data": True, "no_data_timeframe": 5,
                           "thresholds": {"critical": 75, "warning": 64}}),
    ("notify_by_az", {"notify_by": ["az"]}),
    ("notify_by_all", {"notify_by": ["*"]}),
    ("full_window", {"require_full_window": True}),
    ("delay", {"evaluation_delay": 300}),
    ("new_group", {"new_group_delay": 600}),
    ("new_group_0", {"new_group_delay": 0}),
    ("new_host", {"new_host_delay": 0}),
    ("timeout", {"timeout_h": 1}),
    ("tags", {"include_tags": False}),
    ("preset", {"notification_preset_name": "hide_all"}),
    ("flapping", {"min_failure_duration": 300}),
    ("retention", {"group_retention_duration": "1h"}),
    ("audit", {"notify_audit": True, "locked": True}),
    ("silenced", {"silenced": {"host:a": None}}),
)  # fmt: skip


def with_options() -> Iterator[Trial]:
    """Each option of OPTIONS, with and without downtimes."""
    query = "avg(last_5m):avg:gen.cpu{*} by {az,host} > 75"
    for number, (name, options) in enumerate(OPTIONS):
        made = body(query, **options)
        yield Trial(f"option {name}", made)
        yield Trial(
            f"option {name} muted",
            made,
            downtimes=True,
            arguments=("--timezone", "Europe/Berlin") if number % 2 else (),
        )
    simple = "avg(last_5m):avg:gen.lone{*} > 13"
    for name, options in OPTIONS[2:11]:
        if "thresholds" not in options:
            yield Trial(f"option {name} of one", body(simple, **options))
    yield Trial("option suggest", body(query), arguments=("--suggest",))
    yield Trial(
        "option suggest muted",
        body(simple, thresholds={"critical": 13, "warning": 11}),
        downtimes=True,
        arguments=("--suggest",),
    )
    text = (
        '{{value}} {{#is_match "host.name" "a"}}A{{else}}not A{{/is_match}} {{nosuch}} {{eval "value*2"}} '
        "{{local_time 'last_triggered_at' 'Asia/Tokyo'}} @x@example.com"
    )
    yield Trial("option message", body(query, message=text))
    yield Trial("option priority", body(query) | {"priority": 1})


def _member(number: int, query: str, **options: Any) -> dict[str, Any]:
    return {"id": number} | body(query, **options)


def composites() -> Iterator[Trial]:
    """Composites over four members."""
    members = (
        _member(101, "avg(last_5m):avg:gen.cpu{*} by {host} > 70"),
        _member(102, "avg(last_5m):avg:gen.mem{*} by {host} > 502"),
        _member(103, "avg(last_5m):avg:gen.lone{*} > 11", notify_no_data=True, no_data_timeframe=2),
        {"id": 104, "type": "service check", "name": "c", "query": '"gen.can_connect".over("*").by("host").last(3).count_by_status()', "message": "",
         "options": {"thresholds": {"critical": 2, "warning": 1, "ok": 1}}},
    )  # fmt: skip
    for number, query in enumerate(
        (
            "101 && 102",
            "101 || 103",
            "101 && !102",
            "!(101 || 102) && 103",
            "103 && 103",
            "101 && 104",
            "104 || 103",
            "101 && 999",
            "101 &&",
        )
    ):
        made = body(
            query,
            "composite",
            notify_no_data=bool(number % 2),
            no_data_timeframe=5,
            **({"renotify_interval": 10} if number == 1 else {}),
        )
        yield Trial(f"composite {query}", made, members, downtimes=number % 3 == 2)


def checks() -> Iterator[Trial]:
    """Service checks."""
    forms = (
        ('"gen.can_connect".over("*").by("host").last(2).count_by_status()', {"critical": 1, "warning": 1, "ok": 1}),
        ('"gen.can_connect".over("env:prod").by("host").last(4).count_by_status()', {"critical": 3, "warning": 2, "ok": 2}),
        ('"gen.can_connect".over("*").by("az").last(4).count_by_status()', {"critical": 3, "ok": 2}),
        ('"gen.can_connect".over("host:a").by("*").last(6).count_by_status()', {"critical": 5, "warning": 3, "ok": 3}),
        ('"gen.can_connect".over("*").exclude("host:a").by("*").last(2).count_by_status()', {"critical": 1, "ok": 1}),
        ('"gen.nothing".over("*").by("host").last(2).count_by_status()', {"critical": 1, "ok": 1}),
    )  # fmt: skip
    for number, (query, thresholds) in enumerate(forms):
        options = {
            "thresholds": thresholds,
            "notify_no_data": number % 2 == 0,
            "no_data_timeframe": 5,
            "renotify_interval": 20 * (number % 3),
        }
        yield Trial(
            f"check {number}",
            body(
                query, "service check", message=MESSAGE + "{{check_message}} {{#is_unknown}}?{{/is_unknown}}", **options
            ),
            downtimes=number == 1,
        )
