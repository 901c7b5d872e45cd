"""Datadog's operations of the products that doghouse stands in for, out of the client's OpenAPI documents.

`python -m scripts.fidelity.operations` writes doghouse's table of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from .client import ROOT, Client, fetch, load_yaml

TABLE = ROOT / "doghouse" / "src" / "doghouse" / "web" / "operations.csv"
PRODUCTS = (
    *("Authentication", "Dashboards", "Dashboard Lists", "Downtimes", "Events", "Hosts", "Logs"),
    *("Metrics", "Monitors", "Service Checks", "Service Level Objectives", "Service Level Objective Corrections"),
    *("Snapshots", "Tags", "Webhooks Integration"),
)
COLUMNS = ("product", "version", "operation", "method", "path")


def operations(client: Client) -> Iterator[tuple[str, ...]]:
    """Each operation's row, by product."""
    for version in ("v1", "v2"):
        document = load_yaml((client.path / ".generator" / "schemas" / version / "openapi.yaml").read_text())
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if isinstance(operation, dict) and operation.get("tags", [""])[0] in PRODUCTS:
                    yield operation["tags"][0], version, operation["operationId"], method.upper(), path


def main() -> None:
    """Write the table anew."""
    rows = sorted(operations(fetch()), key=lambda row: (PRODUCTS.index(row[0]), row[1], row[4], row[3]))
    with TABLE.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
