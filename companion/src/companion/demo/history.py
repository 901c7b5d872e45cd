"""History that was made on a simulated clock: into doghouse, and said so to its pages."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from companion.demo import children
from companion.demo.children import Stop
from doghouse.importing import find_keys

TIME_S = 120.0  # how long making or importing history may take


def put_in(file: Path, url: str, keys_file: Path, stop: Stop) -> None:
    """Import a file of series. Raises Problem."""
    command: list[str | Path] = [children.program("doghouse"), "import", file, "--url", url, "--keys-file", keys_file]
    children.finish(children.start("doghouse import", command), stop, TIME_S)


def tell_simulated(metric: str, url: str, keys_file: Path, since: int, until: int) -> None:
    """`POST /doghouse/simulated {"metric", "from", "to"}` (s, UTC): doghouse's own, so not an operation of the official client."""
    keys = find_keys(str(keys_file))
    request = urllib.request.Request(
        f"{url}/doghouse/simulated",
        json.dumps({"metric": metric, "from": since, "to": until}).encode(),
        {"Content-Type": "application/json", "DD-API-KEY": keys.api_key, "DD-APPLICATION-KEY": keys.app_key},
    )
    with urllib.request.urlopen(request, timeout=10):
        pass
