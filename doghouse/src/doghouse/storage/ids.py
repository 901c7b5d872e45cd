"""Where ids begin: as long as Datadog's, and in each data folder elsewhere, so that a mistake between two houses finds nothing instead of something else."""

from __future__ import annotations

from doghouse.storage.manifest import Manifest
from doghouse.storage.sqlite import Database

# The first number, and over how many the folders are spread. Recorded monitors have eight or nine digits, downtimes of version 1 ten, lists six,
# timeboards seven.
RANGES = {
    "monitors": (20_000_000, 180_000_000),
    "downtimes": (2_000_000_000, 2_000_000_000),
    "dashboard_lists": (100_000, 800_000),
    "dashboards": (1_000_000, 8_000_000),
}


def spread(database: Database, owner: Manifest) -> None:
    """Let the ids of what there is none of yet begin at the folder's own number. What has ids already goes on from them."""
    place = int(owner.identity, 16)
    with database.transaction() as connection:
        begun = {row["name"] for row in connection.execute("SELECT name FROM sqlite_sequence")}
        begins = [(table, first + place % width) for table, (first, width) in RANGES.items() if table not in begun]
        connection.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", begins)
