"""What the unit tests reach, for people: the monitors and downtimes of which no test reaches all, then the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doghouse.testing.coverage import KINDS, Coverage

if TYPE_CHECKING:
    from rich.console import Console


def coverage(screen: Console, coverage: Coverage) -> None:
    """A paragraph for each that is not reached as a whole, and the counts."""
    for covered in coverage.gaps:
        screen.print(f"  {covered.where}  {covered.name}: {covered.share}", markup=False)
        for kind in KINDS if covered.tests else ():
            if missed := covered.missed_of(kind):
                screen.print(f"    not reached  {kind:10}  {missed}", markup=False)
    for covered in coverage.downtimes:
        if covered.missed:
            screen.print(f"  {covered.where}  no test reaches the downtime '{covered.name}'", markup=False)
    screen.print(coverage.summary, markup=False)
