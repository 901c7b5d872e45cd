"""The areas `lint`, `test` and `backtest`: docs' examples, given monitors of other people, and the generated ones."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.goldens import monitors, series
from scripts.goldens.case import Case
from scripts.goldens.command import run
from scripts.goldens.monitors import Trial

ROOT = Path(__file__).resolve().parents[3]
ASSETS = ROOT / "my_metric" / "assets" / "monitors"
EXAMPLES = ROOT / "docs" / "monitor-tests"
SPAN = ("--from", series.FROM, "--to", series.TO)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="goldens-") as made:
        yield Path(made)


def _write(folder: Path, name: str, content: object) -> str:
    (folder / name).write_text(json.dumps(content))
    return name


def lint() -> Iterator[Case]:
    """`doghouse lint`, for people and as JSON, and its JUnit file."""
    with _folder() as folder:
        for trial in monitors.trials():
            name = _write(folder, "monitor.json", [*trial.members, trial.body] if trial.members else trial.body)
            yield Case(trial.name, run("lint", name, "--json", folder=folder))
        name = _write(folder, "all.json", [trial.body for trial in monitors.trials()])
        yield Case("all for people", run("lint", name, "--junit", "out.xml", folder=folder))
        yield Case("all junit", (folder / "out.xml").read_text())
        name = _write(folder, "downtimes.json", [*monitors.MUTING, {"scope": "x y", "schedule": {"start": "never"}}])
        yield Case("downtimes", run("lint", name, folder=folder))
        yield Case("downtimes json", run("lint", name, "--json", folder=folder))
        (folder / "broken.json").write_text('{"type": ')
        yield Case("broken file", run("lint", "broken.json", folder=folder))
        yield Case("no file", run("lint", "nowhere.json", folder=folder))
        yield Case("wrong option", run("lint", "--nope", folder=folder))
        yield Case("metadata missing", run("lint", "all.json", "--metrics", "nowhere.csv", folder=folder))
    yield Case("assets of my_metric", run("lint", str(ASSETS), "--json", folder=ROOT))
    for path in sorted(EXAMPLES.glob("*.test.yaml")):
        yield Case(f"docs {path.name}", run("lint", f"docs/monitor-tests/{path.name}", folder=ROOT))


def extras(folder: Path) -> Iterator[Case]:
    """`doghouse lint` and `backtest` of the given monitors, a file a case."""
    with _folder() as work:
        series.write(work / "points.csv")
        for path in sorted(folder.rglob("*.json")):
            where = str(path.relative_to(folder))
            (work / "given.json").write_bytes(path.read_bytes())
            yield Case(f"lint {where}", run("lint", "given.json", "--json", folder=work))
            yield Case(f"lint for people {where}", run("lint", "given.json", folder=work))
            if "widgets" not in path.read_text():
                yield Case(
                    f"backtest {where}",
                    run("backtest", "given.json", "--series", "points.csv", *SPAN, "--json", folder=work),
                )


def unit_tests() -> Iterator[Case]:
    """`doghouse test`: the examples pass; generated tests expect nothing, so that their differences tell all that happened."""
    for path in sorted(EXAMPLES.glob("*.test.yaml")):
        yield Case(f"docs {path.name}", run("test", f"docs/monitor-tests/{path.name}", "--json", folder=ROOT))
    yield Case("docs for people", run("test", "docs/monitor-tests/*.test.yaml", folder=ROOT))
    yield Case("schema", run("test", "--schema", folder=ROOT))
    with _folder() as folder:
        for trial in monitors.trials()[::3]:
            name = _write(folder, "monitor.test.yaml", _test_file(trial))
            yield Case(trial.name, run("test", name, "--json", folder=folder))
        yield Case("for people", run("test", name, "--junit", "out.xml", folder=folder))
        yield Case("junit", (folder / "out.xml").read_text())
        (folder / "broken.test.yaml").write_text("monitor: {type: metric alert\ntests: 5")
        yield Case("broken file", run("test", "broken.test.yaml", folder=folder))
        yield Case("no match", run("test", "*.nothing", folder=folder))
        yield Case("no file", run("test", folder=folder))


def _test_file(trial: Trial) -> dict[str, object]:
    samples = {
        "gen.cpu{host:a,env:prod,az:x}": "60x10 90x10 _x10 70x30", "gen.cpu{host:b,env:prod,az:y}": "60+1x30 40x30",
        "gen.mem{host:a,env:prod,az:x}": "500x20 510x40", "gen.lone": "10x5 8x10 20x5 _x20 9x20", "gen.cold": "-5x20 3x40", "gen.queue": "4x10 6x10 2x40",
        "gen.season": {"walk": {"seed": 1, "start": 5, "step": 3, "samples": 60}}, "gen.jump": "10x30 8x30", "gen.rows": "10x30 8x30",
        "gen.hits{host:a,az:x}": {"type": "count", "values": "40x20 5x20 60x20"}, "gen.errors{host:a,env:prod}": {"type": "count", "values": "2x20 20x20 0x20"},
        "gen.rate{host:a}": {"type": "rate", "every": "30s", "values": "2x40 4x80"},
    }  # fmt: skip
    made = {
        "monitor": trial.body,
        "start": "2026-03-02T10:00Z",
        "tests": [
            {
                "name": "tells all",
                "series": samples,
                "unread": ["*"],
                "transitions": [],
                "notifications": [],
                "exact": True,
                "until": "11:00",
            }
        ],
    }
    if trial.body["type"] == "service check":
        runs = {
            "gen.can_connect{host:a,env:prod,az:x}": "OKx3 CRITICALx6 WARNINGx5 UNKNOWN OKx5 _x10",
            "gen.can_connect{host:b}": "OKx20",
        }
        made["tests"] = [
            {
                "name": "tells all",
                "checks": runs,
                "transitions": [],
                "notifications": [],
                "exact": True,
                "until": "10:30",
            }
        ]
    if trial.members:
        made["members"] = {
            one["id"]: {key: one[key] for key in ("type", "query", "options")}
            for one in trial.members
            if one["type"] != "service check"
        }
    if trial.downtimes:
        made["downtimes"] = [
            {
                "name": "noon",
                "scope": "*",
                "schedule": {"start": "2026-03-02T10:12:00+00:00", "end": "2026-03-02T10:35:00+00:00"},
            }
        ]
    return made


def backtest() -> Iterator[Case]:
    """`doghouse backtest --json` of each generated monitor, and some for people."""
    with _folder() as folder:
        series.write(folder / "points.csv")
        _write(folder, "quiet.json", list(monitors.MUTING))
        _write(folder, "hosts.json", {"a": {"ip": "10.0.0.7", "tags": ["role:web"]}})
        for number, trial in enumerate(monitors.trials()):
            names = [_write(folder, "monitor.json", trial.body)]
            if trial.members:
                names = [_write(folder, "all.json", [*trial.members, {"id": 1} | dict(trial.body)])]
            more = (*(("--downtimes", "quiet.json") if trial.downtimes else ()), *trial.arguments)
            given = ("backtest", *names, "--series", "points.csv", *SPAN, *more)
            yield Case(trial.name, run(*given, "--json", folder=folder))
            if number % 12 == 0:
                yield Case(f"{trial.name} for people", run(*given, "--hosts", "hosts.json", folder=folder))
        yield Case(
            "wrong times",
            run("backtest", names[0], "--series", "points.csv", "--from", "5", "--to", "4", folder=folder),
        )
        yield Case("no points", run("backtest", names[0], *SPAN, folder=folder))
        yield Case(
            "wrong zone",
            run("backtest", names[0], "--series", "points.csv", *SPAN, "--timezone", "Mars/Base", folder=folder),
        )
        (folder / "points.csv").write_text("timestamp,metric\n1,2\n")
        yield Case("wrong series", run("backtest", names[0], "--series", "points.csv", *SPAN, folder=folder))
