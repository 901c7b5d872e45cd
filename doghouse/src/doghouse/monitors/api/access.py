"""The stores that the endpoints of monitors read, and what they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from doghouse.downtimes.holds import Hold
from doghouse.monitors.api.answers import Downtimes, Shown, look
from doghouse.monitors.api.document import Document
from doghouse.monitors.definition import Definition
from doghouse.monitors.errors import invalid_monitor, monitor_not_found, unknown_members, unknown_slo
from doghouse.monitors.model import MonitorError
from doghouse.monitors.store import MonitorStore, Stored, objectives
from doghouse.monitors.validation import validate
from doghouse.slos.store import SloStore
from doghouse.web import errors
from doghouse.web.body.limits import LONGEST_MESSAGE
from doghouse.web.errors import present


class Monitors:
    """The stores that the endpoints read, and what they share."""

    def __init__(self, store: MonitorStore, downtimes: Downtimes, slos: SloStore) -> None:
        self.store = store
        self.downtimes = downtimes
        self.slos = slos
        self.objectives = objectives(slos, store)

    def stored(self, monitor_id: int) -> Stored:
        """One monitor. Raises ApiError 404."""
        return present(self.store.get(monitor_id), monitor_not_found())

    def shown(self, stored: Stored, now: float) -> Shown:
        """A monitor with its groups' states and its downtimes."""
        return next(self.all_shown([stored], now))

    def all_shown(self, stored: Iterable[Stored], now: float) -> Iterator[Shown]:
        """Monitors with their groups' states and their downtimes."""
        holding = self.downtimes.holding(now)
        return (look(monitor, self.store.states(monitor.document["id"]), holding) for monitor in stored)

    def name(self, monitor_id: int) -> str | None:
        """A monitor's name, or None if there is no such monitor."""
        monitor = self.objectives.monitor(monitor_id)
        return None if monitor is None else monitor.name

    def holds(self, monitor_id: int, now: float) -> Sequence[Hold]:
        """The downtimes that are active over a monitor's groups."""
        return self.shown(self.stored(monitor_id), now).holds

    def checked(self, document: Document) -> Definition:
        """The monitor. Raises ApiError 400 unless Datadog would take it."""
        try:
            monitor = validate(document)
        except MonitorError as error:
            raise invalid_monitor(error.text) from None
        _check_lengths(monitor)
        if self.store.unknown(monitor.members):
            raise unknown_members()
        self._check_slo(monitor)
        return monitor

    def _check_slo(self, monitor: Definition) -> None:
        if not monitor.slo:
            return
        objective = self.objectives.slo(monitor.slo)
        if objective is None:
            raise unknown_slo(monitor.slo)
        try:
            monitor.check_slo(objective, self.objectives.monitors(objective))
        except MonitorError as error:
            raise invalid_monitor(error.text) from None

    def unusable(self, ids: Sequence[int]) -> list[int]:
        """Those of these that are no monitors, or of a type that SLOs are not made of."""
        definitions = {monitor_id: self.objectives.monitor(monitor_id) for monitor_id in ids}
        return [monitor_id for monitor_id, monitor in definitions.items() if monitor is None or not monitor.in_slos]

    def alerts(self) -> Mapping[str, list[int]]:
        """The ids of the monitors that alert on SLOs, by the SLO's."""
        monitor_ids: dict[str, list[int]] = {}
        for stored in self.store.page():
            if stored.definition.slo:
                monitor_ids.setdefault(stored.definition.slo, []).append(stored.definition.id)
        return monitor_ids


def _check_lengths(monitor: Definition) -> None:
    """Raise ApiError 400 for a text that would keep the live loop for seconds at each notification."""
    texts = {"name": monitor.name, "message": monitor.message, "escalation_message": monitor.options.escalation_message}
    for name, text in texts.items():
        if text and len(text) > LONGEST_MESSAGE:
            raise errors.too_long(name, len(text), LONGEST_MESSAGE)
