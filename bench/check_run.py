"""What one run of my_metric costs, compared with a check that submits one gauge, both as doghouse's agent runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bench.figures import Figure, Row, in_turn, p50

ROUNDS, RUNS = 60, 2000
ROWS = (Row("`check.run()` of my_metric: times a check that submits one gauge", ("check_run",), "≤ 1.1"),)
TAGS = ["env:bench", "team:ops", "role:db"]


def run() -> Iterator[Figure]:
    """The ratio of medians, and each median (µs)."""
    checks = _checks()
    times = in_turn({name: _repeated(check) for name, check in checks.items()}, ROUNDS)
    ours, plain = (p50(times[name]) / RUNS for name in ("my_metric", "gauge"))
    yield Figure("check_run", ours / plain, "ratio", "gauge-check")
    yield Figure("check_run_my_metric", ours * 1e6, "µs", "run")
    yield Figure("check_run_gauge", plain * 1e6, "µs", "run")


def _repeated(check: Any) -> Callable[[], None]:
    def runs() -> None:
        for _ in range(RUNS):
            error = check.run()
            if error:
                raise RuntimeError(error)

    return runs


def _checks() -> dict[str, Any]:
    """Both checks, their submissions taken by the agent's own modules, which must be there before anything of checks' base is imported."""
    from doghouse.agent.aggregation.submissions import Submissions
    from doghouse.agent.checks import builtin_modules, loading
    from doghouse.agent.checks.cache import Cache
    from doghouse.agent.checks.configuration import Instance
    from doghouse.agent.settings import load
    from doghouse.time.clock import Clock

    clock = Clock()
    submissions = Submissions("bench", clock.now)
    builtin_modules.install(submissions, load(None, {"DD_HOSTNAME": "bench"}), Cache(), clock.now())
    from datadog_checks.base import AgentCheck

    class OneGauge(AgentCheck):  # type: ignore[misc]  # the checks' base has no types
        def check(self, _: Any) -> None:
            self.gauge("one.gauge", 5, tags=self.instance["tags"])

    checks = {}
    for name, kind in (("my_metric", loading.find_class("my_metric")), ("gauge", OneGauge)):
        instance = Instance(name, f"{name}:bench", "", 15, {}, {"tags": TAGS, "min_collection_interval": 15})
        submissions.register(instance)
        checks[name] = loading.make(kind, instance)
        checks[name].run()  # the first run also reads the configuration
    return checks
