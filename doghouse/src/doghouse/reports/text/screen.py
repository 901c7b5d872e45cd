"""Where text for people goes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, TextIO

from msgspec import Struct

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 200  # of what is written to a file or a pipe: no table is folded there


def console(out: TextIO) -> Console:
    """A console that writes to `out`: no colour when that is not a terminal or NO_COLOR is set."""
    from rich.console import Console

    wide = None if out.isatty() else WIDTH
    return Console(file=out, highlight=False, emoji=False, soft_wrap=True, width=wide)


class Look(Struct, frozen=True):
    """What of a console shows in a text: another machine can write as for this one."""

    width: int
    is_terminal: bool
    colours: str | None
    no_colour: bool

    @classmethod
    def of(cls, screen: Console) -> Look:
        """How a console looks."""
        return cls(screen.width, screen.is_terminal, screen.color_system, screen.no_color)

    def console(self) -> Console:
        """A console that looks so, and writes nowhere: what it prints is captured."""
        from rich.console import Console

        colours: Any = self.colours
        return Console(
            file=io.StringIO(),
            highlight=False,
            emoji=False,
            soft_wrap=True,
            width=self.width,
            force_terminal=self.is_terminal,
            color_system=colours,
            no_color=self.no_colour,
        )
