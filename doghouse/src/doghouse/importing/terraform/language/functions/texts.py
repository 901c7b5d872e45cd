"""Functions of text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial

from doghouse.importing.terraform.language.functions.registry import function
from doghouse.importing.terraform.language.values import Value, WrongError, number, number_text, shown, text, truth
from doghouse.importing.terraform.language.work import LONGEST_TEXT, at_most

MOST_ROOM = 1000  # characters of a verb's width and precision
_VERB = re.compile(r"%(?:\[([0-9]+)\])?([-+# 0]*+)(\*|[0-9]++)?+(?:\.([0-9]++))?+([a-zA-Z%])")


def _by_method(method: Callable[..., Value], *arguments: Value) -> Value:
    """What a method of Python's texts gives, which takes texts."""
    return method(*map(text, arguments))


for _name, _method in (
    *(("upper", str.upper), ("lower", str.lower), ("strcontains", str.__contains__)),
    *(("startswith", str.startswith), ("endswith", str.endswith)),
    *(("trimprefix", str.removeprefix), ("trimsuffix", str.removesuffix)),
):
    function(_name)(partial(_by_method, _method))


@function("title")
def _title(value: Value) -> Value:
    return re.sub(r"(^|[^\w])(\w)", lambda match: match[1] + match[2].upper(), text(value))


@function("trimspace", of_texts=True)
def _trimspace(value: Value) -> Value:
    return text(value).strip()


@function("chomp", of_texts=True)
def _chomp(value: Value) -> Value:
    return text(value).rstrip("\r\n")


@function("trim")
def _trim(value: Value, signs: Value) -> Value:
    return text(value).strip(text(signs))


@function("strrev")
def _strrev(value: Value) -> Value:
    return text(value)[::-1]


@function("substr")
def _substr(value: Value, offset: Value, length: Value) -> Value:
    whole, at, count = text(value), int(number(offset)), int(number(length))
    at = len(whole) + at if at < 0 else at
    return whole[at:] if count < 0 else whole[at : at + count]


@function("indent", of_texts=True)
def _indent(spaces: Value, value: Value) -> Value:
    whole, count = text(value), int(number(spaces))
    at_most(whole.count("\n") * count, LONGEST_TEXT, "characters")
    return whole.replace("\n", "\n" + " " * count)


@function("split")
def _split(separator: Value, value: Value) -> Value:
    whole, by = text(value), text(separator)
    return (whole.split(by) if by else list(whole)) if whole else [""]


@function("join", of_texts=True)
def _join(separator: Value, *lists: Value) -> Value:
    if not all(isinstance(values, list) for values in lists):
        raise WrongError("what is joined is a list of texts")
    between, texts = text(separator), [text(value) for values in lists for value in values]
    at_most(len(between) * len(texts) + sum(map(len, texts)), LONGEST_TEXT, "characters")
    return between.join(texts)


@function("formatlist")
def _formatlist(form: Value, *arguments: Value) -> Value:
    lengths = [len(argument) for argument in arguments if isinstance(argument, list)]
    texts: list[str] = []
    length = 0
    for at in range(lengths[0] if lengths else 1):
        texts.append(
            _format(form, *(argument[at] if isinstance(argument, list) else argument for argument in arguments))
        )
        length += len(texts[-1])
        at_most(length, LONGEST_TEXT, "characters")
    return texts


@function("format", of_texts=True)
def _format(form: Value, *arguments: Value) -> Value:
    """Go's verbs, as Terraform lists them: %s %v %#v %d %f %e %g %b %o %x %t %q %%, with flags, width and precision."""
    at = used = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal at, used
        if match[5] == "%":
            return "%"
        at = int(match[1]) - 1 if match[1] else at
        if at >= len(arguments):
            raise WrongError(f"there is no argument for {match[0]}")
        value, at = arguments[at], at + 1
        used = max(used, at)
        at_most(max(int(match[3] or 0), int(match[4] or 0)), MOST_ROOM, "characters")
        return _formatted(value, match[2], match[3] or "", match[4], match[5])

    formatted = _VERB.sub(replaced, text(form))
    if used < len(arguments):
        raise WrongError(f"there are {len(arguments)} arguments, and the text uses {used}")
    return formatted


def _formatted(value: Value, flags: str, width: str, precision: str | None, verb: str) -> str:
    numeric = verb in "dfFeEgGboxX"
    if verb == "t":
        formatted = text(truth(value))
    elif verb == "q" or (verb == "v" and "#" in flags):
        formatted = _json(value)
    elif verb == "s" and isinstance(value, dict | list):
        raise WrongError(f"%s takes a text, not {shown(value)}")
    elif verb in "sv":
        formatted = _json(value) if isinstance(value, dict | list) or value is None else text(value)
        formatted = formatted[: int(precision)] if precision else formatted
    elif verb in "dboxX":
        whole = number(value)
        if not isinstance(whole, int):
            raise WrongError(f"%{verb} takes a whole number, not {shown(value)}")
        formatted = format(whole, verb)
    elif verb in "fFeEgG":
        formatted = (
            format(float(number(value)), f".{precision or 6}{verb}")
            if precision or verb not in "gG"
            else _shortest(number(value))
        )
    else:
        raise WrongError(f"%{verb} is no verb")
    sign = "+" if numeric and "+" in flags and not formatted.startswith("-") else ""
    room = int(width or 0)
    if "-" in flags:
        return (sign + formatted).ljust(room)
    return (sign + formatted).zfill(room) if "0" in flags and numeric else (sign + formatted).rjust(room)


def _shortest(value: float) -> str:
    """A number as Go's %g writes it: with an exponent below 1e-4 and from 1e21 on."""
    return number_text(value) if not value or 1e-4 <= abs(value) < 1e21 else repr(float(value)).replace(".0e", "e")


def _json(value: Value) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
