#!/usr/bin/env python3
"""`make mutants`: changes doghouse's source at random places, a place at a time, and says which changes no test notices.

cosmic-ray (in an environment of its own, .venv-tools) makes the changes; the tests run as always, with a copy of the source before the installed one.
First those run that reach the changed line, as coverage saw them do, the ones that reach the least first; what these let pass is shown to all of the
package's tests. Laws try the same examples each time.
The same seed gives the same mutants of the same source. Example: make mutants ARGS="queries --count 40 --seed 1"
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
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
}
OUTPUT, REACHED = "output", "reached.json"  # beside the copy: what the tests said, and what coverage saw of them
SLOWEST = 6  # times as long as the tests of the source as it is, and a minute: a mutant that takes longer is noticed


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
    parser.add_argument("--out", type=Path, help="append a JSON line for each mutant here")
    asked = parser.parse_args()
    if unknown := [name for name in asked.packages if name not in PACKAGES]:
        parser.error(f"there is no package {unknown[0]}: expected {', '.join(PACKAGES)}")
    for package in asked.packages:
        outcomes = list(_tried(package, asked.count, asked.seed, asked.out))
        survived = [each for each in outcomes if each.outcome == "survived"]
        share = 100 * (len(outcomes) - len(survived)) / max(len(outcomes), 1)
        print(f"mutants: {package}: {len(outcomes)} tried, {len(survived)} survived, {share:.0f} % noticed", flush=True)
    return 0


def _tried(package: str, count: int, seed: int, out: Path | None) -> Iterator[Mutant]:
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copy = Path(name) / "src"
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        began = time.monotonic()
        everything = [str(TESTS / folder) for folder in PACKAGES[package]]
        watched = [f"--cov={copy / 'doghouse' / package}", "--cov-context=test", "--cov-report="]
        if not _passes([*watched, *everything], copy, 3600):
            said = (copy.parent / OUTPUT).read_text(errors="replace").splitlines()
            failed = [line for line in said if line.startswith(("FAILED", "ERROR", "____", "E  "))]
            raise SystemExit("\n".join([*failed[:5], f"mutants: the tests of {package} fail as it is"]))
        took = time.monotonic() - began
        reaching = _reaching(copy)
        for mutant, text in mutants(package, count, seed):
            path = copy / mutant.file
            original = path.read_text("utf-8")
            path.write_text(text, "utf-8")
            near = reaching.get(mutant.file, {})
            tests = near.get(mutant.line) or list(dict.fromkeys(name for names in near.values() for name in names))
            passed = (not tests or _passes(tests, copy, took + 60)) and _passes(everything, copy, SLOWEST * took + 60)
            outcome = "survived" if passed else "noticed"
            path.write_text(original, "utf-8")
            done = Mutant(**{**asdict(mutant), "outcome": outcome})
            print(f"{outcome:9} {done.file}:{done.line}  {done.before}  ->  {done.after}", flush=True)
            if out:
                with out.open("a") as file:
                    file.write(json.dumps(asdict(done)) + "\n")
            yield done


def _passes(tests: list[str], source: Path, limit: float) -> bool:
    environment = {
        **os.environ,
        "CI": "true",
        "PYTHONPATH": str(source),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COVERAGE_FILE": str(source.parent / ".coverage"),
    }
    command = [str(PYTHON), "-m", "pytest", "-x", "-q", "-m", "not slow and not browser", *tests]
    with (
        (source.parent / OUTPUT).open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output, process_group=0) as process,
    ):
        try:
            return process.wait(limit) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return False


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
