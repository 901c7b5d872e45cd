"""How many seconds a point that is asked for should stand for: as many as a monitor's windows allow, for each point more is a request more."""

from __future__ import annotations

import contextlib
import math

from doghouse import monitors as mon
from doghouse.importing.account.plans import queries_of
from doghouse.queries import function_names, metric_queries
from doghouse.queries.language.rollups import RollupError, rollup_setting

CHOICES = (3600, 1800, 1200, 900, 600, 300, 240, 120, 60, 30, 20, 15, 10)
POINTS_A_WINDOW = 15
FINEST = CHOICES[-1]  # agents send a point each 10 to 15 s
OF_BANDS = 20  # a band is worked out of the points themselves


def resolution_of(monitor: mon.Definition) -> int:
    """The longest step (s) that divides the time between evaluations, the window, the delay and the query's own rollups, 15 points a window or more.

    A window then begins and ends where a point does, so that its minimum, maximum and sum are those of the raw points. Raises QuerySyntaxError, NotEvaluated.
    """
    lengths = [monitor.every, monitor.span, monitor.options.evaluation_delay or 0, *_rollups(monitor)]
    step = math.gcd(*(length for length in lengths if length))
    most = monitor.span / POINTS_A_WINDOW if monitor.span else math.inf
    if any("anomalies" in function_names(query.expression) for query in queries_of(monitor)):
        most = min(most, OF_BANDS)
    return next((choice for choice in CHOICES if step % choice == 0 and choice <= most), math.gcd(step, FINEST))


def _rollups(monitor: mon.Definition) -> list[int]:
    lengths = []
    for query in (leaf for monitor_query in queries_of(monitor) for leaf in metric_queries(monitor_query.expression)):
        for modifier in query.modifiers:
            if modifier.name == "rollup":
                with contextlib.suppress(RollupError):
                    lengths.append(int(rollup_setting(modifier).interval or 0))
    return lengths
