"""What lint, unit tests and backtests say, in each format, a module a format.

To add a format, write a module here, with a function for each result that it can write:

    @writes("json", LintResult)
    def lint(result: LintResult, out: TextIO) -> None: ...

`--format NAME` of the commands finds it. Every module of this folder is read.
"""

from doghouse.reports.registry import formats, writer, writes
from doghouse.reports.results import Backtested, BacktestResult, LintResult, UnitTestResult

__all__ = ["BacktestResult", "Backtested", "LintResult", "UnitTestResult", "formats", "writer", "writes"]
