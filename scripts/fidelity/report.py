"""The table that is printed, and docs/fidelity.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from scripts.anomalies.measuring import HEAD
from scripts.docs.guesses import section

from .client import ROOT, VERSION, load_yaml
from .outside import Outside
from .result import Result, Share, by_endpoint, share

DOCS = ROOT / "docs" / "fidelity.md"
ANOMALIES = ROOT / "docs" / "fidelity-anomalies.md"
COLUMNS = len(HEAD[0].split(" | "))
EXPLAINED = Path(__file__).with_name("explained.yaml")
TITLES = {"recorded": "(a) Recorded requests", "scenarios": "(b) Scenarios, live", "examples": "(c) Example programs"}
Found = Mapping[str, Sequence[Result]]


def last_line(checked: Found) -> str:
    """The percentages, without what is outside."""
    return (
        "fidelity: "
        + " ".join(f"{name} {share(results, outside=False).percent:.1f}%" for name, results in checked.items())
        + f" (recorded without what newer recordings contradict: {_holding(checked.get('recorded', ()))})"
    )


def _holding(results: Sequence[Result]) -> Share:
    """Of what is inside, the share of what no newer recording contradicts."""
    return share(results, outside=False, superseded=False)


def table(checked: Found) -> str:
    """For each check: a line for each endpoint, the two shares, and every miss with its reason."""
    lines: list[str] = []
    for name, results in checked.items():
        lines += ["", name.upper(), f"{'endpoint':72} {'inside':>16} {'all':>16}"]
        for endpoint, rows in by_endpoint(results).items():
            inside, everything = share(rows, outside=False), share(rows, outside=True)
            lines.append(f"{endpoint:72} {inside!s:>16} {everything!s:>16}")
        lines.append(f"{'total':72} {share(results, outside=False)!s:>16} {share(results, outside=True)!s:>16}")
        for miss in misses(results):
            apart = (
                f" outside: {miss.outside}"
                if miss.outside
                else f" superseded by {miss.superseded.newer}"
                if miss.superseded
                else ""
            )
            lines.append(f"  miss {miss.endpoint}  [{miss.case}]{apart}")
            lines.append(f"       {miss.reason}")
    return "\n".join(lines)


def misses(results: Sequence[Result]) -> list[Result]:
    """Those that are not as they should be, those inside first."""
    return sorted(
        (result for result in results if result.reason is not None),
        key=lambda result: (result.outside is not None, result.endpoint),
    )


def write(checked: Found, outside: Outside) -> None:
    """Write the page: what is measured, the tables, each miss that is inside with its explanation."""
    DOCS.write_text("\n".join(_page(checked, outside)).rstrip() + "\n\n" + section())


def _page(checked: Found, outside: Outside) -> Iterator[str]:
    yield from INTRODUCTION
    yield "| | without what is outside | of these, what no newer recording contradicts | with what is outside |"
    yield "|---|---|---|---|"
    for name, results in checked.items():
        shares = share(results, outside=False), _holding(results), share(results, outside=True)
        yield f"| {TITLES[name]} | {' | '.join(map(str, shares))} |"
    yield from ("", *FLOOR, "")
    yield from _outside(checked, outside)
    for name, results in checked.items():
        yield from ("", f"## {TITLES[name]}", "")
        yield from _misses(results)
        yield from ("| endpoint | without what is outside | with it |", "|---|---|---|")
        for endpoint, rows in by_endpoint(results).items():
            yield f"| `{endpoint}` | {_cell(rows, outside=False)} | {_cell(rows, outside=True)} |"
    yield from ("", *anomalies())


def anomalies() -> Iterator[str]:
    """What the bands of anomalies() are worth at three deviations, from the page that has it all."""
    rows = [line.split(" | ") for line in ANOMALIES.read_text().splitlines()]
    yield from ("## anomalies(query, algorithm, 3)", "", *BAND, "", *HEAD)
    yield from (" | ".join(row) for row in rows if len(row) == COLUMNS and row[2] == "3")


def _cell(rows: Sequence[Result], *, outside: bool) -> str:
    counted = share(rows, outside=outside)
    return str(counted) if counted.of else "none"


def _misses(results: Sequence[Result]) -> Iterator[str]:
    explained: dict[str, str] = load_yaml(EXPLAINED.read_text())
    inside = [miss for miss in misses(results) if miss.outside is None]
    plain, superseded = ([miss for miss in inside if bool(miss.superseded) is apart] for apart in (False, True))
    if not plain:
        yield from ("No miss is left.", "")
    else:
        yield from ("| miss | what differs | why |", "|---|---|---|")
        for miss in plain:
            why = explained.get(miss.case) or "not explained yet"
            yield f"| `{miss.endpoint}` {miss.case} | {_cut(miss.reason or '')} | {' '.join(why.split())} |"
        yield ""
    yield from _superseded(superseded)


def _superseded(results: Sequence[Result]) -> Iterator[str]:
    """What newer recordings contradict, each with the one that does."""
    if not results:
        return
    yield from (
        *SUPERSEDED,
        "",
        "| recorded | what differs here | the newer recording | what changed |",
        "|---|---|---|---|",
    )
    for result in results:
        assert result.superseded is not None
        pair = result.superseded
        yield f"| `{result.endpoint}` {result.case} | {_cut(result.reason or '')} | {pair.newer} | {pair.why} |"
    yield ""


def _cut(text: str) -> str:
    """A reason without what changes from run to run."""
    plain = text.replace("|", "\\|").replace("\n", " ")
    before, marker, after = plain.partition("HTTP response headers: {")
    if marker:
        plain = before + after.partition("} ")[2]
    return plain if len(plain) <= 220 else f"{plain[:217]}…"


def _outside(checked: Found, outside: Outside) -> Iterator[str]:
    yield from (
        "## What is outside",
        "",
        *OUTSIDE,
        "",
        "| product | recorded | scenarios | examples |",
        "|---|---|---|---|",
    )
    for product in outside.products:
        counts = (sum(result.outside == product for result in results) for results in checked.values())
        yield f"| {product} | " + " | ".join(str(count) for count in counts) + " |"
    past = set(outside.earlier_state.values())
    counts = (sum(result.outside in past for result in results) for results in checked.values())
    yield "| an organisation's earlier state | " + " | ".join(str(count) for count in counts) + " |"


INTRODUCTION = (
    "# How faithful doghouse is",
    "",
    f"`make fidelity` measures it with the official Python client, `datadog-api-client` {VERSION}: it takes the client's source distribution from the",
    "package registry (into `.cache/`, never into this repository) and runs three things against doghouse. This page is what its last run wrote.",
    "",
    "- **(a)** Its recorded traffic with Datadog: each request is sent to a doghouse whose clock says what the recording's did, in order, with ids mapped.",
    "  Status, shape and every value that the requests determine must be the recorded ones. Ids must be of the same kind and the same wherever they occur;",
    "  times must be as near to the request as they were; who made an object is not compared. Each case has a doghouse of its own.",
    "- **(b)** Its BDD scenarios, live: the client's own test suite and code, unmodified, in an environment of their own.",
    "- **(c)** Its example programs, each against a doghouse of its own: it must end without an exception, and its answer must be of the types that the",
    "  client's models promise. What an example says is there already is made first, with the client's own `given` requests.",
    "",
    "The recordings of another version of the client, which the rules were not read off, are replayed with `make fidelity ARGS='--client 2.45.0'`.",
    "",
)
FLOOR = (
    "A figure of this kind has a floor, which `make fidelity ARGS=--floor` measures: a server that answers `{}` to everything passes 4 of 633 recorded",
    "requests (0.6 %) and 13 of 311 scenarios (4.2 %). A comparison that is content with less gives the same server 18 % of (a) and 12 of 301 scenarios.",
    "",
    "Where recordings of different years differ, the newest form holds. Where neither recordings nor the schema say anything, the rule is our reading:",
    "`make guesses` lists each with its place, and the end of this page does. What is served at all, and what is not, is in [coverage.md](coverage.md).",
)
BAND = (
    "Precision and recall on public and generated series whose anomalies are known: this measures a detector, not its likeness to Datadog's, whose",
    "algorithms are not published. [fidelity-anomalies.md](fidelity-anomalies.md) has the other bounds, says how they are measured and what they mean.",
    "`outliers()` and `forecast()` answer 501.",
)
SUPERSEDED = (
    "These are misses too, but a newer recording contradicts each of them, and the newest form holds. `scripts/fidelity/superseded.yaml` names both; the run",
    "checks that the newer one is newer, passes here, and has nothing of the older one's where the answers differ: a pair that does not hold is a miss above.",
)
OUTSIDE = (
    "Named in `scripts/fidelity/outside.yaml` before the first run: other products of Datadog, and answers that only an organisation with a past can give",
    "(of these, status and outermost keys are compared). When logs, SLOs, rules and webhooks were served, parts of them and some cases of an",
    "organisation's past were added, after their recordings had been seen. The numbers are requests, scenarios and programs.",
)
