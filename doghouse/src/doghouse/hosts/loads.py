"""How busy hosts are, from the points of their Agents' system check."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from doghouse.hosts.listing import Load
from doghouse.hosts.model import ALIVE_S
from doghouse.metrics.model import Rollup, Source

# GUESS: the metrics behind Host.metrics; the schema says no more than cpu, iowait and load (cpu: everything but idle).
IDLE, IOWAIT, LOAD = "system.cpu.idle", "system.cpu.iowait", "system.load.norm.15"


def loads(source: Source, now: float) -> Mapping[str, Load]:
    """How busy each host is that sent such metrics (`now` in s UTC)."""
    idle, iowait, load = (newest(source, metric, now) for metric in (IDLE, IOWAIT, LOAD))
    return {
        host: Load(100 - idle[host] if host in idle else None, iowait.get(host), load.get(host))
        for host in idle.keys() | iowait.keys() | load.keys()
    }


def newest(source: Source, metric: str, now: float) -> dict[str, float]:
    """The newest value of a metric by host."""
    hosts = {series.id: series.host for series in source.find(metric) if series.host}
    if not hosts:
        return {}
    ids = np.array(sorted(hosts), np.int64)
    points = source.read(ids, int(now) - ALIVE_S, int(now) + 1, Rollup(ALIVE_S, "last"))
    return {hosts[number]: value for number, value in zip(points.series.tolist(), points.value.tolist(), strict=True)}
