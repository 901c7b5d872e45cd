"""The logs: searched, with facets, counts over time and columns to choose, and the lines around one of them. All that is chosen stands in the address."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from msgspec import Struct

from doghouse.logs.model import Log
from doghouse.logs.store.log_store import LogStore
from doghouse.logs.store.reading import Place, PlacedLog, weights
from doghouse.search.records import Selected
from doghouse.search.tree import Everything, Match, Node, Word, all_of, written
from doghouse.traces.store import TraceStore
from doghouse.ui import frame, rendering
from doghouse.ui.data import searches
from doghouse.ui.data.logs import rows as log_rows
from doghouse.ui.data.logs.facets import choice, facet
from doghouse.ui.data.logs.histogram import histogram, interval
from doghouse.ui.errors import no_such_page
from doghouse.ui.frame import Frame
from doghouse.web.http import Call, Reply

MOST = 200  # lines of a page
AROUND = 50  # lines before one, and behind it
NEAR_MS = 3_600_000  # how far from a line those are looked for
DAY_S = 86400
FACETS = ("service", "status", "host", "source")  # that are always offered, and open where the address names none
COLUMNS = ("status", "service")  # where the address names none
MOST_COLUMNS = 12
SAME = ("host", "service")  # what the lines around one share with it


class LogPage(Struct, frozen=True):
    """The pages over their stores."""

    logs: LogStore
    traces: TraceStore

    def show(self, call: Call) -> Reply:
        """`GET /logs?query=…&column=…&facet=…&from_ts…&stream_sort=asc&after=TIME-ID`: the newest lines, or the oldest, or those that follow one."""
        shown = frame.from_url(call.query, call.now, DAY_S)
        query = call.query.get("query", "")
        columns, opened = chosen(call, "column", COLUMNS), chosen(call, "facet", FACETS)
        search, problem = searches.read(query)
        after = _place(*call.query.get("after", "").partition("-")[::2])
        oldest_first = call.query.get("stream_sort") == "asc"
        lines = [] if problem else self.logs.page(search, *_ms(shown), MOST, after, oldest_first=oldest_first)
        offered = log_rows.fields(line.log for line in lines)
        return rendering.framed(
            "logs.html",
            call,
            shown,
            rows=self._rows(lines, columns),
            problem=problem,
            query=query,
            most=MOST,
            columns=columns,
            column_choices=list(dict.fromkeys((*COLUMNS, *FACETS, *offered, *columns))),
            facets=list(dict.fromkeys((*FACETS, *opened, *offered))),
            opened=opened,
            after=after,
            oldest_first=oldest_first,
        )

    def counts(self, call: Call) -> Reply:
        """`GET /ui/data/logs?query=…&facet=…&from_ts…`: how many logs there are, over time by status, and by the values of the open facets."""
        shown = frame.from_url(call.query, call.now, DAY_S)
        search, problem = searches.read(call.query.get("query", ""))
        if problem:
            return Reply({"problem": problem})
        opened = chosen(call, "facet", FACETS)
        selected = self._counted(search, shown, "status", interval(shown.span))
        bars = histogram(selected, shown)
        return Reply(
            {
                "problem": "",
                "total": int(weights(selected).sum()),
                "from": shown.start,
                "to": shown.end,
                "histogram": bars
                | {"statuses": [entry | {"state": log_rows.state(entry["status"])} for entry in bars["statuses"]]},
                "facets": [
                    facet(field, self._counted(choice(search, field).others(), shown, field, shown.end), search)
                    for field in opened
                ],
            }
        )

    def _counted(self, search: Node, shown: Frame, field: str, step: int) -> Selected:
        """The logs that match, with a field and in pieces of time of `step` s: counted in the store, or one by one where it cannot."""
        counts = self.logs.counts(search, *_ms(shown), [field], step * 1000)
        return self.logs.select(search, *_ms(shown), [field]) if counts is None else counts

    def around(self, call: Call) -> Reply:
        """`GET /logs/around?ts=…&id=…`: the lines of the same host and service before one and behind it."""
        place = _place(call.query.get("ts", ""), call.query.get("id", ""))
        line = None if place is None else self._line(place)
        if place is None or line is None:
            raise no_such_page("for this line: it was never here, or is forgotten")
        search = _like(line)
        start, end = place.time - NEAR_MS, place.time + NEAR_MS
        later = self.logs.page(search, start, end, AROUND, place, oldest_first=True)[::-1]
        earlier = self.logs.page(search, start, end, AROUND, place)
        columns = chosen(call, "column", COLUMNS)
        query = "" if isinstance(search, Everything) else written(search)
        rows = self._rows([*later, PlacedLog(place, line), *earlier], columns)
        return rendering.render(
            "log_context.html",
            call,
            rows=rows,
            line=rows[len(later)],
            later=len(later),
            earlier=len(earlier),
            most=AROUND,
            query=query,
            near={"query": query, **frame.still(start // 1000, end // 1000).query()},
        )

    def _line(self, place: Place) -> Log | None:
        lines = self.logs.page(
            Everything(), place.time, place.time + 1, 1, Place(place.time, place.id - 1), oldest_first=True
        )
        return next((line.log for line in lines if line.place == place), None)

    def _rows(self, lines: list[PlacedLog], columns: list[str]) -> list[dict[str, Any]]:
        rows = [
            log_rows.row(line.log) | {"place": line.place, "cells": log_rows.cells(line.log, columns)} for line in lines
        ]
        stored = self.traces.known(row["trace"] for row in rows if row["trace"])
        return [row | {"kept": row["trace"] in stored} for row in rows]


def chosen(call: Call, name: str, default: tuple[str, ...]) -> list[str]:
    """The fields that an address names, each once; the default where it names none. An empty one alone is none at all."""
    if name not in call.query:
        return list(default)
    fields = chain.from_iterable(text.split(",") for text in call.query.getlist(name))
    return [field for field in dict.fromkeys(map(str.strip, fields)) if field][:MOST_COLUMNS]


def _like(log: Log) -> Node:
    """The search for the lines of the same host and service."""
    return all_of([Match(name, Word((value,))) for name in SAME if (value := getattr(log, name))])


def _place(ts: str, id: str) -> Place | None:
    """The place that an address names; None where these are no numbers."""
    return Place(int(ts), int(id)) if all(re.fullmatch("[0-9]{1,15}", text) for text in (ts, id)) else None


def _ms(shown: Frame) -> tuple[int, int]:
    return shown.start * 1000, shown.end * 1000
