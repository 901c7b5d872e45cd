"""`make fidelity`: how faithful doghouse is, measured with the official client's own recordings, scenarios and examples."""

from __future__ import annotations

import argparse
import sys

from . import account, client, houses, outside, recorded, report
from .live import examples, scenarios


def main() -> None:
    """Run the three checks, print the table, write docs/fidelity.md."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--only", choices=("recorded", "scenarios", "examples"), help="one check; docs/fidelity.md stays"
    )
    arguments.add_argument("--floor", action="store_true", help="measure a server that says {} to everything instead")
    arguments.add_argument(
        "--client",
        metavar="VERSION",
        default=client.VERSION,
        help="recordings of another version; docs/fidelity.md stays",
    )
    arguments.add_argument(
        "--account",
        action="store_true",
        help="ask a real account (keys from the environment) and a doghouse the same instead",
    )
    arguments.add_argument("--account-url", default=account.url(), help="the account's address; by DD_SITE")
    arguments.add_argument("--most", type=int, default=200, metavar="N", help="recorded cases that --account sends")
    arguments.add_argument("--no-docs", action="store_true", help="do not write docs/fidelity.md")
    asked = arguments.parse_args()
    sources, named = client.fetch(asked.client), outside.read()
    if asked.account:
        account.keys()
        with houses.doghouse() as house:
            differences = list(account.compare(sources, named, house, asked.account_url, asked.most))
        print(account.table(differences))
        return
    checks = {"recorded": recorded.check, "scenarios": scenarios.check, "examples": examples.check}
    results = {}
    other = asked.client != client.VERSION  # its scenarios and examples need a client of that version
    for name in ["recorded"] if other else [asked.only] if asked.only else checks:
        print(f"fidelity: {name}", file=sys.stderr)
        results[name] = list(checks[name](sources, named, houses.constant if asked.floor else houses.doghouse))
    print(report.table(results))
    if not (asked.only or asked.no_docs or asked.floor or other):
        report.write(results, named)
    print(report.last_line(results))


if __name__ == "__main__":
    main()
