"""docs/architecture.md names paths, and every one exists; CONTRIBUTING points there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
PATHS = sorted({text for text in re.findall(r"`([^`\s]+)`", PAGE) if re.fullmatch(r"[\w.-]+(/[\w.-]*)+", text)})


def test_every_path_that_the_page_names_exists() -> None:
    assert len(PATHS) > 40
    assert [path for path in PATHS if not (ROOT / path).exists()] == []


def test_every_folder_of_doghouse_is_on_the_map() -> None:
    source = ROOT / "doghouse" / "src" / "doghouse"
    folders = {f"doghouse/src/doghouse/{path.parent.name}/" for path in source.glob("*/__init__.py")}
    assert sorted(folders - set(PATHS) - {"doghouse/src/doghouse/coverage/"}) == []


def test_contributing_points_to_the_page() -> None:
    assert "docs/architecture.md" in (ROOT / "CONTRIBUTING.md").read_text()
