"""Mentions that stand right behind other text, and are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from doghouse.monitors.definition import Definition
from doghouse.monitors.lint.context import Context
from doghouse.monitors.lint.rule import Mend, Problem, rule
from doghouse.monitors.message import reachable
from doghouse.monitors.message.template import TemplateError, position

RULE = rule("mention-glued", "A mention stands right behind other text, and nobody gets it", order=501, partly=True)
# What handles of integrations begin with (monitors/notify, notifications): other words behind an @ may be anything.
PREFIXES = (
    "slack", "pagerduty", "opsgenie", "webhook", "teams", "hangouts", "victorops", "splunk-oncall", "servicenow", "jira", "workflow", "sns", "team",
    "zendesk", "oncall", "case", "statuspage", "incident",
)  # fmt: skip
_WHOLE = ("pagerduty", "opsgenie", "victorops")  # handles without a name behind them
_HANDLE = re.compile(
    rf"@(?:(?:{'|'.join(PREFIXES)})-[\w.\-]+|[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+|(?:{'|'.join(_WHOLE)})(?![\w.@\-]))"
)
_WORD, _IN_WORD = re.compile(r"\S+"), re.compile(r"[\w.]")
LONGEST_HANDLE = 320  # characters; an address of mail has at most 254


@RULE
def mention_glued(monitor: Definition, context: Context) -> Iterator[Problem]:
    """`{{value}}@slack-ops`, also where somebody else is mentioned."""
    message, tree = monitor.message, context.trees["message"]
    if isinstance(tree, TemplateError):
        return
    overrides = context.overrides
    glued: dict[int, str] = {}
    for transition in context.heard:
        glued |= _glued(reachable.shown(tree, reachable.known_in(transition, monitor, overrides=overrides)))
    for place, handle in sorted(glued.items()):
        text = f"{handle} stands right behind other text, and is no mention: nobody gets it"
        there = place > 0 and message.startswith(handle, place)
        mend = Mend("message", f"{message[place - 1]} {handle}", f"{message[place - 1]}{handle}") if there else None
        yield RULE.problem("message", text, *position(message, place), mend=mend)


def _glued(parts: list[tuple[str, int]]) -> dict[int, str]:
    """The handles that stand right behind a word in what a message shows, by their places in it."""
    text = "".join(part for part, _ in parts)
    handles: dict[int, str] = {}
    for word in _WORD.finditer(text):
        if "@" not in word[0]:
            continue
        first = word[0].find("@") + word.start()
        for handle in _HANDLE.finditer(text, *word.span()):
            place = handle.start()
            if place == word.start() or not _IN_WORD.match(text, place - 1):
                continue
            # Within a handle an @ is well (`@{{team.name}}@example.com`); behind a whole one it is not.
            is_short = place - word.start() <= LONGEST_HANDLE
            if place == first or (is_short and _HANDLE.fullmatch(text, word.start(), place)):
                handles[reachable.place_in(parts, place)] = handle[0]
    return handles
