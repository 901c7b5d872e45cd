"""What a message can say of the records that a monitor looked at: `{{log.message}}`, `{{event.tags.env}}`, samples (monitors/notify/variables)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import quote, urlencode

from doghouse.monitors.message.context import RECORD_FIELDS, rounded
from doghouse.monitors.query import Windows
from doghouse.monitors.records.model import RecordQuery
from doghouse.monitors.windows.columns import Group
from doghouse.search.record import Record, attribute, text_of
from doghouse.search.records import Records
from doghouse.search.tree import And, Match, Phrase
from doghouse.tags import pairs

# The word that the variables of a data source's records begin with.
WORDS = {"logs": "log", "events": "event", "spans": "span"}
MOST_SAMPLES = 10
LONGEST_SAMPLE = 500  # characters of a message in $LOGS_SAMPLE (integrations/webhooks, variables)
MS = 1000
LINK = "link"
At = tuple[int, Record]  # its time (ms UTC) and the record
Link = Callable[[At | None], str]
EXPLORERS = {"logs": "/logs", "events": "/event/explorer"}
TRACE = "/apm/trace/"  # there is no page that searches spans
_EVENT_ID = "evt.id"


class RecordVariables(Mapping[str, str]):
    """The variables of one record, by their dotted names; empty texts where there is no record, or it lacks them.

    GUESS: the newest record of the group in the window is the one. `link` is there without a record too, as it leads to what was searched.
    """

    def __init__(
        self, word: str, newest: Callable[[], At | None], samples: Mapping[str, Callable[[], str]], link: Link
    ) -> None:
        """`samples` gives what stands below a message, and `$LOGS_SAMPLE`, by the names that these have."""
        self._word, self._newest, self._samples, self._link = word, newest, samples, link

    def __getitem__(self, name: str) -> str:
        if name in self._samples:
            return self._samples[name]()
        word, _, field = name.partition(".")
        if word != self._word or not field:
            raise KeyError(name)
        if field == LINK:
            return self._link(self._record)
        return "" if self._record is None else _text(*self._record, field)

    def __iter__(self) -> Iterator[str]:
        """Those that every record has; attributes and tags are looked up by their names."""
        return (f"{self._word}.{field}" for field in RECORD_FIELDS.get(self._word, ()))

    def __len__(self) -> int:
        return len(RECORD_FIELDS.get(self._word, ()))

    @cached_property
    def _record(self) -> At | None:
        return self._newest()


def _text(time: int, record: Record, name: str) -> str:
    """What a record has under the name behind `log.`."""
    kind, _, key = name.partition(".")
    if kind == "attributes":
        return _joined(attribute(record.attributes, key))
    if kind == "tags":
        return ",".join(pairs.values(record.tags, key) if key else record.tags)
    name = name.removesuffix(".name")  # `host.name`
    match name:
        case "message" | "text":
            return record.message
        case "timestamp":
            return datetime.fromtimestamp(time / MS, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case "id":
            return _joined(attribute(record.attributes, _EVENT_ID))
    reserved = record.reserved.get(name)
    return _joined(reserved[:1] if reserved is not None else attribute(record.attributes, name))


def _joined(values: Sequence[object]) -> str:
    return ",".join(map(text_of, values))


def sampled(records: Sequence[At]) -> str:
    """Messages of records, a line each (GUESS: how they are laid out); those without a message are left out."""
    return "\n".join(" ".join(record.message.split()) for _, record in records if record.message)


def logs_sample(records: Sequence[At]) -> str:
    """The same messages as the JSON object that a webhook has (integrations/webhooks, $LOGS_SAMPLE). GUESS: it is there where the message has samples."""
    rows = [
        {
            "items": [f"{datetime.fromtimestamp(time / MS, UTC):%H:%M:%S} UTC", _text(time, record, "host")],
            "message": record.message[:LONGEST_SAMPLE],
        }
        for time, record in records
        if record.message
    ]
    return json.dumps({"columns": ["Time", "Host"], "label": "Sample Logs", "rows": rows}, ensure_ascii=False)


def breaching(values: Mapping[str, float]) -> str:
    """Values that breach by their groups' names, a line each (GUESS: how they are laid out)."""
    return "\n".join(f"{name}: {rounded(value)}" if name else rounded(value) for name, value in values.items())


class Samples:
    """The records of a group of a monitor in the window that ends at a tick. `address` is where doghouse's pages are; empty: nobody knows."""

    def __init__(
        self,
        query: RecordQuery,
        records: Callable[[RecordQuery], Records],
        group: Group,
        over: Windows,
        address: str = "",
    ) -> None:
        self._query, self._records, self._address = query, records, address
        self._words = [f"{key}:{_quoted(value)}" for key, value in group if key in query.keys]
        keys = [Match(key, Phrase(value)) for key, value in group if key in query.keys]
        self._search = And((query.search, *keys)) if keys else query.search
        self._start, self._end = int(over.starts[0]) * MS, int(over.ends[0]) * MS

    def newest(self, limit: int) -> Sequence[At]:
        """The last of them, the newest first."""
        return self._records(self._query).newest(self._search, self._start, self._end, limit)

    def link(self, newest: At | None) -> str:
        """The page that shows what was searched, in this window and of this group; of spans the newest one's trace (GUESS), empty where there is none."""
        if self._query.source not in EXPLORERS:
            trace = [] if newest is None else newest[1].reserved.get("trace_id") or []
            return f"{self._address}{TRACE}{trace[0]}" if trace else ""
        own = self._query.text.strip()
        search = " ".join((f"({own})" if self._words and own not in ("", "*") else own, *self._words))
        shown = {"query": search, "from_ts": self._start, "to_ts": self._end, "live": "false"}
        return f"{self._address}{EXPLORERS[self._query.source]}?{urlencode(shown, quote_via=quote)}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
