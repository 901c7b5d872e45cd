"""The algorithms of anomalies(), by the names that a call has for them (monitors/types/anomaly). None of Datadog's is published: each is our own reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from doghouse.queries.functions.anomalies import lagging, seasonal

if TYPE_CHECKING:
    from doghouse.queries.evaluation.context import Context
    from doghouse.queries.evaluation.frames import Frame
    from doghouse.queries.functions.anomalies.settings import Settings
    from doghouse.queries.functions.application import Application

Banded = Callable[["Application", "Context", "Settings"], "Frame"]
"""The query's frame in the context's buckets with its band; what the band is made of lies before each bucket."""

ALGORITHMS: Mapping[str, Banded] = {"basic": lagging.banded, "agile": seasonal.banded, "robust": seasonal.banded}
