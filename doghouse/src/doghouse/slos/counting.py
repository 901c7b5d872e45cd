"""Events of a metric SLO: the sums of queries of counts, minute by minute (service_level_objectives/metric).

Minutes are those that begin in the stretch. A bucket or a group without points has no events: it counts 0, in arithmetic too, so that an error count that has
no errors yet takes nothing away. (GUESS for groups, of which the page says nothing.)
"""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from doghouse.metrics.model import Floats, Source
from doghouse.queries import Expression, MetricQuery, NotEvaluated, Window, evaluate
from doghouse.queries.evaluation.arithmetic import cellwise
from doghouse.queries.evaluation.compute import Values, compute
from doghouse.queries.evaluation.frames import Group
from doghouse.queries.language import tree
from doghouse.time.lengths import MINUTE

Groups = dict[Group, Floats]  # events a minute
AS_COUNT = tree.Modifier("as_count")


def events(expression: Expression, source: Source, start: int, end: int) -> Groups:
    """The events of each minute that begins in [start, end) (s UTC, full minutes), by group. Raises NotEvaluated."""
    return compute(expression, _Events(source, start, end))


class _Events(Values[Groups]):
    """Expressions as events a minute. A number stands without a group."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source, self._start, self._end = source, start, end
        self._minutes = max(0, -(-(end - start) // MINUTE))

    def leaf(self, leaf: tree.Leaf) -> Groups:
        match leaf:
            case tree.Number(value):
                return {(): np.full(self._minutes, value)}
            case MetricQuery():
                return self._evaluated(leaf)
        raise NotEvaluated("an SLO over anything but metrics")

    def combined(self, operator: tree.Operator, left: Groups, right: Groups) -> Groups:
        """Group by group; what stands without a group is beside each of the others."""
        groups = [group for group in dict.fromkeys((*left, *right)) if group] or [()]
        return {
            group: np.nan_to_num(cellwise(operator, self._of(left, group), self._of(right, group))) for group in groups
        }

    def negated(self, value: Groups) -> Groups:
        return {group: -events for group, events in value.items()}

    def called(self, call: tree.Call) -> Groups:
        """A function of queries, worked out as a graph of them is."""
        return self._evaluated(call)

    def _of(self, side: Groups, group: Group) -> Floats:
        none = np.zeros(self._minutes)
        return side.get(group, side.get((), none) if set(side) == {()} else none)

    def _evaluated(self, expression: Expression) -> Groups:
        """Each series of a query on the minutes; the queries inside are asked for counts, as the page wants them."""
        counted = tree.map_leaves(tree.flattened(expression), _as_count)
        window = Window(self._start, self._end, MINUTE, max_points=None)
        groups: Groups = {}
        for series in evaluate(counted, self._source, window):
            values = groups.setdefault(series.group, np.zeros(self._minutes))
            place = (series.ts - self._start) // MINUTE
            inside = (place >= 0) & (place < self._minutes)
            np.add.at(values, place[inside], np.nan_to_num(series.values[inside]))
        return groups


def _as_count(leaf: tree.Leaf) -> Expression:
    if not isinstance(leaf, MetricQuery) or AS_COUNT in leaf.modifiers:
        return leaf
    return replace(leaf, modifiers=(*leaf.modifiers, AS_COUNT))
