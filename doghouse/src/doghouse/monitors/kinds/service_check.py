"""Service-check monitors: the statuses that checks submit, run by run (monitors/types/service_check)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from doghouse.monitors import service_checks
from doghouse.monitors.comparison_checks import check_notify_by, check_without_missing_data
from doghouse.monitors.definition import Definition, Sources
from doghouse.monitors.evaluating import Evaluation, Step, status_steps
from doghouse.monitors.kinds.registry import kind
from doghouse.monitors.model import Body, MonitorError, Thresholds
from doghouse.monitors.service_checks import CheckQuery
from doghouse.monitors.states.machine import GroupState, Transition
from doghouse.monitors.windows.columns import Group
from doghouse.queries import NotEvaluated

FEW_RUNS = (  # terraform-provider-datadog issue 1202
    "Last field should be larger than or equal to max threshold defined in monitor options"
)
NO_GROUPS = "A grouping must be specified for custom checks"  # terraform-provider-datadog issue 1321, datadog-sync-cli pull request 532


@kind("service check")
class ServiceCheckMonitor(Definition, frozen=True, dict=True):
    """`"http.can_connect".over("env:prod").by("host").last(4).count_by_status()`."""

    example: ClassVar[str] = '"http.can_connect".over("*").by("host").last(4).count_by_status()'
    evaluated: ClassVar[bool] = True
    data_are_statuses: ClassVar[bool] = True
    event_suffix: ClassVar[str] = ""
    in_slos: ClassVar[bool] = True

    @classmethod
    def read(cls, body: Body) -> CheckQuery:
        """The query, step by step."""
        return service_checks.parse(body.query)

    @property
    def check(self) -> CheckQuery:
        """What it asks of its check. Raises QuerySyntaxError."""
        check: CheckQuery = self.parsed()
        return check

    @property
    def keys(self) -> tuple[str, ...]:
        """The tag keys that it groups by; `*` for each distinct set of tags."""
        return self.check.by

    @property
    def bundle_keys(self) -> tuple[str, ...] | None:
        """None: its groups are notified one by one (GUESS: notify_by is for metric monitors)."""
        return None

    @property
    def filters(self) -> tuple[str, ...]:
        """The tags of `.over()`."""
        return self.check.over

    def check_query(self) -> None:
        """The query, which has to group (by `.by("*")` at least) unless it is of a cluster."""
        super().check_query()
        check_without_missing_data(self)
        if not (self.check.by or self.check.percent):
            raise MonitorError("query", NO_GROUPS)
        if "*" not in self.check.by:
            check_notify_by(self, self.check.by)
        thresholds = self.options.thresholds or Thresholds()
        if not self.check.percent and self.check.last < max(
            thresholds.ok or 0, thresholds.warning or 0, thresholds.critical or 0
        ):
            raise MonitorError("query", FEW_RUNS)

    def at(self, sources: Sources, states: Mapping[Group, GroupState], now: int) -> Evaluation:
        """By the last runs of the check before `now`."""
        if sources.runs is None:
            raise NotEvaluated(f"monitors of the type {self.type}")
        runs = service_checks.groups(self.check, sources.runs(self)(now))
        before = {group: state.status for group, state in states.items()}
        statuses = service_checks.statuses(self, self.check, runs, before, now)
        unknown = {group: statuses[group] for group in service_checks.unknown(self, runs, statuses, now)}
        # UNKNOWN is told whatever the monitor tells of missing data (monitors/types/custom_check).
        unknown_steps = status_steps(replace(self.rules, notify_no_data=True), unknown)
        steps = status_steps(self.rules, statuses) | {group: _marked(step) for group, step in unknown_steps.items()}
        return Evaluation(steps, service_checks.variables(runs))

    def nothing_seen(self, sources: Sources) -> str:
        """There were no runs."""
        return f"there are no runs of {self.check.check} in that time and scope"

    @property
    def multi(self) -> bool:
        """Whether it has `.by()`."""
        return super().multi if self.asked is None else bool(self.check.by)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The check's name."""
        return () if self.asked is None else (self.check.check,)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The tags of `.over()`."""
        return () if self.asked is None else self.check.over

    @property
    def classification(self) -> str:
        """Searches call all service checks custom ones."""
        return "custom"


def _marked(step: Step) -> Step:
    """The step, whose transition says that its No Data is UNKNOWN."""

    def to_unknown(state: GroupState, now: int) -> tuple[GroupState, Transition | None]:
        after, transition = step(state, now)
        return after, transition and replace(transition, is_unknown=True)

    return to_unknown
