"""What the rooms may know of one another, where import-linter cannot look: the integration's package shares its name with others."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imported(file: Path) -> set[str]:
    """The outermost packages that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(str(node.module).partition(".")[0])
    return names


def test_the_integration_imports_nothing_of_the_other_rooms() -> None:
    files = [*(ROOT / "my_metric").rglob("*.py")]
    assert len(files) > 3
    assert {str(file): rooms for file in files if (rooms := imported(file) & {"doghouse", "companion"})} == {}
