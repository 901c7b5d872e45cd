"""What an Agent is made of: its components, which `agent run` puts together."""

from __future__ import annotations

from msgspec import Struct

from doghouse.agent.aggregation.submissions import Submissions
from doghouse.agent.checks.collector import Collector
from doghouse.agent.dogstatsd.intake import StatsdIntake
from doghouse.agent.dogstatsd.listeners import Listeners
from doghouse.agent.forwarder.forwarding import Forwarder
from doghouse.agent.host.metrics import HostMetrics
from doghouse.agent.run_folder import RunFolder
from doghouse.agent.settings import Settings
from doghouse.time.clock import Clock


class Components(Struct, frozen=True):
    """The components of one Agent. Without `host` it reports no `system.*`."""

    settings: Settings
    collector: Collector
    submissions: Submissions
    statsd: StatsdIntake
    listeners: Listeners
    host: HostMetrics | None
    forwarder: Forwarder
    folder: RunFolder
    clock: Clock
