"""Monitors over a stretch of history, unit tests of them, and lint.

`backtest(monitor, series, start, end, downtimes=(), hosts=None, rules=())` is what the command calls (`doghouse.backtest.run`); it is imported when it is
asked for, so that help is instant.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doghouse.backtest.run import Backtest, backtest

__all__ = ["Backtest", "backtest"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'doghouse.backtest' has no attribute '{name}'")
    from doghouse.backtest import run

    return getattr(run, name)
