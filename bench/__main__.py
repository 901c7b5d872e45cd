"""Runs benchmarks: `python -m bench [NAME…]`, a name being a module's of this folder or of one in it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from bench.figures import note


def modules() -> Iterator[ModuleType]:
    """Every benchmark, by name."""
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("[a-z]*.py"), key=lambda path: path.stem):
        module = importlib.import_module(".".join(("bench", *path.relative_to(folder).with_suffix("").parts)))
        if hasattr(module, "run"):
            yield module


def on_demand(module: ModuleType) -> bool:
    """Whether a benchmark takes so much that it runs only when it is named."""
    return bool(getattr(module, "ONLY_WHEN_NAMED", False))


def main(names: list[str]) -> int:
    """Run what is wanted, or all."""
    every = {module.__name__.rpartition(".")[2]: module for module in modules()}
    chosen = {name: module for name, module in every.items() if name in names or not (names or on_demand(module))}
    if not chosen:
        note(f"bench: there is no {' '.join(names)}; there are {', '.join(every)}")
        return 64
    missing, measured = set[str](), set[str]()
    for name, module in chosen.items():
        note(f"bench: {name}: {(module.__doc__ or '').splitlines()[0]}")
        missing |= {figure for row in getattr(module, "ROWS", ()) for figure in row.figures}
        for figure in module.run():
            measured.add(figure.name)
            print(figure.line(), flush=True)
    if missing - measured:
        note(f"bench: not measured: {', '.join(sorted(missing - measured))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
