"""Where a history lies: a file, a folder, or an object store (`s3://`, `gs://`, `https://`).

A folder of Parquet files may be partitioned as Hive has it: `metric=system.cpu.user/date=2026-11-29/points.parquet`. What such names say is used to read
no more than what is asked for.
"""

from doghouse.files.places.folders import LocalFolder, Place, check_writable, in_words, parquet_files, place, to_write
from doghouse.files.places.hive import date_of, on_days, says
from doghouse.files.places.model import Entry, Folder

__all__ = [
    "Entry", "Folder", "LocalFolder", "Place", "check_writable", "date_of", "in_words", "on_days", "parquet_files",
    "place", "says", "to_write",
]  # fmt: skip
