"""What a format is given: everything that a command came to, as values, and no text of any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from doghouse.backtest.figures import Figures
    from doghouse.backtest.run import Backtest
    from doghouse.backtest.suggesting import Suggestion
    from doghouse.importing.verdicts import Linted
    from doghouse.testing.coverage import Coverage
    from doghouse.testing.places import TestFileError
    from doghouse.testing.running import Result


Made = TypeVar("Made")
Messages = Literal["all", "first", "none"]  # which notifications are listed with their texts


class LintResult(Struct, frozen=True):
    """The verdict on each monitor and downtime, in the order in which they were read."""

    linted: Sequence[Linted]

    @property
    def monitors(self) -> list[Linted]:
        """Those of monitors, and of files that hold none."""
        return [thing for thing in self.linted if thing.is_monitor]

    @property
    def downtimes(self) -> list[Linted]:
        """Those of downtimes."""
        return self.of("downtime")

    def of(self, kind: str) -> list[Linted]:
        """Those of a type of what is no monitor: downtime, slo, notification rule or note."""
        return [thing for thing in self.linted if thing.type == kind]

    @property
    def summary(self) -> str:
        """`312 monitors: 281 ok, 9 wrong, 22 not evaluated (log alert 14, slo alert 8)`."""
        monitors = self.monitors
        verdicts = Counter(monitor.verdict for monitor in monitors)
        text = f"{len(monitors)} monitor{'' if len(monitors) == 1 else 's'}: " + ", ".join(
            f"{verdicts[word]} {word}" for word in ("ok", "wrong", "not evaluated")
        )
        types = Counter(monitor.type for monitor in monitors if monitor.verdict == "not evaluated")
        return text + (f" ({', '.join(f'{kind} {count}' for kind, count in types.most_common())})" if types else "")

    @property
    def summaries(self) -> list[str]:
        """All the counts, a line each: the monitors' last, but for a folder that holds downtimes or objectives alone."""
        suppressed = sum(len(thing.suppressed) for thing in self.linted)
        texts = [f"{suppressed} problem{'' if suppressed == 1 else 's'} suppressed"] if suppressed else []
        for kind, word in (("downtime", "downtime"), ("slo", "objective"), ("notification rule", "notification rule")):
            if verdicts := [thing.verdict for thing in self.of(kind)]:
                counted = f"{len(verdicts)} {word}{'' if len(verdicts) == 1 else 's'}"
                texts.append(f"{counted}: {verdicts.count('ok')} ok, {verdicts.count('wrong')} wrong")
        return texts if not self.monitors and (self.downtimes or self.of("slo")) else [*texts, self.summary]


class UnitTestResult(Struct, frozen=True):
    """Each test that ran, and what was wrong with the files that could not be read; what the tests reach, where that was asked."""

    tests: Sequence[Result]
    errors: Sequence[TestFileError]
    coverage: Coverage | None = None

    @property
    def summary(self) -> str:
        """`12 passed, 1 failed`, and how many files could not be read, if any."""
        failed = sum(not ran.passed for ran in self.tests)
        counts = f"{len(self.tests) - failed} passed, {failed} failed"
        return counts + (f", {len(self.errors)} not read" if self.errors else "")

    @property
    def summaries(self) -> list[str]:
        """All the counts, a line each."""
        return [self.summary, *([self.coverage.summary] if self.coverage else [])]


class Backtested(Struct, frozen=True, eq=False):
    """One monitor's backtest. The suggestions are None where nobody asked for them; `remarks` are what a person should know of it; `points` says where they
    come from, where that is an account; `where` is the monitor's file and address in it."""

    name: str
    result: Backtest
    figures: Figures
    suggestions: Sequence[Suggestion] | None
    remarks: Sequence[str] = ()
    points: Mapping[str, Any] | None = None
    where: str = ""


class Outputs(Protocol):
    """Has each monitor's backtest made into something, in the monitors' order, once: perhaps in another process, to which it is not sent."""

    def __call__(self, make: Callable[[Backtested], Made]) -> Iterable[Made]:
        """What `make` makes of each backtest; what it gives can be pickled."""


def _itself(backtested: Backtested) -> Backtested:
    return backtested


class BacktestResult(Struct, frozen=True, eq=False):
    """The monitors' backtests; `several` is whether more than one was wanted, `zone` whose clocks times are shown by.
    `left_out` says of those that did not run `where` they stand and why (`text`): it is complete when the backtests are through. `messages` says which
    notifications a format lists that lists each; None: all of them where they are not very many. `shard` is which part of how many the monitors are."""

    outputs: Outputs
    several: bool
    zone: str
    left_out: Iterable[Mapping[str, str]] = ()
    messages: Messages | None = None
    shard: tuple[int, int] | None = None

    @property
    def backtests(self) -> Iterable[Backtested]:
        """The backtests themselves, once, for a format that makes nothing of them where they are: whole, they cost more to send between processes."""
        return self.outputs(_itself)
