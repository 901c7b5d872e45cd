"""Where text for people goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 200  # of what is written to a file or a pipe: no table is folded there


def console(out: TextIO) -> Console:
    """A console that writes to `out`: no colour when that is not a terminal or NO_COLOR is set."""
    from rich.console import Console

    wide = None if out.isatty() else WIDTH
    return Console(file=out, highlight=False, emoji=False, soft_wrap=True, width=wide)
