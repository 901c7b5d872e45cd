"""The name that Datadog gives to a monitor which was sent without one: a sentence made from its query."""

from __future__ import annotations

import re

SIMPLE = re.compile(
    r"(?P<reducer>avg|max|min|sum)\((?P<window>last_\w+)\):\s*(?:\w+:)?(?P<metric>[\w.\-/]+)\{(?P<scope>[^{}]*)\}"
    r"(?:\s*by\s*\{[^}]*\})?\s*(?P<comparator>>=|<=|>|<|==|!=)\s*(?P<number>-?[\d.]+)\s*"
)
HOW = {"avg": "on average", "max": "at least once", "min": "at all times", "sum": "in total"}


def name(kind: str, query: str) -> str:
    """`**system.net.bytes_rcvd** over **host:host0** was **> 100.0** on average during the **last 1h**.` (recorded by datadogpy's tests).

    GUESS: a query of another form is its own name.
    """
    found = SIMPLE.fullmatch(query)
    if kind == "service check" or found is None:
        return query
    when = found["window"].replace("_", " ")
    scope = found["scope"].strip() or "*"
    limit = f"{found['comparator']} {float(found['number'])}"
    return f"**{found['metric']}** over **{scope}** was **{limit}** {HOW[found['reducer']]} during the **{when}**."
