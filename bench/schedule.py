"""500 instances of a check on schedule: how far each run is from its interval, and what it costs."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure, note

INSTANCES, INTERVAL_S, RUNS = 500, 15, 4


def run() -> Iterator[Figure]:
    """Figures of a process of its own, so that its processor time is the agent's."""
    note(f"bench: schedule: {INSTANCES} instances every {INTERVAL_S} s, {RUNS} runs each, takes {INTERVAL_S * RUNS} s")
    done = subprocess.run([sys.executable, "-m", "bench.schedule"], stdout=subprocess.PIPE, text=True, check=True)
    figures = json.loads(done.stdout)
    yield Figure("schedule_deviation_max", figures["max"], "s", "interval")
    yield Figure("schedule_deviation_p99", figures["p99"], "s", "interval")
    if figures["runs"] < INSTANCES * RUNS:
        raise RuntimeError(f"only {figures['runs']} of {INSTANCES * RUNS} runs took place")
    yield Figure("schedule_cpu", figures["cpu"], "percent", "core")


def measure() -> dict[str, float]:
    """Run the collector as the agent does, for a few intervals."""
    from doghouse.agent.agent import TICK_S
    from doghouse.agent.aggregation.submissions import Submissions
    from doghouse.agent.checks import builtin_modules, loading
    from doghouse.agent.checks.cache import Cache
    from doghouse.agent.checks.collector import Collector
    from doghouse.agent.settings import load
    from doghouse.time.clock import Clock

    with tempfile.TemporaryDirectory() as folder:
        conf = _configured(Path(folder))
        clock = Clock()
        submissions = Submissions("bench", clock.now)
        loading.extend_path([str(Path(folder) / "checks.d")])
        builtin_modules.install(submissions, load(None, {"DD_HOSTNAME": "bench"}), Cache(), clock.now())
        collector = Collector(conf, submissions, clock)
        collector.reload(time.monotonic())
        begun, cpu = time.monotonic(), time.process_time()
        flushed = begun
        while (now := time.monotonic()) < begun + RUNS * INTERVAL_S:
            time.sleep(collector.pause(now, TICK_S))
            collector.run_due(time.monotonic())
            if now >= flushed + INTERVAL_S:
                submissions.flush()
                flushed += INTERVAL_S
        share = (time.process_time() - cpu) / (time.monotonic() - begun)
        import bench_schedule_check  # type: ignore[import-not-found]  # written above

        return _figures(bench_schedule_check.STARTED, share)


def _configured(root: Path) -> Path:
    (root / "checks.d").mkdir()
    (root / "checks.d" / "bench_schedule_check.py").write_text(
        "import time\nfrom datadog_checks.base import AgentCheck\n\nSTARTED = []\n\n\nclass Check(AgentCheck):\n"
        "    def check(self, _):\n        STARTED.append((self.instance['number'], time.monotonic()))\n"
        "        self.gauge('bench.value', 1, tags=[f\"number:{self.instance['number']}\"])\n"
    )
    folder = root / "conf.d" / "bench_schedule_check.d"
    folder.mkdir(parents=True)
    lines = (f"  - number: {number}\n    min_collection_interval: {INTERVAL_S}\n" for number in range(INSTANCES))
    (folder / "conf.yaml").write_text("instances:\n" + "".join(lines))
    return root / "conf.d"


def _figures(started: list[tuple[int, float]], share: float) -> dict[str, float]:
    by_instance: dict[int, list[float]] = defaultdict(list)
    for number, at in started:
        by_instance[number].append(at)
    pairs = ((b - a) for times in by_instance.values() for a, b in itertools.pairwise(times))
    off: list[Any] = sorted(abs(apart - INTERVAL_S) for apart in pairs)
    return {"max": off[-1], "p99": off[int(0.99 * len(off))], "runs": len(started), "cpu": 100 * share}


if __name__ == "__main__":
    print(json.dumps(measure()))
