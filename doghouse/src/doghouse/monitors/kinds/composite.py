"""Composite monitors: the states of other monitors, combined (monitors/types/composite)."""

from __future__ import annotations

from typing import ClassVar

from doghouse.monitors import composites
from doghouse.monitors.composites import Composite
from doghouse.monitors.definition import Definition, kind
from doghouse.monitors.model import Body


@kind("composite")
class CompositeMonitor(Definition, frozen=True, dict=True):
    """`123 && !(456 || 789)`."""

    evaluated: ClassVar[bool] = True

    @classmethod
    def read(cls, body: Body) -> Composite:
        """The query's tree."""
        return composites.parse(body.query)

    @property
    def tree(self) -> Composite:
        """The query's tree. Raises QuerySyntaxError."""
        tree: Composite = self.parsed()
        return tree

    @property
    def members(self) -> tuple[int, ...]:
        """The ids of the monitors that it is made of."""
        return () if self.asked is None else tuple(dict.fromkeys(composites.members(self.asked)))

    @property
    def multi(self) -> bool:
        """Never by its query: its groups are its members'."""
        return False
