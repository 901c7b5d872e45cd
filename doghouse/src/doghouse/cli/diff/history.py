"""Both versions of a monitor over the same history, as `doghouse diff` is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from doghouse.backtest.run import Backtest, replay
from doghouse.backtest.sources import Points, RecordsOf, sources_of
from doghouse.cli.backtesting import inputs
from doghouse.cli.history.given import Given
from doghouse.cli.terminal import fail
from doghouse.files import BrokenFileError
from doghouse.importing.access import AccountError
from doghouse.monitors import Definition, Host, MonitorError, Sources
from doghouse.monitors.notification_rules import Rules
from doghouse.monitors.validation import check_stored
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.review.comparing import better, compared
from doghouse.review.matching import monitors
from doghouse.review.model import Change, Compared, Range, Review, Side
from doghouse.review.surroundings import Surroundings, parsed, surroundings

# Evaluations of groups over which settings are varied without being asked for: a second or two.
MOST_UNASKED = 2_000_000
ROLLED_UP = "what the query API returns, rolled up and aggregated over each group, not the raw points that monitors see"


class Over(Struct, frozen=True):
    """The history: [start, end] (s UTC), its points and records, what hosts are, whose clocks nights are told by, and what stands around the monitors
    before and after. `origin` is what is to be known of the points, empty for a file's."""

    start: int
    end: int
    points: Points
    records: RecordsOf
    hosts: Mapping[str, Host]
    zone: str
    sides: tuple[Surroundings, Surroundings]
    origin: str = ""

    def compare(self, before: Definition | None, after: Definition | None) -> Compared | str:
        """Both versions over the history, or why one of them is not evaluated."""
        tests: list[Backtest | None] = []
        for word, monitor, around in zip(("before", "after"), (before, after), self.sides, strict=True):
            try:
                if monitor is not None:
                    check_stored(monitor)
                tests.append(self._replay(monitor, around) if monitor is not None else None)
            except (MonitorError, QuerySyntaxError, NotEvaluated) as error:
                alone = before is None or after is None
                return str(error) if alone else f"{word}: {error}"
            except (BrokenFileError, AccountError) as error:
                raise fail(str(error)) from None
        unseen = list(self._unseen(tests, (before, after)))
        if len(unseen) == len([test for test in tests if test]):
            return unseen[0][1]
        return replace(
            compared(tests[0], tests[1], self.zone), unseen=tuple(f"{word}: {text}" for word, text in unseen)
        )

    def _unseen(
        self, tests: Sequence[Backtest | None], versions: tuple[Definition | None, Definition | None]
    ) -> Iterator[tuple[str, str]]:
        """Each version that saw nothing in the history, and why: that it sends nothing says nothing of it then."""
        for word, test, monitor, around in zip(("before", "after"), tests, versions, self.sides, strict=True):
            if (
                test
                and monitor
                and not test.timelines
                and (text := monitor.nothing_seen(self._sources(monitor, around)))
            ):
                yield word, text

    def with_suggestions(self, review: Review, suggest: bool | None) -> Review:
        """A review with a setting that would do better, for each monitor that has one. `suggest` says whether to look for all of them; None: for those that
        send the most, as far as it takes a second or two, and it is said for how many."""
        changes = list(review.changes)
        sent = {
            place: change.compared.after.figures
            for place, change in enumerate(changes)
            if change.compared and change.compared.after and change.compared.after.figures.sent
        }
        places = sorted((place for place in sent if self._varies(changes[place])), key=lambda place: -sent[place].sent)
        spent, untried = 0, 0
        for place in places if suggest is not False else ():
            spent += sent[place].evaluations * sent[place].groups
            if suggest is None and spent > MOST_UNASKED:
                untried += 1
            else:
                changes[place] = self._suggested(changes[place])
        remark = f"other settings were tried for {len(places) - untried} of {len(places)} monitors: --suggest tries them for all"
        remarks = [*review.remarks, *filter(None, (self.origin, remark if untried else ""))]
        return replace(review, changes=changes, remarks=remarks)

    def _varies(self, change: Change) -> bool:
        """Whether it has settings to vary."""
        return change.versions[1] is not None and change.versions[1].compares

    def _suggested(self, change: Change) -> Change:
        monitor = change.versions[1]
        if monitor is None or change.compared is None:
            return change
        from doghouse.backtest.suggesting import suggest

        around, sources = self.sides[1], self._sources(monitor, self.sides[1])
        try:
            listed = suggest(
                monitor, sources, self.start, self.end, around.downtimes, self.hosts, self.zone, around.rules
            )
        except (MonitorError, NotEvaluated):  # Datadog would refuse it, which lint says
            return change
        return replace(change, compared=replace(change.compared, suggestion=better(listed)))

    def _sources(self, monitor: Definition, around: Surroundings) -> Sources:
        return sources_of(
            monitor, self.points, around.members, self.start, self.end, records=self.records, slos=around.slos
        )

    def _replay(self, monitor: Definition, around: Surroundings) -> Backtest:
        sources = self._sources(monitor, around)
        return replay(monitor, sources, self.start, self.end, around.downtimes, self.hosts, around.rules)


def over(sources: Given, range: Range, sides: tuple[Side, Side], rules: Rules) -> Over:
    """The history that was given, opened. What is wrong ends the command in a sentence."""
    inputs.keep_memory()
    start, end = range.start, range.end
    known = inputs.hosts_of(sources.hosts)
    quiet = inputs.downtimes_of(sources.downtimes, start)
    points, records, account = sources.opened(_changed(*sides), start, end, known)
    around = (surroundings(sides[0], start, quiet, rules), surroundings(sides[1], start, quiet, rules))
    origin = f"points of {account.address}: {ROLLED_UP}" if account else ""
    return Over(start, end, points, records, known, range.zone, around, origin)


def _changed(base: Side, head: Side) -> list[Definition]:
    """The versions of the monitors that changed: what they look at is asked of an account at once."""
    changed = {
        id(thing)
        for matched in monitors(base, head)
        if not matched.is_same
        for thing in (matched.before, matched.after)
    }
    return [monitor for side in (base, head) for thing, monitor in parsed(side) if monitor and id(thing) in changed]
