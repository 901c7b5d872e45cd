"""Where snapshots are kept: PNG files by day, under names that cannot be guessed. Whoever has the address may see the picture, as at Datadog."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

PATH = "/snapshot/view/doghouse"  # GUESS: recorded ones are /snapshot/view/dd-snapshots-prod/org_…/<day>/<40 hex digits>.png
_NAME = re.compile(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]/[0-9a-f]{40}\.png")
_SHOWN = re.compile(rf"{re.escape(PATH)}/({_NAME.pattern})")


def shown_in(text: str) -> str | None:
    """The name of the first snapshot whose address stands in a text."""
    match = _SHOWN.search(text)
    return match[1] if match else None


class SnapshotStore(Struct, frozen=True):
    """Snapshots in a folder."""

    folder: Path

    def add(self, draw: Callable[[], bytes], now: float) -> str:
        """Keep a new picture (`now` in s UTC); its name, `2026-03-02/<40 hex digits>.png`. It is whole or not there at all."""
        name = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}/{secrets.token_hex(20)}.png"
        path = self.folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_bytes(draw())
        new.replace(path)
        return name

    def get(self, name: str) -> bytes | None:
        """A picture by its name; None where there is none."""
        path = self.folder / name
        return path.read_bytes() if _NAME.fullmatch(name) and path.is_file() else None
