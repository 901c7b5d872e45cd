"""Functions of regular expressions: RE2's, as Terraform's are. No pattern takes longer than its text is long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from doghouse.importing.terraform.language.functions.registry import function
from doghouse.importing.terraform.language.syntax import MissingLibraryError
from doghouse.importing.terraform.language.values import Value, WrongError, text
from doghouse.importing.terraform.language.work import LONGEST_TEXT, VALUE_WEIGHT, at_most
from doghouse.numbers import whole_number

LONGEST_PATTERN = 10_000  # characters
_GROUP = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


@function("regex")
def _regex(pattern: Value, value: Value) -> Value:
    match = next(_matches(text(pattern), text(value)), None)
    if match is None:
        raise WrongError(f"the pattern '{pattern}' matches nothing in '{value}'")
    return _matched(match)


@function("regexall")
def _regexall(pattern: Value, value: Value) -> Value:
    matches: list[Value] = []
    for match in _matches(text(pattern), text(value)):
        matches.append(_matched(match))
        at_most(len(matches) * VALUE_WEIGHT, LONGEST_TEXT, "characters")
    return matches


@function("replace")
def _replace(value: Value, old: Value, new: Value) -> Value:
    whole, pattern, instead = text(value), text(old), text(new)
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return "".join(_replaced(whole, pattern[1:-1], instead))
    at_most(whole.count(pattern) * len(instead), LONGEST_TEXT, "characters")
    return whole.replace(pattern, instead)


def _replaced(whole: str, pattern: str, instead: str) -> Iterator[str]:
    at = length = 0
    for match in _matches(pattern, whole):
        part = _GROUP.sub(partial(_expanded, match), instead)
        length += len(part)
        at_most(length, LONGEST_TEXT, "characters")
        yield whole[at : match.start()] + part
        at = match.end()
    yield whole[at:]


def _expanded(match: Any, group: re.Match[str]) -> str:
    """What `$1`, `${1}`, `$name` or `$$` stands for; nothing where there is no such group (Go: Regexp.Expand)."""
    if group[0] == "$$":
        return "$"
    name = group[1] or group[2]
    if (number := whole_number(name)) is not None:
        return (match[number] or "") if number <= match.re.groups else ""
    return match.groupdict().get(name) or ""


def _matches(pattern: str, whole: str) -> Iterator[Any]:
    """Each match. Raises WrongError."""
    at_most(len(pattern), LONGEST_PATTERN, "characters of a pattern")
    try:
        import re2
    except ImportError:
        raise MissingLibraryError from None
    options = re2.Options()
    options.log_errors = False
    try:
        yield from re2.compile(pattern, options).finditer(whole)
    except re2.error as error:
        raise WrongError(f"'{pattern}' is no pattern: {error.args[0].decode(errors='replace')}") from None


def _matched(match: Any) -> Value:
    if named := match.groupdict():
        return named
    return list(match.groups()) if match.re.groups else match[0]
