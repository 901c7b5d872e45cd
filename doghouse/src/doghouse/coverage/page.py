"""The coverage as `docs/coverage.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from doghouse.coverage.model import STATES, Coverage, Item

HEAD = """# What doghouse does of Datadog

Written by `doghouse coverage --markdown` from the code: the server's routes, the parser's table of functions, the checks of widgets and monitors.
`doghouse coverage --json` prints the same for programs. *Done* is served or evaluated whole; *partly* says what is missing; *not* answers 501 with
its name, or is kept and never evaluated where the note says so. How true the answers are is measured elsewhere: [fidelity.md](fidelity.md).
"""


def page(coverage: Coverage) -> str:
    """The whole page."""
    parts = [HEAD, _summary(coverage), "## Endpoints\n"]
    parts += [
        f"### {group}\n\n{_table('endpoint', list(items))}"
        for group, items in groupby(coverage.endpoints, lambda item: item.group)
    ]
    parts += ["## Query functions\n", _families(coverage.functions)]
    parts += ["## Widgets\n", _table("type", coverage.widgets)]
    parts += ["## Monitor types\n", _table("type", coverage.monitor_types)]
    return "\n".join(parts)


def sections(coverage: Coverage) -> list[tuple[str, list[Item]]]:
    """The four lists, with their titles."""
    return [
        ("endpoints", coverage.endpoints),
        ("query functions", coverage.functions),
        ("widgets", coverage.widgets),
        ("monitor types", coverage.monitor_types),
    ]


def count(items: Sequence[Item]) -> list[int]:
    """How many are done, partly and not."""
    counted = Counter(item.state for item in items)
    return [counted[state] for state in STATES]


def _summary(coverage: Coverage) -> str:
    rows = [f"| {title} | {' | '.join(map(str, count(items)))} |" for title, items in sections(coverage)]
    return "\n".join(["| | done | partly | not |", "|---|---|---|---|", *rows, ""])


def _table(title: str, items: Sequence[Item]) -> str:
    rows = [f"| `{item.name}` | {item.state} | {item.note} |" for item in items]
    return "\n".join([f"| {title} | | |", "|---|---|---|", *rows, ""])


def _families(items: Sequence[Item]) -> str:
    """A row a family: there are many functions, and few notes."""
    rows = []
    for family, group in groupby(items, lambda item: item.group):
        listed = list(group)
        named = [", ".join(_named(item) for item in listed if item.state == state) for state in STATES]
        rows.append(f"| {family} | {' | '.join(named)} |")
    return "\n".join(["| family | done | partly | not |", "|---|---|---|---|", *rows, ""])


def _named(item: Item) -> str:
    return f"`{item.name}`" + (f" ({item.note})" if item.note else "")
