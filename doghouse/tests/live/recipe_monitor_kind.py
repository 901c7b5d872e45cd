"""A kind of monitor that Datadog does not have, as one module adds it: the newest point of each host, compared with a threshold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np

from doghouse.monitors import Group, GroupState, Rules, WindowValue
from doghouse.monitors.definition import Definition, Sources
from doghouse.monitors.evaluating import Evaluation, window_steps
from doghouse.monitors.kinds.registry import kind
from doghouse.monitors.model import Body
from doghouse.queries import QuerySyntaxError

LOOKS_BACK_S = 600


class Latest(NamedTuple):
    """`latest("m") > 5`."""

    metric: str
    threshold: float


@kind("latest alert")
class LatestAlert(Definition, frozen=True, dict=True):
    """Each host by itself."""

    evaluated: ClassVar[bool] = True
    compares: ClassVar[bool] = True

    @classmethod
    def read(cls, body: Body) -> Latest:
        match = re.fullmatch(r'latest\("([\w.]+)"\) > (\d+)', body.query)
        if match is None:
            raise QuerySyntaxError(body.query, 0, 'expected latest("metric") > number')
        return Latest(match[1], float(match[2]))

    @cached_property
    def rules(self) -> Rules:
        return Rules(">", self.parsed().threshold, multi=True)

    @property
    def multi(self) -> bool:
        return True

    @property
    def metrics(self) -> tuple[str, ...]:
        return () if self.asked is None else (self.asked.metric,)

    def at(self, sources: Sources, states: Mapping[Group, GroupState], now: int) -> Evaluation:
        points, _ = sources.points(self)
        windows: dict[Group, WindowValue] = {}
        for series in points.find(self.parsed().metric):
            read = points.read(np.array([series.id], np.int64), now - LOOKS_BACK_S, now)
            if len(read.ts):
                newest = int(read.ts[-1])
                windows[("host", series.host),] = WindowValue(float(read.value[-1]), True, newest, newest)
        return Evaluation(window_steps(self.rules, states, windows), {})
