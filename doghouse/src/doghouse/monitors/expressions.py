"""The arithmetic of `{{eval "…"}}`: numbers, variables, + - * / ^ %, and functions (monitors/guide/template-variable-evaluation)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

Number = int | float
Value = int | float | str | bool
Lookup = Callable[[str], Number | None]

DEEPEST = 50
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_@\[][\w.@\[\]]*)|(.))")
_UNITS = ("", "K", "M", "G", "T", "P", "E")


class EvalError(ValueError):
    """What is wrong with an expression, in one sentence."""


def evaluate(text: str, lookup: Lookup) -> Value | None:
    """The expression's value; None where a variable has none. Raises EvalError."""
    reader = _Reader(text, lookup)
    try:
        value: Value | None = reader.sum()
        reader.end()
    except (ArithmeticError, ValueError, TypeError) as error:
        if isinstance(error, EvalError):
            raise
        raise EvalError(f'eval "{text}": {error}') from None
    return value


def shown(value: Value | None) -> str:
    """A value as a message shows it: whole numbers without decimals, others without the noise of binary fractions (GUESS)."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return repr(float(f"{value:.12g}"))
        case _:
            return str(value)


class _Reader:
    """Reads and works out in one go. A variable without a value makes all of it nothing."""

    def __init__(self, text: str, lookup: Lookup) -> None:
        self.text, self.lookup, self.place, self.depth = text, lookup, 0, 0

    def peek(self) -> str:
        match = _TOKEN.match(self.text, self.place)
        return next((group for group in match.groups() if group), "") if match else ""

    def take(self) -> str:
        match = _TOKEN.match(self.text, self.place)
        if match is None:
            raise EvalError(f'eval "{self.text}" ends where a value is expected')
        self.place = match.end()
        return next(group for group in match.groups() if group)

    def end(self) -> None:
        if self.peek():
            raise EvalError(f"eval \"{self.text}\": '{self.peek()}' is not expected there")

    def sum(self) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise EvalError(f'eval "{self.text}": parentheses stand more than {DEEPEST} deep')
        left = self.product()
        while self.peek() in ("+", "-"):
            left = _apply(self.take(), left, self.product())
        self.depth -= 1
        return left

    def product(self) -> Any:
        left = self.signed()
        while self.peek() in ("*", "/", "%"):
            left = _apply(self.take(), left, self.signed())
        return left

    def signed(self) -> Any:
        if self.peek() in ("-", "+"):
            sign = self.take()
            return _apply(sign, 0, self.signed())
        base = self.atom()
        if self.peek() == "^":
            self.take()
            return _apply("^", base, self.signed())
        return base

    def atom(self) -> Any:
        token = self.take()
        if token == "(":
            inner = self.sum()
            self.expect(")")
            return inner
        if token[0].isdigit() or token[0] == ".":
            return int(token) if token.isdigit() else float(token)
        if not (token[0].isalpha() or token[0] in "_@["):
            raise EvalError(f"eval \"{self.text}\": '{token}' is not expected there")
        return self.call(token) if self.peek() == "(" else self.lookup(token)

    def call(self, name: str) -> Any:
        if name not in FUNCTIONS:
            raise EvalError(f"eval \"{self.text}\": unknown function '{name}'")
        self.take()
        arguments = [self.sum()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.sum())
        self.expect(")")
        if len(arguments) != (2 if name == "atan2" else 1):
            raise EvalError(f'eval "{self.text}": {name}() takes {2 if name == "atan2" else 1}')
        return None if None in arguments else FUNCTIONS[name](*arguments)

    def expect(self, token: str) -> None:
        if self.peek() != token:
            raise EvalError(f"eval \"{self.text}\": '{token}' is missing")
        self.take()


def _apply(operator: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "%":
            return left % right
    return left**right if isinstance(right, int) and 0 <= right <= 64 else float(left) ** float(right)


def _round_half_up(value: Number) -> int:
    """GUESS: halves are rounded up."""
    return math.floor(value + 0.5)


def _humanize(unit: str) -> Callable[[Number], str]:
    """GUESS: steps of 1024, two decimals at most: `1.5 MB`."""

    def humanize(value: Number) -> str:
        size, step = float(value), 0
        while abs(size) >= 1024 and step < len(_UNITS) - 1:
            size, step = size / 1024, step + 1
        return f"{size:.2f}".rstrip("0").rstrip(".") + f" {_UNITS[step]}{unit}"

    return humanize


def _to_bool(value: Number) -> bool:
    return value != 0


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "humanize_bytes": _humanize("B"),
    "humanize_bits": _humanize("b"),
    "abs": abs,
    "int": math.floor,  # "a floored integer"
    "trunc": math.floor,  # "an alias of the int function"
    "float": float,
    "dec": lambda value: value - math.floor(value),
    "round": _round_half_up,
    "ceil": math.ceil,
    "floor": math.floor,
    "sgn": lambda value: (value > 0) - (value < 0),
    "to_bool": _to_bool,
    "exp": math.exp,
    "log10": math.log10,
    **{
        name: getattr(math, name)
        for name in (
            "sin",
            "sinh",
            "asin",
            "asinh",
            "cos",
            "cosh",
            "acos",
            "acosh",
            "tan",
            "tanh",
            "atan",
            "atan2",
            "atanh",
        )
    },
}
