"""What is wrong with the variables, conditions and functions of a template, for one monitor: lint's part that looks into the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from doghouse.monitors.definition import Definition
from doghouse.monitors.message import expressions
from doghouse.monitors.message.context import BUILT_IN, DROPPED, EPOCHS, NUMBERS, RECORD_FIELDS, TIMES
from doghouse.monitors.message.template import HELPERS, MATCHES, Block, Call, Node, Path, Variable, path
from doghouse.queries import NotEvaluated, QuerySyntaxError
from doghouse.queries.language.names import nearest
from doghouse.time.zones import is_zone

_NAME = re.compile(r"""'[^']*'|"[^"]*"|\[[^\]]*\][\w.]*|[A-Za-z_@][\w.@\[\]]*""")
# Group keys behind whose entity attributes stand, as `{{service.team}}` (monitors/notify/variables); doghouse knows no catalog, and renders them as nothing.
ENTITIES = ("host", "service", "kube_namespace", "pod_name", "network_device")
EMPTY, UNKNOWN = "message-empty-variable", "message-unknown-variable"
UNDOCUMENTED, ARGUMENTS = "message-undocumented-variable", "message-wrong-arguments"
_DEVICE = {"device_ip", "device_namespace"}  # the keys that together are a network device


class Fault(Struct, frozen=True):
    """What is wrong, its offset in the template, and the id of the lint rule that it breaks. `mend` is what to write for the tag `mends`."""

    rule: str
    text: str
    place: int
    mends: str = ""
    mend: str = ""


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """Every node, outer ones first."""
    for node in nodes:
        yield node
        if isinstance(node, Block):
            yield from walk(node.body)
            yield from walk(node.otherwise)


def faults(monitor: Definition, nodes: Sequence[Node]) -> Iterator[Fault]:
    """Everything that is wrong in a template that parses."""
    keys = group_keys(monitor)
    for node in walk(nodes):
        match node:
            case Variable(name, _, place):
                yield from _variable(monitor, keys, name, place)
            case Call():
                yield from _call(monitor, keys, node)
            case Block():
                yield from _condition(monitor, keys, node)


def group_keys(monitor: Definition) -> tuple[str, ...] | None:
    """The keys that tag variables can be of; None where that is not known. With notify_by only those."""
    try:
        keys = monitor.keys
    except (NotEvaluated, QuerySyntaxError):
        return None
    if keys is None or keys == ("*",):
        return None
    notify_by = monitor.options.notify_by
    return keys if not notify_by else tuple(key for key in keys if key in notify_by)


def _variable(monitor: Definition, keys: tuple[str, ...] | None, name: Path, place: int) -> Iterator[Fault]:
    shown = ".".join(f"[{part}]" if "." in part else part for part in name)
    tag = f"{{{{{shown}}}}}"
    if len(name) == 1:
        if name[0] in DROPPED:
            yield Fault(UNDOCUMENTED, f"{tag} is gone from Datadog's documentation, and renders as nothing here", place)
            return
        if name[0] in HELPERS:
            block = f"{{{{#{name[0]}}}}}"
            text = f"{tag} is no block, and renders as nothing: did you mean {block}?"
            yield Fault("message-condition-without-hash", text, place, tag, block)
            return
        if name[0] in BUILT_IN or name[0] in monitor.variables:
            return
    if monitor.record_word and name[0] == monitor.record_word:
        yield from _of_record(tag, name, place)
        return
    if keys is not None:
        yield from _of_group(keys, tag, name, place)


def _of_group(keys: tuple[str, ...], tag: str, name: Path, place: int) -> Iterator[Fault]:
    """A tag of the group that alerts, or an attribute of an entity that it is."""
    key = name[:-1] if len(name) > 1 and name[-1] == "name" else name
    near = nearest(name[0], BUILT_IN) if len(name) == 1 and name[0] not in keys else None
    if near:
        of = "" if "host" in keys else "unknown variable "
        yield Fault(UNKNOWN, f"{of}{tag}: did you mean {{{{{near}}}}}?", place, tag, f"{{{{{near}}}}}")
        return
    if key == ("hostname",) and "host" in keys and "hostname" not in keys:
        text = f"{tag} is always empty: the query groups by 'host'; did you mean {{{{host.name}}}}?"
        yield Fault(EMPTY, text, place, tag, "{{host.name}}")
        return
    if "host" in keys or (len(key) == 1 and key[0] in keys):
        return
    if len(key) > 1 and (key[0] in keys or (key[0] == "network_device" and set(keys) >= _DEVICE)):
        if key[0] not in ENTITIES:
            text = (
                f"{tag}: of '{key[0]}' only {{{{{key[0]}.name}}}} is documented; attributes have {', '.join(ENTITIES)}"
            )
            yield Fault(UNDOCUMENTED, text, place)
        return
    dotted = next((dotted_name for dotted_name in (".".join(key), ".".join(name)) if dotted_name in keys), "")
    if dotted:
        right = f"{{{{[{dotted}].name}}}}"
        yield Fault(
            "message-key-with-period", f"{tag}: a key with a period stands in brackets, {right}", place, tag, right
        )
        return
    by = f"it groups by {', '.join(keys)}" if keys else "it does not group at all"
    yield Fault(EMPTY, f"{tag} is always empty: the query does not group by '{key[0]}', {by}", place)


def _of_record(tag: str, name: Path, place: int) -> Iterator[Fault]:
    """`{{log.message}}`, `{{log.attributes.user.id}}`: a field of the record, or an attribute or a tag of it."""
    known = RECORD_FIELDS.get(name[0], ())
    if len(name) > 1 and (name[1] in known or (name[1] == "attributes" and len(name) > 2)):
        return
    near = nearest(name[1], (*known, "attributes")) if len(name) > 1 else None
    hint = f"did you mean {{{{{name[0]}.{near}}}}}?" if near else f"attributes are {{{{{name[0]}.attributes.name}}}}"
    yield Fault(UNDOCUMENTED, f"{tag} is not documented: {hint}", place)


def _call(monitor: Definition, keys: tuple[str, ...] | None, call: Call) -> Iterator[Fault]:
    if not call.arguments:
        yield Fault(ARGUMENTS, f"{call.function} lacks its arguments", call.place)
        return
    match call.function:
        case "eval":
            yield from _eval(monitor, keys, call)
        case "link" if len(call.arguments) != 2:
            yield Fault(ARGUMENTS, 'link takes a text and an address: {{link "Dashboard" "https://…"}}', call.place)
        case "urlencode":
            yield from _variable(monitor, keys, path(call.arguments[0]), call.place)
        case "local_time":
            yield from _local_time(call)
        case "override_priority" if not re.fullmatch(r"[Pp][1-5]", call.arguments[0]):
            yield Fault(ARGUMENTS, f"override_priority takes 'P1' to 'P5', not '{call.arguments[0]}'", call.place)


def _eval(monitor: Definition, keys: tuple[str, ...] | None, call: Call) -> Iterator[Fault]:
    expression = call.arguments[0]
    try:
        expressions.evaluate(expression, lambda _: None, lambda _: "")
    except expressions.EvalError as error:
        yield Fault(ARGUMENTS, str(error), call.place)
        return
    numbers = (*NUMBERS, *EPOCHS, "triggered_duration_sec")
    for name in _NAME.findall(expression):
        if name not in expressions.FUNCTIONS and name not in numbers and name[0] not in "\"'":
            yield from _variable(monitor, keys, path(name), call.place)


def _local_time(call: Call) -> Iterator[Fault]:
    if call.arguments[0] not in (*TIMES, *EPOCHS):
        yield Fault(ARGUMENTS, f"local_time: '{call.arguments[0]}' is no time; it is {' or '.join(TIMES)}", call.place)
    if len(call.arguments) < 2:
        yield Fault(ARGUMENTS, "local_time takes a time and a zone", call.place)
        return
    if not is_zone(call.arguments[1]):
        yield Fault(ARGUMENTS, f"local_time: '{call.arguments[1]}' is no time zone of the IANA database", call.place)


def _condition(monitor: Definition, keys: tuple[str, ...] | None, block: Block) -> Iterator[Fault]:
    helper, arguments = block.condition.helper, block.condition.arguments
    if helper not in HELPERS:
        near = nearest(helper, HELPERS)
        yield Fault(
            "message-unknown-condition",
            f"unknown condition '{helper}'" + (f"; did you mean '{near}'?" if near else ""),
            block.place,
        )
    elif helper in MATCHES and (subject := block.condition.subject) is not None:
        yield from _call(monitor, keys, subject)
    elif helper in MATCHES:
        if len(arguments) < 2:
            yield Fault(
                ARGUMENTS,
                f'{helper} takes a variable and what it is compared with: {helper} "host.name" "web"',
                block.place,
            )
        else:
            yield from _variable(monitor, keys, path(arguments[0]), block.place)
    elif helper == "is_priority":
        if len(arguments) != 1 or not re.fullmatch(r"[Pp][1-5]", arguments[0]):
            yield Fault(ARGUMENTS, "is_priority takes 'P1' to 'P5'", block.place)
    elif arguments:
        yield Fault(ARGUMENTS, f"{helper} takes nothing", block.place)
