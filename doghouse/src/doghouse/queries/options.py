"""Rules of evaluation that Datadog does not document, as options with the value we chose (`make guesses` lists them)."""

from __future__ import annotations

from msgspec import Struct


class Options(Struct, frozen=True):
    """How to evaluate where Datadog's documentation is silent or contradicts itself.

    `align_groups`: a query with `by` interpolates each group at the others' times, as the guide on interpolation says of graphs.
    GUESS: a monitor does not align groups; it reads each group's own points.
    `look_back`: at a window's left edge, interpolation uses points before the window, as the guide's table implies.
    `interpolate_counts`: two pages disagree on whether counts and rates are interpolated where the query says nothing. GUESS: they are not.
    `fill_alone`: an explicit `.fill` also fills a query of one source that stands alone. The guide says it does not in graphs.
    GUESS: in monitors a `.fill` does so, as the page on sparse metrics shows.
    `not_available`: a group whose tag is missing is shown as N/A; monitors drop it.
    """

    align_groups: bool = True
    look_back: bool = True
    interpolate_counts: bool = False
    fill_alone: bool = False
    not_available: bool = True


DASHBOARD = Options()
MONITOR = Options(align_groups=False, fill_alone=True, not_available=False)
