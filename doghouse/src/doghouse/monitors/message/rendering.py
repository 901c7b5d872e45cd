"""What a transition's notification says, and to whom: a monitor's templates rendered, its title and subject, and who is mentioned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from msgspec import Struct, field
from msgspec.structs import replace

from doghouse.monitors.definition import Definition
from doghouse.monitors.message import expressions, mentions
from doghouse.monitors.message.context import LOGS_SAMPLE, SAMPLES, Context, Host, Hosts, local_time
from doghouse.monitors.message.template import Block, Call, Node, TemplateError, Text, parse, path
from doghouse.monitors.states.machine import Status, Transition
from doghouse.monitors.windows.columns import Group
from doghouse.time.zones import UnknownZone

__all__ = ["Host", "Hosts", "Message", "render"]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})  # GUESS: ' is left alone


class Message(Struct, frozen=True):
    """A rendered notification. `recipients` are handles without `@`; those in `bodiless` get title and subject alone.

    `title` is the event's (`[P2] [Triggered on {host:a}] name`), `subject` the mail's. `problems` are what the rendering dropped, in sentences.
    `branches` are the conditionals that were come by, each with whether its condition held. `logs_sample` is what `$LOGS_SAMPLE` of webhooks says.
    """

    subject: str
    title: str
    body: str
    recipients: tuple[str, ...]
    bodiless: frozenset[str] = frozenset()
    priority: int | None = None
    problems: tuple[str, ...] = ()
    branches: tuple[tuple[Block, bool], ...] = ()
    logs_sample: str = ""


def render(
    monitor: Definition,
    group: Group,
    transition: Transition,
    hosts: Hosts,
    *,
    test: bool = False,
    more: Mapping[str, str] | None = None,
) -> Message:
    """The notification of a transition of one group. A template that does not parse is sent as it stands, with the problem said.

    GUESS: a repeated notification is the message with is_renotify, and the escalation message below it.
    `more` are variables of other kinds of monitors (`check_message`, `a.value`). Samples of logs stand below the body, and in no recovery; mentions in them
    count for nothing.
    """
    writer = _Writer(Context(monitor, group, transition, hosts, more or {}), monitor.priority)
    body = writer.write(monitor.message)
    if transition.is_renotify and monitor.options.escalation_message:
        body = f"{body}\n\n{writer.write(monitor.options.escalation_message)}".strip()
    name = " ".join(writer.write(monitor.name).split())
    mentioned = list(mentions.mentions(body))
    named = mentions.handles(body)
    silent = tuple(handle for handle in _more_recipients(monitor, writer) if handle not in named)
    dropped = [mention.problem for mention in mentioned if mention.problem]
    is_sampled = monitor.options.enable_logs_sample and transition.after is not Status.OK
    samples = more.get(SAMPLES) if is_sampled and more else None  # asked for once: it is a search
    if samples is not None:
        body = f"{body}\n\n{samples}".strip()
    return Message(
        subject=f"[Monitor Alert] {_word(transition)}: {_tested(name, test)}",
        title=_title(monitor, group, transition, _tested(name, test), writer.priority),
        body=body,
        recipients=named + silent,
        bodiless=frozenset(silent),
        priority=writer.priority,
        problems=tuple(dict.fromkeys([*writer.problems, *dropped])),
        branches=tuple(writer.branches),
        logs_sample=more.get(LOGS_SAMPLE, "") if samples and more else "",
    )


def _more_recipients(monitor: Definition, writer: _Writer) -> tuple[str, ...]:
    """On the way from Alert to Warn: whoever would hear of a recovery from Alert gets a message without a body."""
    transition = writer.context.transition
    if transition.before is not Status.ALERT or transition.after is not Status.WARN:
        return ()
    recovery = replace(writer.context, transition=replace(transition, after=Status.OK))
    body = _Writer(recovery, monitor.priority, only="is_alert_recovery").write(monitor.message)
    return mentions.handles(body)


def _word(transition: Transition) -> str:
    """The title's word: `No data` has a small d there."""
    return transition.word.replace("No Data", "No data")


def _tested(name: str, test: bool) -> str:
    return f"[TEST] {name}" if test else name


def _title(monitor: Definition, group: Group, transition: Transition, name: str, priority: int | None) -> str:
    """`[P2] [Triggered on {host:web-1}] name`; without tags for a simple alert, or where include_tags is off."""
    tags = ",".join(f"{key}:{value}" for key, value in sorted(group))
    on = f" on {{{tags}}}" if tags and monitor.options.include_tags is not False else ""
    return (f"[P{priority}] " if priority else "") + f"[{_word(transition)}{on}] {name}"


class _Writer(Struct):
    """Writes templates of one context. `priority` changes where override_priority says so; `only`: what stands in that kind of block, nothing else."""

    context: Context
    priority: int | None
    only: str | None = None
    problems: list[str] = field(default_factory=list)
    branches: list[tuple[Block, bool]] = field(default_factory=list)

    def write(self, template: str) -> str:
        try:
            nodes = parse(template)
        except TemplateError as error:
            self.problems.append(f"line {error.line}, column {error.column}: {error.text}")
            return template.strip()
        return self._nodes(nodes, shown=self.only is None).strip()

    def _nodes(self, nodes: Sequence[Node], *, shown: bool) -> str:
        return "".join(self._node(node, shown=shown) for node in nodes)

    def _node(self, node: Node, *, shown: bool) -> str:
        if isinstance(node, Block):
            subject = node.condition.subject
            holds = self.context.holds(node.condition, self.priority, self._call(subject) if subject else None)
            self.branches.append((node, holds))
            inside = shown or (holds and node.condition.helper == self.only)
            return self._nodes(node.body if holds else node.otherwise, shown=inside)
        if not shown:
            return ""
        if isinstance(node, Text):
            return node.text
        if isinstance(node, Call):
            text = self._call(node)
        elif node.path == ("comparator",):
            return self.context.monitor.comparator  # not escaped: worked example T01
        else:
            text = self.context.text(node.path)
        return text.translate(_ESCAPES) if node.escaped else text

    def _call(self, call: Call) -> str:
        match call.function, call.arguments:
            case "eval", (expression, *_):
                return self._eval(expression)
            case "local_time", (name, zone, *_):
                return self._local_time(name, zone)
            case "urlencode", (name, *_):
                return quote(self.context.text(path(name)), safe="")  # GUESS: a space is %20
            case "link", (shown, address, *_):  # GUESS: Datadog's own lab uses it; what it renders is not documented
                return f"[{shown}]({address})"
            case "override_priority", (priority, *_):
                self.priority = int(priority[1]) if re.fullmatch(r"[Pp][1-5]", priority) else self.priority
                return ""
        self.problems.append(f"{{{{{call.function}}}}} lacks an argument")
        return ""

    def _eval(self, expression: str) -> str:
        try:
            return expressions.shown(expressions.evaluate(expression, self.context.number, self._wording))
        except expressions.EvalError as error:
            self.problems.append(str(error))
            return ""

    def _wording(self, name: str) -> str:
        return self.context.text(path(name))

    def _local_time(self, name: str, zone: str) -> str:
        when = self.context.moment(name)
        if when is None:
            return ""
        try:
            return local_time(when, zone)
        except UnknownZone as error:
            self.problems.append(f"local_time: {error}")
            return ""
