"""Black-box goldens: what doghouse answers, recorded once and compared ever after.

    python -m scripts.goldens record [AREA…]    keep what it answers now
    python -m scripts.goldens check [AREA…]     compare; exit 1 and show each case that differs

An area that is missing something (`extras` needs --extras DIR or GOLDENS_EXTRAS: a folder with other people's monitors) is skipped and says so.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from scripts.goldens import kept
from scripts.goldens.areas import commands, folder, http, mails, pages
from scripts.goldens.case import Case

EXTRAS = "extras"
AREAS: Mapping[str, Callable[[], Iterator[Case]]] = {
    "lint": commands.lint,
    "test": commands.unit_tests,
    "backtest": commands.backtest,
    "http": http.http,
    "pages": pages.pages,
    "mails": mails.mails,
    "folder": folder.folder,
}
CHEAP = ("lint", "test")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="goldens", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=("record", "check"))
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"{', '.join([*AREAS, EXTRAS])} (default: all)")
    parser.add_argument(
        "--extras", type=Path, default=os.environ.get("GOLDENS_EXTRAS"), help="a folder with other people's monitors"
    )
    parser.add_argument("--full", type=Path, metavar="DIR", help="also write each case's whole text into DIR")
    given = parser.parse_intermixed_args()
    if unknown := [name for name in given.areas if name not in (*AREAS, EXTRAS)]:
        parser.error(f"there is no area {', '.join(unknown)}: expected {', '.join([*AREAS, EXTRAS])}")
    wrong = 0
    for name in given.areas or [*AREAS, EXTRAS]:
        if name == EXTRAS and not (given.extras and Path(given.extras).is_dir()):
            print(f"goldens: {name}: skipped, there is no folder of monitors (--extras DIR)")
            continue
        began = time.monotonic()
        cases = list(commands.extras(Path(given.extras)) if name == EXTRAS else AREAS[name]())
        if given.full:
            kept.write_full(given.full, name, cases)
        wrong += record(name, cases) if given.action == "record" else check(name, cases)
        print(f"goldens: {name}: {len(cases)} cases in {time.monotonic() - began:.0f} s", flush=True)
    sys.exit(1 if wrong else 0)


def entries(name: str, cases: list[Case]) -> dict[str, dict[str, object]]:
    """What is kept of an area's cases. Raises ValueError where two have one name."""
    made = {case.name: kept.entry(case, digest_only=name == EXTRAS) for case in cases}
    if len(made) != len(cases):
        raise ValueError(f"two cases of {name} have one name")
    return made


def record(name: str, cases: list[Case]) -> int:
    """Keep an area's cases."""
    kept.write(name, entries(name, cases))
    return 0


def check(name: str, cases: list[Case]) -> int:
    """Compare an area's cases with what is kept: how many differ."""
    found = list(kept.differences(kept.read(name), entries(name, cases), {case.name: case.text for case in cases}))
    for difference in found:
        print(f"goldens: {name}: {difference}")
    if found:
        print(f"goldens: {name}: {len(found)} of {len(cases)} cases differ")
    return len(found)


if __name__ == "__main__":
    main()
