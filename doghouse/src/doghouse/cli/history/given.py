"""What `doghouse diff` is given of history."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct


class Given(Struct, frozen=True):
    """Places of points and logs, files of downtimes and hosts; or an account, which a doghouse at a URL may play, with the file of its keys, the seconds
    of a point, and where what was read is kept."""

    series: str | None
    logs: str | None
    datadog: bool
    api_url: str | None
    keys_file: Path | None
    downtimes: Path | None
    hosts: Path | None
    resolution: int | None
    cache: Path | None
    no_cache: bool

    @property
    def is_any(self) -> bool:
        """Whether there is any history."""
        return bool(self.series or self.logs or self.datadog)
