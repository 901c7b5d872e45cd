"""What values are counted in: a metric's unit, of whom somebody told its name, and the unit that an expression has of its metrics'.

Names, families and short names: metrics/units of the documentation, and in answers of the API: percent, fraction, byte, core, nanocore, operation, which
alone have an `id` here (the schema of queries has none). Those of the documentation whose scale no source says have no object: apdex, euro …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from string import digits
from typing import Any

from doghouse.queries import functions
from doghouse.queries.language import tree
from doghouse.queries.language.inspection import metric_queries
from doghouse.queries.language.tree import Expression

Unit = Mapping[str, Any]
Pair = list[Unit | None]
Units = Callable[[str], Pair | None]
"""A metric's unit as answers have it: [the unit, what it is per or None], or None where it has none."""
Described = Callable[[str], Mapping[str, Any] | None]
"""What is known of a metric: its `unit` and `per_unit` by name, among others."""

# Family → units: `name (short name) scale`. A scale is how many of the family's base one is, else 1.
# GUESS: what the base is, but for byte, percent, core and operation (recorded) and second (the schema: a minute is 60).
LISTED = {
    "bytes": "bit 0.125, byte (B), kibibyte (KiB) 1024, mebibyte (MiB) 1048576, gibibyte (GiB) 1073741824, tebibyte (TiB) 1099511627776, "
    "pebibyte (PiB) 1125899906842624, exbibyte (EiB) 1152921504606846976",
    "time": "nanosecond (ns) 1e-9, microsecond (μs) 1e-6, millisecond (ms) 1e-3, second (s), minute (min) 60, hour (hr) 3600, day 86400, week (wk) 604800",
    "percentage": "percent_nano (n%) 1e-9, percent (%), fraction 100",
    "network": "connection (conn), request (req), packet (pkt), segment (seg), response (rsp), message (msg), payload, timeout, datagram, route, session, hop",
    "system": "process (proc), thread, host, node, fault, service (svc), instance, cpu",
    "disk": "file, inode, sector, block (blk)",
    "general": "buffer, error (err), read (rd), write (wr), occurrence, event, time, unit, operation (op), item, task, worker, resource (res), "
    "garbage collection (gc), email, sample (smpl), stage, monitor, location, check, attempt, device (dev), update (up), method (mthd), job, container, "
    "execution, throttle, invocation, user, success, build, prediction, exception",
    "db": "table, index (idx), lock, transaction (tx), query, row, key, command (cmd), offset, record, object, cursor, assertion (assert), scan, document, "
    "shard, flush, merge, refresh, fetch, column (col), commit, wait, ticket, question",
    "cache": "hit, miss, eviction, get, set",
    "money": "dollar ($), cent (¢) 0.01, microdollar (μ$) 1e-6",
    "memory": "page (pg), split",
    "frequency": "hertz (Hz), kilohertz (kHz) 1e3, megahertz (MHz) 1e6, gigahertz (GHz) 1e9",
    "logging": "entry",
    "temperature": "decidegree celsius (d°C) 0.1, degree celsius (°C)",
    "cpu": "nanocore (ncores) 1e-9, microcore (μcores) 1e-6, millicore (mcores) 1e-3, core, kilocore (Kcores) 1e3, megacore (Mcores) 1e6, "
    "gigacore (Gcores) 1e9, teracore (Tcores) 1e12, petacore (Pcores) 1e15, exacore (Ecores) 1e18",
    "power": "nanowatt (nW) 1e-9, microwatt (μW) 1e-6, milliwatt (mW) 1e-3, deciwatt (dW) 0.1, watt, kilowatt 1e3, megawatt 1e6, gigawatt 1e9",
    "current": "milliampere (mA) 1e-3, ampere (A)",
    "potential": "millivolt (mV) 1e-3, volt (V)",
    "apm": "span",
    "synthetics": "run",
}
IDS = {"byte": 2, "fraction": 16, "percent": 17, "core": 31, "operation": 57, "nanocore": 121}
UNCHANGED = {"percent", "percent_nano", "hertz", "kilohertz", "megahertz", "gigahertz"}


def no_units(_: str) -> None:
    """The units where none are kept."""


def as_described(described: Described) -> Units:
    """The units of metrics by what is known of them: none of one that is of no unit here, or per one."""

    def units(metric: str) -> Pair | None:
        known = described(metric) or {}
        name, per = known.get("unit"), known.get("per_unit")
        pair: Pair = [catalogue().get(name or ""), catalogue().get(per or "")]
        return None if pair[0] is None or (per and pair[1] is None) else pair

    return units


def unit_of(expression: Expression, units: Units) -> Pair | None:
    """The unit of an expression's values, or None.

    GUESS: a sum has the unit that both sides have, a multiple that of what is multiplied, a product or quotient of two metrics none, and so have rates,
    logarithms and numbers of groups; every other function keeps the unit of its query. as_count and as_rate keep it too.
    """
    match expression:
        case tree.MetricQuery():
            return None if expression.aggregator == "count" else units(expression.metric)
        case tree.Negative(operand) | tree.Modified(operand, _):
            return unit_of(operand, units)
        case tree.Arithmetic(operator, left, right):
            return _arithmetic(operator, left, right, units)
        case tree.Call(function, arguments) if functions.catalogue()[function].keeps_unit:
            inner = next((argument for argument in arguments if not isinstance(argument, tree.Plain)), None)
            return unit_of(inner, units) if inner is not None else None
        case _:
            return None


def _arithmetic(operator: tree.Operator, left: Expression, right: Expression, units: Units) -> Pair | None:
    sides = [unit_of(side, units) for side in (left, right) if metric_queries(side)]
    if len(sides) == 1 and not (operator == "/" and metric_queries(right)):
        return sides[0]
    return sides[0] if operator in "+-" and len(sides) == 2 and sides[0] == sides[1] else None


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Unit]:
    """Every unit by its name, as answers have it. GUESS: a plural that no answer has is the English one."""
    return dict(_catalogue())


def _catalogue() -> Iterator[tuple[str, Unit]]:
    for family, listed in LISTED.items():
        for entry in listed.split(", "):
            words = entry.split()
            scale = float(words.pop()) if words[-1][0] in digits else 1.0
            short = words.pop()[1:-1] if words[-1].startswith("(") else None
            name = " ".join(words)
            unit = {"family": family, "name": name, "plural": plural(name), "scale_factor": scale, "short_name": short}
            yield name, unit | ({"id": IDS[name]} if name in IDS else {})


def plural(name: str) -> str:
    """More than one of a unit: `bytes`, `queries`, `processes`, `degrees celsius`; `percent` stays."""
    head, space, tail = name.partition(" celsius")
    if name in UNCHANGED:
        return name
    if head.endswith(("ry", "cy")):
        return head[:-1] + "ies" + space + tail
    return head + ("es" if head.endswith(("s", "x", "sh", "ch")) else "s") + space + tail
