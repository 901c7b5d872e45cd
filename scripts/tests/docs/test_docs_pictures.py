"""The pictures of docs/ and README: each that is shown is there, each that is there is shown and is one that the script takes."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent
PICTURES = ROOT / "docs/pictures"


def shown() -> set[Path]:
    """The pictures that the documents show."""
    return {
        (page.parent / picture).resolve()
        for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
        for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }


def test_each_picture_is_shown_and_each_that_is_shown_is_there() -> None:
    assert shown() == {path.resolve() for path in (ROOT / "docs").rglob("*.png")}


def test_make_docs_pictures_takes_each() -> None:
    text = (ROOT / "scripts/docs/pictures.py").read_text(encoding="utf-8")
    assert set(re.findall(r'Picture\(\s*"([\w-]+)"', text)) == {path.stem for path in PICTURES.glob("*.png")}
