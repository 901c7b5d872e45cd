"""The comment of docs/review is what the command makes of the example that its script makes, and the guide shows what the command prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.docs import review_example

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def comment(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The comment, made anew."""
    folder = tmp_path_factory.mktemp("shop")
    review_example.make(folder)
    return review_example.comment(folder)


def test_the_comment_is_what_the_command_prints(comment: str) -> None:
    assert comment == review_example.COMMENT.read_text(), "python -m scripts.docs.review_example writes it anew"


def test_the_guide_shows_the_command_and_headlines_of_the_comment(comment: str) -> None:
    guide = (ROOT / "docs/reviewing.md").read_text()
    assert f"doghouse {' '.join(review_example.OPTIONS)}" in guide.replace(" \\\n    ", " ")
    quoted = [line.removeprefix("> ") for line in guide.splitlines() if line.startswith("> ")]
    assert quoted
    assert all(line in comment for line in quoted)


def test_the_picture_is_there() -> None:
    assert review_example.PICTURE.read_bytes().startswith(b"\x89PNG")
