"""The page on which a monitor is written: its form and its JSON, what lint says, its messages, and what it would have sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from doghouse import downtimes as dt
from doghouse import monitors as mon
from doghouse.backtest.sources import RecordsOf
from doghouse.downtimes.parsing import listed
from doghouse.live.sources import hosts_of
from doghouse.monitors.api import document as documents
from doghouse.monitors.api.answers import group_name
from doghouse.monitors.kinds.registry import kind_of, types
from doghouse.monitors.message import completion as message_completion
from doghouse.monitors.message.mentions import handles
from doghouse.queries import NotEvaluated
from doghouse.queries.language.completion import Tags
from doghouse.review.fields import changed_fields
from doghouse.search.records import Records
from doghouse.ui import frame, rendering
from doghouse.ui.data import message_previews, monitor_test
from doghouse.ui.data.conflicts import conflict
from doghouse.ui.data.replays import Replays
from doghouse.ui.frame import Frame
from doghouse.ui.pages.monitor import WHOLE, known_zone
from doghouse.ui.workbench import completion, form
from doghouse.ui.workbench import draft as drafts
from doghouse.ui.workbench.draft import Draft
from doghouse.ui.workbench.uploads import Uploads
from doghouse.web.errors import ApiError
from doghouse.web.http import Call, Reply

DEFAULT_SPAN_S = 86_400
NEW_TYPE = "metric alert"


class WorkbenchRequest(msgspec.Struct):
    """What the page sends: the monitor's text, its id (0: it is new), and what it is tried over. `base` is its JSON as it was opened.

    `files` are uploads by what they hold; `quiet`: whether this doghouse's downtimes hold.
    """

    text: str
    id: int = 0
    base: dict[str, Any] = {}
    group: int = 0
    files: dict[str, str] = {}
    quiet: bool = True
    timezone: str = "UTC"


class Cursor(msgspec.Struct):
    """Where something is typed: in the monitor's `query` or in its `message`, behind `cursor` characters. `monitor` is the text of the whole."""

    place: str
    text: str
    cursor: int
    monitor: str = ""


class Workbench(Struct, frozen=True):
    """The page over its stores. `tags` are the keys of a metric's tags, and their values."""

    replays: Replays
    metrics: Callable[[], Sequence[str]]
    tags: Tags
    uploads: Uploads = field(default_factory=Uploads)

    def new(self, call: Call) -> Reply:
        """`GET /monitors/create`; `clone=ID` begins with that monitor, `query=…` with a query of metrics."""
        query = call.query.get("query", "")
        body: dict[str, Any] = {"name": "", "type": NEW_TYPE, "query": query, "message": "", "options": {}}
        if original := call.query.get("clone"):
            body = documents.written(self.replays.stored(original).document)
            body["name"] = f"{body['name']} (copy)"
        return self.show(call, 0, body)

    def edit(self, call: Call) -> Reply:
        """`GET /monitors/{id}/edit`."""
        stored = self.replays.stored(str(call.params["id"]))
        return self.show(call, stored.definition.id, documents.written(stored.document))

    def show(self, call: Call, number: int, body: Mapping[str, Any]) -> Reply:
        """The page with a monitor in it; `number` is its id (0: a new one)."""
        seen = frame.from_url(call.query, call.now, DEFAULT_SPAN_S)
        return rendering.framed(
            "workbench.html",
            call,
            seen,
            title=f"Edit {body['name']}" if number else "New monitor",
            types=sorted(types(), key=lambda name: (not kind_of(name).evaluated, name)),
            evaluated=[name for name in types() if kind_of(name).evaluated],
            thresholds=form.thresholds(),
            options=form.others(),
            number=number,
            data={"id": number, "opened": json.dumps(body)},  # a text, for templates sort the keys of objects
        )

    def check(self, call: Call) -> Reply:
        """`POST /ui/data/workbench/check`: problems, messages for a group, names to choose, the same as HCL, and what was saved meanwhile."""
        asked = call.json(WorkbenchRequest)
        draft = self.draft(asked)
        answer: dict[str, Any] = {"problems": draft.problems, "previews": [], "groups": [], "choices": {}, "hcl": ""}
        answer["conflict"] = self.conflict(asked)
        if (monitor := draft.monitor) is None:
            return Reply(answer)
        states = self.replays.monitors.store.states(asked.id) if asked.id else {}
        groups = message_previews.groups_of(monitor, states)
        group = groups[min(max(asked.group, 0), len(groups) - 1)]
        hosts, rules = hosts_of(self.replays.hosts), self.replays.rules.rules()
        answer["choices"] = self.choices(monitor)
        answer["groups"] = [group_name(candidate, WHOLE) for candidate in groups]
        answer["previews"] = message_previews.previews(monitor, states, group, hosts, rules, int(call.now))
        from doghouse.importing.terraform.writing import monitor_json  # here, as in `draft`

        answer["hcl"] = monitor_json(documents.written(monitor.document))
        return Reply(answer)

    def choices(self, monitor: mon.Definition) -> dict[str, list[str]]:
        """Names to choose, by the ids of the form's fields that list them: keys of the metrics' tags to group by, and of these to notify by."""
        if monitor.problem:
            return {}
        keys = {key for metric in monitor.metrics for key in self.tags(metric)}
        return {"part-groups": sorted(keys), "options.notify_by": ["*", *(monitor.keys or ())]}

    def complete(self, call: Call) -> Reply:
        """`POST /ui/data/workbench/complete`: what could be typed next."""
        asked = call.json(Cursor)
        cursor = min(max(asked.cursor, 0), len(asked.text))
        monitor = drafts.read(asked.monitor, 0).monitor
        if asked.place == "message":
            completions = message_completion.complete(monitor, asked.text, cursor, self.handles())
        else:
            kind = monitor.type if monitor else NEW_TYPE
            completions = completion.complete(kind, asked.text, cursor, self.metrics(), self.tags)
        return Reply(completions)

    def handles(self) -> Iterator[str]:
        """Everybody whom a monitor of this doghouse mentions."""
        for stored in self.replays.monitors.store.page():
            yield from handles(stored.definition.message)

    def upload(self, call: Call) -> Reply:
        """`POST /ui/data/workbench/files/{kind}?name=points.csv`: a file to try monitors over."""
        tags = {name: host.tags for name, host in hosts_of(self.replays.hosts).items()}
        name = call.query.get("name") or "the file"
        return Reply({"file": self.uploads.add(str(call.params["kind"]), name, call.body, tags)})

    def attempt(self, call: Call) -> Reply:
        """`POST /ui/data/workbench/try?from_ts…`: the graph, and what the monitor would have sent."""
        asked = call.json(WorkbenchRequest)
        seen = frame.from_url(call.query, call.now, DEFAULT_SPAN_S)
        replays, draft = self.over(asked), drafts.read(asked.text, asked.id)
        if (monitor := draft.monitor) is None:
            return Reply(replays.nothing(seen, call.now, draft.why_not))
        answer = replays.answer(monitor, seen, self.quiet(asked, monitor, seen), known_zone(asked.timezone), call.now)
        return Reply(answer | {"remarks": replays.remarks(monitor, seen)})

    def as_test(self, call: Call) -> Reply:
        """`POST /ui/data/workbench/test?from_ts…`: what it would have done, as a file for `doghouse test`. Raises ApiError 400 where that makes none."""
        asked = call.json(WorkbenchRequest)
        seen = frame.from_url(call.query, call.now, DEFAULT_SPAN_S)
        replays, monitor = self.over(asked), self.monitor(asked)
        history = replays.history(monitor, seen, self.quiet(asked, monitor, seen), call.now)
        text = monitor_test.text_of(history, self.replays.sent_rules())
        return Reply({"name": monitor_test.file_name(monitor), "text": text})

    def save(self, call: Call) -> Reply:
        """`POST /ui/data/workbench/save`: keep the monitor. Raises ApiError 409 where another was saved since it was opened, 400 where it is refused."""
        asked = call.json(WorkbenchRequest)
        monitors, monitor = self.replays.monitors, self.monitor(asked)
        if not asked.id:
            added = monitors.store.add(monitors.checked(dict(monitor.document)), call.now)
            if isinstance(added, int):
                raise ApiError(409, f"monitor {added} is the same as this one: give this one another name")
            return Reply({"id": added.definition.id})
        stored = self.replays.stored(str(asked.id))
        checked = monitors.checked(documents.rewritten(stored.document, dict(monitor.document)))
        if not monitors.store.replace(
            checked, call.now, lambda now: not changed_fields(asked.base, documents.written(now))
        ):
            raise ApiError(409, "somebody else saved this monitor since you opened it")
        return Reply({"id": asked.id})

    def conflict(self, asked: WorkbenchRequest) -> dict[str, Any] | None:
        """What somebody else saved since this monitor was opened: the whole, and the fields that they changed; None where nobody did."""
        if not asked.id:
            return None
        stored = self.replays.monitors.store.get(asked.id)
        return conflict(asked.base, None if stored is None else documents.written(stored.document))

    def draft(self, asked: WorkbenchRequest) -> Draft:
        """The monitor as it stands, its problems with what the API would refuse it for."""
        draft = self.linted(asked)
        if draft.monitor is None:
            return draft
        try:
            self.replays.monitors.checked(dict(draft.monitor.document))
        except ApiError as error:
            text = error.text
            known = any(problem["text"].startswith(text) for problem in draft.problems)  # lint says why besides
            return draft if known else drafts.refused(draft, text)
        return draft

    def linted(self, asked: WorkbenchRequest) -> Draft:
        """The monitor as lint sees it, beside the members of a composite."""
        rules = self.replays.rules.rules()
        draft = drafts.read(asked.text, asked.id, rules=rules)
        if draft.monitor is None or not draft.monitor.members:
            return draft
        return drafts.read(asked.text, asked.id, self.replays.members(draft.monitor).values(), rules)

    def monitor(self, asked: WorkbenchRequest) -> mon.Definition:
        """The monitor. Raises ApiError 400 where the text is none."""
        draft = drafts.read(asked.text, asked.id)
        if draft.monitor is None:
            raise ApiError(400, draft.why_not)
        return draft.monitor

    def over(self, asked: WorkbenchRequest) -> Replays:
        """What it is tried over: files where there are some, else this doghouse's history."""
        series, logs = (self.uploads.get(kind, asked.files.get(kind, "")) for kind in ("series", "logs"))
        replays = self.replays if series is None else replace(self.replays, points=series)
        return replays if logs is None else replace(replays, records=of_file(logs))

    def quiet(self, asked: WorkbenchRequest, monitor: mon.Definition, seen: Frame) -> Sequence[dt.Downtime]:
        """The downtimes that it is tried with: this doghouse's, unless they are not wanted, and those of a file."""
        document = self.uploads.get("downtimes", asked.files.get("downtimes", ""))
        own = self.replays.quiet(monitor, seen) if asked.quiet else []
        return [*own, *listed(document or [], seen.start)]


def of_file(logs: Records) -> RecordsOf:
    """The logs of a file, for queries of logs."""

    def records(query: Any) -> Records:
        if query.source != "logs":
            raise NotEvaluated(f"a monitor of {query.source} over a file of logs")
        return logs

    return records
