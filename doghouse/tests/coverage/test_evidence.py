"""Each row of docs/evidence.md names tests that there are, a source and a date."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TESTS = ROOT / "doghouse/tests"


def rows() -> list[list[str]]:
    lines = (ROOT / "docs/evidence.md").read_text().partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")][1:]


def test_every_row_is_held_by_a_test_that_there_is() -> None:
    assert len(rows()) > 20
    for _, source, when, named in rows():
        assert "](https://" in source
        assert re.search(r"20\d\d|as stored", when), when
        for test in named.strip("`").split(", "):
            path, _, name = test.partition("::")
            text = (TESTS / path).read_text()
            assert not name or re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), test
