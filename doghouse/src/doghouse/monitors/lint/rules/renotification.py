"""Renotification that goes on for nothing (docs: monitors/notify, renotify)."""

from __future__ import annotations

from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Mend, Problem, finds, rule
from doghouse.monitors.states.rules import notifies_no_data
from doghouse.queries import metric_queries, scope_text

ENDLESS = rule(
    "renotify-without-end", "A monitor of everything repeats itself without end", "warning", order=341, partly=True
)
NO_DATA = rule("renotify-no-data", "A monitor repeats that it has no data", "warning", order=342, partly=True)
UNUSED = rule("renotify-statuses-unused", "renotify_statuses stands without an interval", "warning", order=343)


@finds(ENDLESS, NO_DATA, UNUSED)
def renotification(monitor: Definition, context: Context) -> Iterator[Problem]:
    """`{*}` that repeats itself for ever, repeats of No Data, and states to repeat in with no interval."""
    options = monitor.options
    interval = options.renotify_interval
    if not interval:
        if options.renotify_statuses:
            text = "renotify_statuses has no effect: renotify_interval is not set"
            yield UNUSED.problem("options.renotify_statuses", text)
        return
    queries = metric_queries(context.query.expression) if context.query else ()
    everything = bool(queries) and all(scope_text(query.scope) == "*" for query in queries)
    if everything and not options.renotify_occurrences:
        text = f"whatever the metric is sent for is looked at ({{*}}), and an alert that nobody mends is repeated each {interval} minutes for ever"
        end = Mend("options.renotify_occurrences", "3")
        yield ENDLESS.problem("options.renotify_interval", text, mend=end)
    states = options.renotify_statuses or ("alert", "no data")
    if "no data" in states and notifies_no_data(options):
        addition = "" if options.renotify_statuses else ", as they are where renotify_statuses does not say"
        text = f"alerts and a lack of data are repeated each {interval} minutes{addition}: a host that is gone for good is repeated until somebody mutes it"
        remaining = ", ".join(f'"{state}"' for state in states if state != "no data")
        mend = Mend("options.renotify_statuses", f"[{remaining}]") if remaining else None
        field = "options.renotify_statuses" if options.renotify_statuses else "options.renotify_interval"
        yield NO_DATA.problem(field, text, mend=mend)
