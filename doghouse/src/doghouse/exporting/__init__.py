"""A house's history as a folder of partitioned Parquet, here or in an object store, which backtests read: `metrics/metric=…/date=…/points.parquet` and
`logs/date=…/logs.parquet`.

A file is written whole or not at all, and only where it would say something else than it does: an export that was stopped is finished by the next one, and
a second one writes nothing.
"""

from doghouse.exporting.folder import Exported, export
from doghouse.exporting.house import House

__all__ = ["Exported", "House", "export"]
