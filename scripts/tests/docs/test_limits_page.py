"""docs/limits.md is what is declared."""

from __future__ import annotations

from scripts.docs import limits


def test_the_page_is_written_from_the_declarations() -> None:
    text = limits.PAGE.read_text()
    assert limits.page({name: float(figure) for name, figure in limits.ROW.findall(text)}) == text
