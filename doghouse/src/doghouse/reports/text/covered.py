"""What the unit tests reach, for people: the monitors and downtimes of which no test reaches all, then the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doghouse.testing.coverage import KINDS, Coverage

if TYPE_CHECKING:
    from rich.console import Console


def coverage(screen: Console, made: Coverage) -> None:
    """A paragraph for each that is not reached as a whole, and the counts."""
    for one in made.gaps:
        screen.print(f"  {one.where}  {one.name}: {one.share}", markup=False)
        for kind in KINDS if one.tests else ():
            if missed := one.missed_of(kind):
                screen.print(f"    not reached  {kind:10}  {missed}", markup=False)
    for one in made.downtimes:
        if one.missed:
            screen.print(f"  {one.where}  no test reaches the downtime '{one.name}'", markup=False)
    screen.print(made.summary, markup=False)
