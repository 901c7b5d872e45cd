"""docs/packages.md has a row for the light core, the companion and each extra that their pyproject.toml names."""

import re

from scripts.docs import packages


def test_every_package_and_extra_has_a_row_that_says_what_it_brings() -> None:
    rows = re.findall(r"(?m)^\| `([^`]+)` \| ([^|]+) \| \d+ \| \d+ \|", packages.DOCS.read_text())
    assert rows == [(name, packages.BRINGS[name]) for name in packages.packages()]
