"""Functions of numbers and of types."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from doghouse.importing.terraform.language.functions.registry import function
from doghouse.importing.terraform.language.values import (
    Set,
    Value,
    WrongError,
    as_set,
    number,
    shown,
    text,
    truth,
    unified,
)


def _of_number(operation: Callable[..., Value], value: Value) -> Value:
    return operation(number(value))


def _converted(to: Callable[[Value], Value], value: Value) -> Value:
    return None if value is None else to(value)


for _name, _operation in (("abs", abs), ("ceil", math.ceil), ("floor", math.floor)):
    function(_name)(partial(_of_number, _operation))
for _name, _to in (("tonumber", number), ("tostring", text), ("tobool", truth)):
    function(_name)(partial(_converted, _to))


@function("max")
def _max(*values: Value) -> Value:
    return max(number(value) for value in values)


@function("min")
def _min(*values: Value) -> Value:
    return min(number(value) for value in values)


@function("pow")
def _pow(base: Value, exponent: Value) -> Value:
    return number(float(number(base)) ** number(exponent))


@function("log")
def _log(value: Value, base: Value) -> Value:
    return number(math.log(number(value), number(base)))


@function("signum")
def _signum(value: Value) -> Value:
    as_number = number(value)
    return (as_number > 0) - (as_number < 0)


@function("parseint")
def _parseint(value: Value, base: Value) -> Value:
    return int(text(value), int(number(base)))


@function("sum")
def _sum(values: Value) -> Value:
    return number(math.fsum(number(value) for value in values))


@function("tolist", shallow=True)
def _tolist(value: Value) -> Value:
    if not isinstance(value, list):
        raise WrongError(f"{shown(value)} is no list")
    return unified(value)


@function("toset")
def _toset(value: Value) -> Value:
    if not isinstance(value, list):
        raise WrongError(f"{shown(value)} is no list or set")
    return value if isinstance(value, Set) else as_set(unified(value))


@function("tomap", shallow=True)
def _tomap(value: Value) -> Value:
    if not isinstance(value, dict):
        raise WrongError(f"{shown(value)} is no map")
    return dict(zip(value, unified(list(value.values())), strict=True))


@function("issensitive")
def _issensitive(value: Value) -> Value:
    """GUESS: nothing is marked as sensitive here."""
    return False


@function("sensitive", "nonsensitive", "ephemeralasnull", shallow=True)
def _same(value: Value) -> Value:
    return value
