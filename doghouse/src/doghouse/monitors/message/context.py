"""What a message can say: the variables of one transition of one group (monitors/notify/variables)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct, field

from doghouse.monitors.definition import Definition
from doghouse.monitors.message.template import Condition, Path, path
from doghouse.monitors.states.machine import Status, Transition
from doghouse.monitors.windows.columns import Group
from doghouse.time import zones

NUMBERS = (
    "value", "threshold", "warn_threshold", "ok_threshold", "alert_recovery_threshold", "warn_recovery_threshold",
)  # fmt: skip
TIMES = ("first_triggered_at", "last_triggered_at")
EPOCHS = ("first_triggered_at_epoch", "last_triggered_at_epoch")
BUILT_IN = (*NUMBERS, *TIMES, *EPOCHS, "triggered_duration_sec", "comparator", "check_message")
# What stands behind `log.`, `event.` and `span.` beside attributes and tags (monitors/notify/variables).
RECORD_FIELDS: Mapping[str, tuple[str, ...]] = {
    "log": ("message", "service", "status", "source", "span_id", "timestamp", "trace_id", "link", "host", "tags"),
    "event": ("title", "text", "id", "link", "host", "tags", "status", "source", "service", "timestamp"),
    "span": (
        "env", "operation_name", "resource_name", "service", "status", "span_id", "timestamp", "trace_id", "type", "link", "host", "tags",
    ),
}  # fmt: skip
DROPPED = ("short_status",)  # gone from the documentation; GUESS: it renders as nothing
SAMPLES = (
    "log samples"  # no variable, as it has a space: what stands below the body of monitors with `enable_logs_sample`
)
LOGS_SAMPLE = "logs sample"  # nor is this: the same as the JSON object that `$LOGS_SAMPLE` of webhooks is
DECIMALS = 3  # GUESS: of {{value}}


class Host(Struct, frozen=True):
    """What messages can say of a host: `{{host.ip}}`, `{{host.<tag>}}`, `{{host.metadata_platform}}`. `metadata` has keys without that prefix."""

    ip: str = ""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


Hosts = Mapping[str, Host]
NO_HOST = Host()


class Context(Struct, frozen=True):
    """One transition of one group of a monitor. `more` are variables of other kinds of monitors (`check_message`, `a.value`)."""

    monitor: Definition
    group: Group
    transition: Transition
    hosts: Hosts
    more: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: Path) -> str:
        """A variable as text; nothing where there is none."""
        if len(name) == 1 and name[0] in BUILT_IN:
            return self._built_in(name[0])
        dotted = ".".join(name)
        if dotted in self.more:
            return self.more[dotted]
        return ",".join(self.tag_values(name))

    def number(self, name: str) -> int | float | None:
        """A variable as a number, for eval; None where there is none."""
        if name in NUMBERS:
            number = self._numbers()[name]
            return None if number is None or math.isnan(number) else number
        if name in EPOCHS:
            when = self.moment(name.removesuffix("_epoch"))
            return None if when is None else when * 1000
        if name == "triggered_duration_sec":
            return self._duration()
        try:
            return float(self.text(path(name)))
        except ValueError:
            return None

    def moment(self, name: str) -> int | None:
        """A time variable in s UTC."""
        name = name.removesuffix("_epoch")
        shown = {
            "first_triggered_at": self.transition.first_triggered,
            "last_triggered_at": self.transition.last_triggered,
        }
        return shown.get(name)

    def tag_values(self, name: Path) -> list[str]:
        """The values of a tag variable, sorted: `host.name` of the group, `host.role.name` or `role.name` of its host. `.name` may be left out."""
        pairs = dict(self.group)
        key = name[:-1] if len(name) > 1 and name[-1] == "name" else name
        if len(key) == 1 and key[0] in pairs:
            return [pairs[key[0]]]
        if "host" not in pairs:
            return []
        host = self.hosts.get(pairs["host"], NO_HOST)
        if key[:1] == ("host",) and len(key) == 2:
            return self._host_values(host, key[1])
        return _tagged(host, key[0]) if len(key) == 1 else []

    @staticmethod
    def _host_values(host: Host, name: str) -> list[str]:
        if name == "ip":
            return [host.ip] if host.ip else []
        if name.startswith("metadata_"):
            value = host.metadata.get(name.removeprefix("metadata_"))
            return [value] if value else []
        return _tagged(host, name)

    def _built_in(self, name: str) -> str:
        if name == "comparator":
            return self.monitor.comparator
        if name == "check_message":
            return self.more.get(name, "")
        if name == "value":
            return rounded(self.transition.value)
        if name in NUMBERS:
            return number_text(self._numbers()[name])
        if name in TIMES:
            when = self.moment(name)
            return "" if when is None else time_text(when)
        number = self.number(name)
        return "" if number is None else str(number)

    def _numbers(self) -> dict[str, float | None]:
        thresholds = self.monitor.thresholds
        return {
            "value": self.transition.value,
            "threshold": thresholds.critical,
            "warn_threshold": thresholds.warning,
            "ok_threshold": thresholds.ok,
            "alert_recovery_threshold": thresholds.critical_recovery,
            "warn_recovery_threshold": thresholds.warning_recovery,
        }

    def _duration(self) -> int | None:
        began = self.transition.first_triggered
        return None if began is None else self.transition.at - began

    def holds(self, condition: Condition, priority: int | None, subject: str | None = None) -> bool:
        """Whether a block's condition holds. `priority` is the monitor's, or what override_priority made it. What is unknown does not hold.

        `subject` is what the condition's call gave, which is compared in the place of a variable.
        """
        match condition.helper, condition.arguments:
            case "is_match", words if subject is not None:
                return _contains(subject, words)
            case "is_exact_match", words if subject is not None:
                return any(subject == word or _same_number(subject, word) for word in words)
            case "is_match", (name, *words):
                return _contains(self.text(path(name)), words)
            case "is_exact_match", (name, *words):
                return any(self._equals(name, word) for word in words)
            case "is_priority", (word, *_):
                return priority is not None and word.strip().upper() == f"P{priority}"
            case helper, _:
                return flags(self.transition).get(helper, False)

    def _equals(self, name: str, word: str) -> bool:
        """Equality; numbers are compared by value (5 is 5.0). GUESS: of several values of a tag, any one may be it."""
        text = self.text(path(name))
        if text == word or word in self.tag_values(path(name)):
            return True
        mine = self.number(name)
        return mine is not None and _same_number(str(mine), word)


def _contains(text: str, words: Sequence[str]) -> bool:
    """Substring, any of the arguments; an empty one asks whether there is anything. GUESS: case counts."""
    return any(word in text if word else bool(text) for word in words)


def _same_number(text: str, other: str) -> bool:
    try:
        return float(text) == float(other)
    except ValueError:
        return False


def flags(transition: Transition) -> dict[str, bool]:
    """Which of the state helpers hold for a transition. After No Data there is no alert recovery, whatever came before it (an older documentation page)."""
    before, after = transition.before, transition.after
    recovers = after is Status.OK
    return {
        "is_alert": after is Status.ALERT,
        "is_warning": after is Status.WARN,
        "is_no_data": after is Status.NO_DATA and not transition.is_unknown,
        "is_recovery": recovers,
        "is_alert_recovery": recovers and before is Status.ALERT,
        "is_warning_recovery": recovers and before is Status.WARN,
        "is_no_data_recovery": recovers and before is Status.NO_DATA,
        "is_alert_to_warning": before is Status.ALERT and after is Status.WARN,
        "is_renotify": transition.is_renotify,
        "is_unknown": transition.is_unknown,
    }


def _tagged(host: Host, key: str) -> list[str]:
    return sorted(tag[len(key) + 1 :] for tag in host.tags if tag.startswith(f"{key}:"))


def number_text(value: float | None) -> str:
    """A threshold as Datadog prints it: `90.0`, `500000000.0`."""
    if value is None or math.isnan(value):
        return ""
    text = repr(float(value))
    return text if "e" not in text else f"{value:f}".rstrip("0") + ("" if value % 1 else "0")


def rounded(value: float) -> str:
    """`{{value}}`: at most three decimals, at least one. GUESS. Of what is nearer to 0 than that, three digits."""
    if math.isnan(value) or math.isinf(value):
        return "" if math.isnan(value) else str(value)
    near = round(value, DECIMALS) if abs(value) >= 10**-DECIMALS else float(f"{value:.3g}")
    return number_text(near)


def time_text(when: int) -> str:
    """`Fri Jun 27 2025 06:50:29 UTC` (as a real notification's footer has it; GUESS for the variables)."""
    return datetime.fromtimestamp(when, UTC).strftime("%a %b %d %Y %H:%M:%S UTC")


def local_time(when: int, zone: str) -> str:
    """`2021-05-31 23:43:27+09:00`. Raises UnknownZone."""
    return datetime.fromtimestamp(when, zones.zone(zone)).isoformat(sep=" ")
