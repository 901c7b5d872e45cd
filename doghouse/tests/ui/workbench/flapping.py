"""A monitor that flaps, and what it looks at."""

import numpy as np
from house import NOW

from doghouse.metrics.model import Columns, Series

MINUTE_S = 60
HOURS = 24
HOVERS = [95.0, 85.0] * 7  # about 90, for ten minutes each
FLAPPING = {
    "name": "Queue is long",
    "type": "metric alert",
    "query": "avg(last_5m):avg:queue.depth{*} > 90",
    "message": "{{#is_alert}}{{value}} jobs wait. @ops@example.com{{/is_alert}}{{#is_recovery}}Over. @ops@example.com{{/is_recovery}}",
    "options": {"thresholds": {"critical": 90}},
}


def depth() -> tuple[list[Series], Columns]:
    """A queue that is short, but for three spells in which its length hovers about 90."""
    times = np.arange(NOW - HOURS * 3600, NOW, MINUTE_S, dtype=np.int64)
    minutes = (times - times[0]) // MINUTE_S
    values = np.full(len(times), 40.0)
    for spell in (4, 11, 18):
        for number, value in enumerate(HOVERS):
            begin = spell * 60 + number * 10
            values[(minutes >= begin) & (minutes < begin + 10)] = value
    return [Series(0, "queue.depth", "gauge", MINUTE_S, "queue-1", ())], Columns(
        np.zeros(len(times), np.int64), times, values
    )
