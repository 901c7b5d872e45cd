"""`my-metric load --bakery`: a week of customers on a simulated clock, each a request to the app; with `--live` it then goes on in real time."""

from __future__ import annotations

import csv
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from companion import terminal
from companion.app.bakery.routes import MEASURES, NOW
from companion.app.bakery.week import DAYS, SHOPS, Visit, day
from companion.problem import Problem

TIMEOUT_S = 30
BUCKET_S = 10  # of counts, as DogStatsD has them
HEADER = ("timestamp", "metric", "value", "type", "interval", "tags")
NOT_NOW = 409  # sold out, or not ready: a customer's luck


@dataclass
class Player:
    """The people of one shop, one after another, so that the same seed always ends alike."""

    shop: str
    url: str
    keep: bool  # what is counted, instead of having it sent
    ids: dict[int, int] = field(default_factory=dict)  # orders: ours, the app's
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    measured: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)  # s UTC, measures.Measure

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=TIMEOUT_S)

    def begin(self) -> None:
        """Forget what an earlier play left. Raises Problem."""
        self._ask("DELETE", "orders", {}, {})

    def visit(self, visit: Visit, *, simulated: bool) -> None:
        """Do it, at its own time or now. Raises Problem where the app cannot answer."""
        what: str = visit.what
        if what == "pick-up":
            if visit.order not in self.ids:
                return  # the order was refused
            what = f"orders/{self.ids.pop(visit.order)}/pick-up"
        body: dict[str, Any] = {"product": visit.product, "pieces": visit.pieces} if visit.product else {}
        if visit.due:
            body["due"] = visit.due.isoformat()
        clock = {NOW: visit.at.isoformat()} if simulated else {}
        answer = self._ask("POST", what, body, clock | ({MEASURES: "return"} if simulated and self.keep else {}))
        if visit.what == "orders" and "id" in answer:
            self.ids[visit.order] = answer["id"]
        self.measured += [(int(visit.at.timestamp()), measure) for measure in answer.get("measured", ())]

    def _ask(self, method: str, what: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        sent = {"Content-Type": "application/json", **headers}
        try:
            self._connection.request(method, f"/bakery/{self.shop}/{what}", json.dumps(body), sent)
            answer = self._connection.getresponse()
            read = answer.read()
            self._connection.close()  # the app ends one on which nothing is asked for two seconds
        except (OSError, http.client.HTTPException) as error:
            raise Problem(
                f"{self.url} does not answer ({error or type(error).__name__}); start it with: my-metric app"
            ) from None
        self.answers[what.rpartition("/")[2], answer.status] += 1
        try:
            document = json.loads(read)
        except ValueError:
            document = {}
        if answer.status not in (200, NOT_NOW):
            raise Problem(
                f"{self.url}/bakery/{self.shop}/{what} answered {answer.status}: {document.get('error', 'no word of why')}"
            )
        return dict(document)


def play(url: str, out: Path | None, live: bool, as_json: bool) -> int:
    """Play the seven days before today, on the clocks of UTC; with `live` today until now too, and then on until Ctrl-C. Raises Problem."""
    began, now = time.monotonic(), datetime.now(UTC)
    start = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    until = now if live else start + timedelta(days=DAYS)
    players = [Player(shop, url, out is not None) for shop in SHOPS]
    with ThreadPoolExecutor(len(players)) as pool:
        remaining = list(pool.map(lambda player: _simulate(player, start, until), players))
        if out:
            write(out, chain.from_iterable(player.measured for player in players))
        _report(players, start, until, time.monotonic() - began, as_json)
        if live:
            stop = threading.Event()
            going = [pool.submit(_live, *pair, stop) for pair in zip(players, remaining, strict=True)]
            try:
                for future in going:
                    future.result()
            except KeyboardInterrupt:
                return 0
            finally:
                stop.set()
    return 0


def days(shop: str, start: datetime) -> Iterator[Visit]:
    """All that happens in a shop from a midnight on, without end. Some order for a day on the evening before it."""
    for number in count():
        first, second = (start + timedelta(days=days) for days in (number, number + 1))
        yield from sorted(
            visit for visit in [*day(shop, number, first), *day(shop, number + 1, second)] if first <= visit.at < second
        )


def _simulate(player: Player, start: datetime, until: datetime) -> Iterator[Visit]:
    """Everything before `until` at once; what is left to come."""
    player.begin()
    coming = days(player.shop, start)
    for visit in coming:
        if visit.at >= until:
            return chain([visit], coming)
        player.visit(visit, simulated=True)
    return coming


def _live(player: Player, coming: Iterator[Visit], stop: threading.Event) -> None:
    for visit in coming:
        if stop.wait(max(0.0, visit.at.timestamp() - time.time())):
            return
        player.visit(visit, simulated=False)


def write(file: Path, measured: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """As `doghouse import` takes it: counts as DogStatsD's rates in buckets of 10 s, each value of a distribution alone. Raises Problem."""
    rates: Counter[tuple[int, str, str]] = Counter()
    rows: list[tuple[Any, ...]] = []
    for at, measure in measured:
        tags = ",".join(measure["tags"])
        if measure["type"] == "count":
            rates[at - at % BUCKET_S, measure["metric"], tags] += measure["value"]
        else:
            rows.append((at, measure["metric"], measure["value"], measure["type"], 0, tags))
    rows += [(at, metric, value / BUCKET_S, "rate", BUCKET_S, tags) for (at, metric, tags), value in rates.items()]
    try:
        with file.open("w", newline="", encoding="utf-8") as opened:
            csv.writer(opened).writerows([HEADER, *sorted(rows, key=lambda row: (row[1], row[-1], row[0]))])
    except OSError as error:
        raise Problem(f"{file} cannot be written: {error.strerror}") from None


def _report(players: Sequence[Player], start: datetime, until: datetime, seconds: float, as_json: bool) -> None:
    answers = sum((player.answers for player in players), Counter[tuple[str, int]]())
    document: dict[str, Any] = {
        "from": start.isoformat(),
        "to": until.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "requests": answers.total(),
        "by_route": [
            {"route": route, "status": status, "requests": n} for (route, status), n in sorted(answers.items())
        ],
    }
    if as_json:
        terminal.print_json(document)
        return
    screen = terminal.console()
    for row in document["by_route"]:
        screen.print(f"{row['requests']:8} {row['status']} {row['route']}")
    screen.print(
        f"{answers.total()} requests in {seconds:.1f} s: the bakery from {start:%Y-%m-%d} to {until:%Y-%m-%d %H:%M}"
    )
