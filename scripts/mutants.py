#!/usr/bin/env python3
"""`make mutants`: changes doghouse's source at random places, a place at a time, and says which changes no test notices.

cosmic-ray (in an environment of its own, .venv-tools) makes the changes; the tests run as always, with a copy of the source before the installed one.
First those run that reach the changed line, as coverage saw them do, the ones that reach the least first; what these let pass is shown to all of the
package's tests, but with `--near`: what these alone would notice, such as tests of whole commands, is then said to have survived. Laws try the same examples
each time. A test that fails for a mutant must pass right after it without one: if it does not, the mutant is unclear, and is left out of the share. So is one
that took too long; how long is counted in seconds of processor, which other programs do not lengthen.
The same seed gives the same mutants of the same source. Example: make mutants ARGS="queries --count 40 --seed 1"
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "doghouse/src"
TESTS = ROOT / "doghouse/tests"
PYTHON = ROOT / ".venv/bin/python"
# What is mutated, and the folders whose tests must notice, the likeliest first.
PACKAGES = {
    "monitors": ("monitors", "testing", "backtest/test_run.py", "backtest/test_commands.py", "live"),
    "queries": ("queries", "monitors"),
    "metrics": ("metrics", "files", "queries/test_worked_examples.py"),
    "downtimes": ("downtimes", "testing/test_examples.py", "backtest/test_run.py", "api/test_downtimes.py"),
    "backtest": ("backtest", "live/test_agreement.py"),
    "agent": ("agent", "files"),
    "notifications": ("notifications", "live", "ui/test_notification.py", "api/test_webhooks.py"),
    "files": ("files", "importing", "testing"),
    "search": ("search", "monitors/test_record_queries.py", "api/test_log_searches.py", "api/test_monitor_search.py"),
    "slos": ("slos", "api/test_slos.py", "monitors/test_slo_alerts.py"),
    "tags": ("tags", "hosts", "downtimes", "metrics/test_intake.py", "search", "queries/test_parsing.py"),
    "time": ("time", "downtimes", "cli", "api/test_downtimes.py", "queries/test_rollups.py", "testing"),
}
OUTPUT, REACHED = "output", "reached.json"  # beside the copy: what the tests said, and what coverage saw of them
SLOWEST = 6  # times the processor that the tests of the source as it is take, and a minute: a mutant that takes more took too long
WAITING_S = 1800  # one that takes no processor, waiting for what does not come, took too long by the clock
COUNTED = ("noticed", "survived")


@dataclass(frozen=True)
class Mutant:
    """A change: the operator's name, its place in the file, the line before and after, and what became of it."""

    package: str
    file: str
    line: int
    operator: str
    before: str
    after: str
    outcome: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("packages", nargs="*", default=list(PACKAGES), metavar="PACKAGE", help=", ".join(PACKAGES))
    parser.add_argument("--count", type=int, default=40, help="mutants of each package (40)")
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--near", action="store_true", help="only the tests that reach the changed line")
    parser.add_argument("--out", type=Path, help="append a JSON line for each mutant here")
    asked = parser.parse_args()
    if unknown := [name for name in asked.packages if name not in PACKAGES]:
        parser.error(f"there is no package {unknown[0]}: expected {', '.join(PACKAGES)}")
    for package in asked.packages:
        outcomes = Counter(
            each.outcome for each in _tried(package, asked.count, asked.seed, asked.out, near=asked.near)
        )
        share = 100 * outcomes["noticed"] / max(sum(outcomes[name] for name in COUNTED), 1)
        others = "".join(f", {count} {name}" for name, count in sorted(outcomes.items()) if name not in COUNTED)
        print(
            f"mutants: {package}: {outcomes.total()} tried, {outcomes['survived']} survived{others}, {share:.0f} % noticed",
            flush=True,
        )
    return 0


def _tried(package: str, count: int, seed: int, out: Path | None, *, near: bool) -> Iterator[Mutant]:
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copy = Path(name) / "src"
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        everything = [str(TESTS / folder) for folder in PACKAGES[package]]
        watched = [f"--cov={copy / 'doghouse' / package}", "--cov-context=test", "--cov-report="]
        if _outcome([*watched, *everything], copy, 3600) != "survived":
            said = (copy.parent / OUTPUT).read_text(errors="replace").splitlines()
            failed = [line for line in said if line.startswith(("FAILED", "ERROR", "____", "E  "))]
            raise SystemExit("\n".join([*failed[:5], f"mutants: the tests of {package} fail as it is"]))
        limit = SLOWEST * (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began) + 60
        reaching = _reaching(copy)
        for mutant, text in mutants(package, count, seed):
            path = copy / mutant.file
            original = path.read_text("utf-8")
            path.write_text(text, "utf-8")
            reached = reaching.get(mutant.file, {})
            tests = reached.get(mutant.line) or list(
                dict.fromkeys(name for names in reached.values() for name in names)
            )
            outcome = _outcome(tests, copy, limit) if tests else "survived"
            if outcome == "survived" and not near:
                outcome = _outcome(everything, copy, limit)
            path.write_text(original, "utf-8")
            failed = _failed(copy) if outcome == "noticed" else []
            if failed and _outcome(failed, copy, limit) != "survived":
                outcome = "unclear"
            done = Mutant(**{**asdict(mutant), "outcome": outcome})
            print(f"{outcome:9} {done.file}:{done.line}  {done.before}  ->  {done.after}", flush=True)
            if out:
                with out.open("a") as file:
                    file.write(json.dumps(asdict(done)) + "\n")
            yield done


def _outcome(tests: list[str], source: Path, limit: float) -> str:
    """What these tests say of the source: survived (they pass), noticed, or took too long (more than so many seconds of a processor)."""
    environment = {
        **os.environ,
        "CI": "true",
        "PYTHONPATH": str(source),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COVERAGE_FILE": str(source.parent / ".coverage"),
    }
    command = [
        str(PYTHON),
        "-m",
        "pytest",
        "-x",
        "-q",
        "-rfE",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow and not browser",
        *tests,
    ]

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 5))

    with (
        (source.parent / OUTPUT).open("wb") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, process_group=0, preexec_fn=bounded
        ) as process,
    ):
        try:
            code = process.wait(max(WAITING_S, limit))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "took too long"
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "took too long"
    return "noticed" if code else "survived"


def _failed(source: Path) -> list[str]:
    """The test that failed, without its parameters; none where not even its conftest could be imported."""
    said = (source.parent / OUTPUT).read_text(errors="replace")
    return re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", said, re.MULTILINE)[:1]


def _reaching(source: Path) -> dict[str, dict[int, list[str]]]:
    """The tests that ran each line of each file while they were watched: those first that ran the fewest lines."""
    folder = source.parent
    command = [str(PYTHON), "-m", "coverage", "json", "-q", "--show-contexts", f"--data-file={folder / '.coverage'}"]
    subprocess.run([*command, "-o", str(folder / REACHED)], cwd=folder, check=True)
    files = json.loads((folder / REACHED).read_text())["files"]
    reached: dict[str, dict[int, set[str]]] = {}
    sizes: Counter[str] = Counter()
    for name, found in files.items():
        lines = reached[str((folder / name).resolve().relative_to(source.resolve()))] = {}
        for line, contexts in found["contexts"].items():
            lines[int(line)] = {context.partition("|")[0].partition("[")[0] for context in contexts if context}
            sizes.update(lines[int(line)])
    return {
        file: {line: sorted(tests, key=lambda test: (sizes[test], test)) for line, tests in lines.items()}
        for file, lines in reached.items()
    }


def mutants(package: str, count: int, seed: int) -> Iterator[tuple[Mutant, str]]:
    """So many mutants of a package, each with the whole text of its file: a file by chance (by its length), a place in it, a change there."""
    files = sorted((SOURCE / "doghouse" / package).rglob("*.py"))
    lengths = [len(path.read_bytes()) for path in files]
    chance = random.Random(f"{package} {seed}")
    seen: set[tuple[str, int, str]] = set()
    while len(seen) < count:
        [path] = chance.choices(files, lengths)
        text = path.read_text("utf-8")
        places = _places(text)
        if not places:
            continue
        place = chance.choice(sorted(places))
        operator, occurrence = chance.choice(places[place])
        changed = _mutated(text, operator, occurrence)
        if changed is None or changed == text or not _is_python(changed):
            continue
        number = next(
            at for at, (a, b) in enumerate(zip(text.split("\n"), changed.split("\n"), strict=False)) if a != b
        )
        before, after = text.split("\n")[number].strip(), changed.split("\n")[number].strip()
        key = (str(path), number, after)
        if key not in seen:
            seen.add(key)
            yield Mutant(package, str(path.relative_to(SOURCE)), number + 1, operator, before, after), changed


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _mutated(text: str, operator: str, occurrence: int) -> str | None:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    changed: str | None = mutate_code(text, get_operator(operator)(), occurrence)
    return changed


@cache
def _places(text: str) -> dict[tuple[int, int], list[tuple[str, int]]]:
    """The places that can be changed, each with the changes there: an operator's name, and which of its occurrences it is."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    tree, quiet = get_ast(text), _quiet(text)
    places: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for name in operator_names():
        if get_operator(name).arguments():
            continue  # it needs to be told what to replace
        operator, occurrence = get_operator(name)(), 0
        for node in ast_nodes(tree):
            for start, _ in operator.mutation_positions(node):
                if not any(first <= start < last for first, last in quiet):
                    places.setdefault(start, []).append((name, occurrence))
                occurrence += 1
    return places


def _quiet(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where a change means nothing when the program runs: types, and what a dataclass is for the checker of types."""
    spans = []
    for node in ast.walk(ast.parse(text)):
        within = [getattr(node, name, None) for name in ("annotation", "returns")]
        if isinstance(node, ast.ClassDef):
            within += [each for each in node.decorator_list if "dataclass" in ast.unparse(each)]
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            within.append(node)
        for each in within:
            if isinstance(each, ast.AST):
                spans.append(((each.lineno, each.col_offset), (each.end_lineno or 0, each.end_col_offset or 0)))  # type: ignore[attr-defined]
    return spans


if __name__ == "__main__":
    sys.exit(main())
