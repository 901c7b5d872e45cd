"""Files of notification rules, as the API has them: JSON or YAML with one rule, a list, or `{"data": …}` as the API answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from doghouse.files import FileError
from doghouse.monitors.notification_rules.model import Rule, Rules, attributes, parse
from doghouse.monitors.notification_rules.scope import RuleError

TYPE: Literal["monitor-notification-rule"] = "monitor-notification-rule"  # of `data`
ANSWERED = ("created_at", "modified_at", "created", "modified")  # what the API's answers have besides


def load(path: Path) -> Rules:
    """The rules of a file. Raises RuleError with the file's name."""
    from doghouse.files.yaml_texts import load_yaml

    try:
        document = load_yaml(path)  # JSON is YAML
    except FileError as error:
        raise RuleError(error.of(path)) from None
    try:
        return read(document)
    except RuleError as error:
        raise RuleError(f"{path}: {error}") from None


def read(document: Any) -> Rules:
    """The rules of a decoded document. Raises RuleError that names the rule."""
    return [_rule(body, place) for place, body in _bodies(document)]


def _bodies(document: Any) -> Iterator[tuple[str, Any]]:
    """Each rule's attributes, with what an error calls it."""
    if isinstance(document, dict) and "data" in document:
        document = document["data"]
    rules = document if isinstance(document, list) else [document]
    for number, body in enumerate(rules, 1):
        if isinstance(body, dict) and "data" in body:
            body = body["data"]
        sent = body.get("attributes", body) if isinstance(body, dict) else body
        if not isinstance(sent, dict):
            raise RuleError(f"rule {number} is no object: expected one with name, filter and recipients")
        name = f"rule {number}" + (f" ('{sent['name']}')" if isinstance(sent.get("name"), str) else "")
        yield name, {key: value for key, value in sent.items() if key not in ANSWERED}


def rule(sent: Any) -> Rule:
    """The rule of a decoded document of attributes. Raises RuleError."""
    return parse(attributes(sent))


def _rule(sent: Any, place: str) -> Rule:
    try:
        return rule(sent)
    except RuleError as error:
        raise RuleError(f"{place}: {error}") from None
