"""What the unit tests reach, for people: the monitors and downtimes of which no test reaches all, then the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doghouse.testing.coverage import Coverage, Covered, percent

if TYPE_CHECKING:
    from rich.console import Console

WORDS = {"state": "states", "transition": "transitions", "message": "conditionals' sides", "downtime": "downtimes"}


def coverage(screen: Console, made: Coverage) -> None:
    """A paragraph for each that is not reached as a whole, and the counts."""
    for one in made.monitors:
        if one.missed or not one.tests:
            _monitor(screen, one)
    for one in made.downtimes:
        if one.missed:
            screen.print(f"  {one.where}  no test reaches the downtime '{one.name}'", markup=False)
    kinds = ", ".join(f"{reached} of {there} {WORDS[kind]}" for kind, (reached, there) in made.counts.items() if there)
    reached, there = made.total
    untested = f"; {len(made.untested)} of {len(made.monitors)} monitors have no test" if made.untested else ""
    screen.print(f"coverage {made.percent:.1f}%: {reached} of {there}".rstrip() + f" ({kinds}){untested}", markup=False)


def _monitor(screen: Console, one: Covered) -> None:
    there = len(one.points)
    share = f"{there - len(one.missed)} of {there} ({percent(there - len(one.missed), there):.1f}%)"
    screen.print(f"  {one.where}  {one.name}: {share if one.tests else 'no test'}", markup=False)
    for kind in ("state", "transition", "message") if one.tests else ():
        missed = [point.text for point in one.missed if point.kind == kind]
        if missed:
            screen.print(f"    not reached  {kind:10}  {', '.join(missed)}", markup=False)
