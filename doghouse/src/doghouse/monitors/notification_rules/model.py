"""A notification rule: its attributes as the API and a file have them, and the rule that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from doghouse.monitors.notification_rules import scope as scopes
from doghouse.monitors.notification_rules.scope import RuleError, Scope, Tags

MOST_RECIPIENTS = 50  # of a rule (documentation); a list of them has 20 at most (the API's schema)
# recorded: create_ and update_a_monitor_notification_rule_returns_bad_request_response
WITH_AT = "Invalid recipients: Recipient handle should not start with '@'"

Text = Annotated[str, Meta(min_length=1, max_length=3000)]
Handles = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=255)], ...], Meta(min_length=1, max_length=20)]


class Filter(Struct, forbid_unknown_fields=True, frozen=True):
    """Which notifications a rule is for: those with all of `tags`, or those in `scope`."""

    tags: Annotated[tuple[Annotated[str, Meta(max_length=255)], ...], Meta(min_length=1, max_length=20)] | UnsetType = (
        UNSET
    )
    scope: Text | UnsetType = UNSET


class Condition(Struct, forbid_unknown_fields=True, frozen=True):
    """Recipients who are told where `scope`, one tag or `transition_type:…`, matches."""

    scope: Text
    recipients: Handles


class ConditionalRecipients(Struct, forbid_unknown_fields=True, frozen=True):
    """Recipients by condition, and those who are told where no condition matches."""

    conditions: Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=10)]
    fallback_recipients: Handles | UnsetType = UNSET


class BundleConfig(Struct, forbid_unknown_fields=True, frozen=True):
    """How long notifications are bundled (s). It is kept and shown, and nothing is bundled (GUESS: a preview of Datadog's)."""

    duration: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Attributes(Struct, forbid_unknown_fields=True, frozen=True):
    """A rule as it is sent (MonitorNotificationRuleAttributes of the API's schema)."""

    name: Annotated[str, Meta(min_length=1, max_length=1000)]
    filter: Filter | UnsetType = UNSET
    recipients: Handles | UnsetType = UNSET
    conditional_recipients: ConditionalRecipients | UnsetType = UNSET
    bundle_config: BundleConfig | UnsetType = UNSET

    def lists(self) -> Iterator[tuple[str, ...]]:
        """Every list of recipients in it."""
        yield self.recipients or ()
        if self.conditional_recipients is not UNSET:
            yield from (condition.recipients for condition in self.conditional_recipients.conditions)
            yield self.conditional_recipients.fallback_recipients or ()


class Rule(msgspec.Struct, frozen=True, eq=False):
    """A rule as functions of tags. `conditions` are scopes and who is told where they match; `fallback` is told where none does."""

    name: str
    filter: Scope
    recipients: tuple[str, ...] = ()
    conditions: tuple[tuple[Scope, tuple[str, ...]], ...] = ()
    fallback: tuple[str, ...] = ()

    def of(self, tags: Tags) -> tuple[str, ...]:
        """Who is told of a notification with these tags. GUESS: of several conditions that match, the recipients of all of them."""
        if not self.filter.matches(tags):
            return ()
        matching = [handles for scope, handles in self.conditions if scope.matches(tags)]
        return self.recipients + (tuple(handle for handles in matching for handle in handles) or self.fallback)

    def values(self) -> Mapping[str, set[str]]:
        """The keys that the rule looks at, with the values that it asks for."""
        values: dict[str, set[str]] = {}
        for scope in (self.filter, *(scope for scope, _ in self.conditions)):
            for key, own in scope.values.items():
                values.setdefault(key, set()).update(own)
        return values


Rules = Sequence[Rule]


def attributes(document: Any) -> Attributes:
    """A rule's attributes out of a decoded document. Raises RuleError."""
    try:
        return msgspec.convert(document, Attributes)
    except msgspec.ValidationError as error:
        raise RuleError(str(error)) from None


def parse(sent: Attributes) -> Rule:
    """The rule that these attributes make. Raises RuleError (GUESS: all texts but that about `@`)."""
    _check(sent)
    filtered = _scope(sent.filter)
    conditional = sent.conditional_recipients
    if conditional is UNSET:
        return Rule(sent.name, filtered, sent.recipients or ())
    conditions = tuple(
        (scopes.condition(condition.scope), condition.recipients) for condition in conditional.conditions
    )
    return Rule(sent.name, filtered, (), conditions, conditional.fallback_recipients or ())


def _scope(sent: Filter | UnsetType) -> Scope:
    """The scope of a filter. GUESS: a rule without one, which the schema allows, is for everything."""
    if sent is UNSET:
        return scopes.scope("*")
    return scopes.all_of(sent.tags) if sent.tags is not UNSET else scopes.scope(sent.scope or "")


def _check(sent: Attributes) -> None:
    if (sent.recipients is UNSET) == (sent.conditional_recipients is UNSET):
        raise RuleError("Invalid recipients: expected one of recipients and conditional_recipients")
    if sent.filter is not UNSET and (sent.filter.tags is UNSET) == (sent.filter.scope is UNSET):
        raise RuleError("Invalid filter: expected one of tags and scope")
    lists = list(sent.lists())
    if any(handle.startswith("@") for handles in lists for handle in handles):
        raise RuleError(WITH_AT)
    if any(len(set(handles)) < len(handles) for handles in lists):
        raise RuleError("Invalid recipients: a handle stands twice in a list")
    if sum(map(len, lists)) > MOST_RECIPIENTS:
        raise RuleError(f"Invalid recipients: a rule has {MOST_RECIPIENTS} recipients at most")
    if sent.filter is not UNSET and (tags := sent.filter.tags or ()) and len(set(tags)) < len(tags):
        raise RuleError("Invalid filter: a tag stands twice in it")
