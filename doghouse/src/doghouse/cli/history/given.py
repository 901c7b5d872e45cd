"""What `doghouse diff` and `doghouse record` are given of history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from doghouse.backtest.sources import Points, RecordsOf
    from doghouse.importing.account import Account
    from doghouse.monitors import Definition, Host


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
    resolution: int | None = None
    cache: Path | None = None
    no_cache: bool = True

    @property
    def is_any(self) -> bool:
        """Whether there is any history."""
        return bool(self.series or self.logs or self.datadog)

    def opened(
        self, monitors: Sequence[Definition], start: int, end: int, hosts: Mapping[str, Host], earlier: int = 0
    ) -> tuple[Points, RecordsOf, Account | None]:
        """The points and logs that these monitors look at, of an account so many seconds `earlier` too; and the account. What is wrong ends the command in a
        sentence."""
        from doghouse.cli.backtesting import inputs

        account = None
        place, records_place = inputs.place_of(self.series, "--series"), inputs.place_of(self.logs, "--logs")
        if self.datadog:
            account = inputs.account_of(self.api_url, self.keys_file, self.cache, self.no_cache, self.resolution)
            points = inputs.from_account(account, monitors, start - earlier, end, hosts)
        elif place is not None:
            points = inputs.points_in(place, monitors, start, end, hosts)
        else:
            points = inputs.no_points
        return points, inputs.records_of(records_place, hosts, account), account
