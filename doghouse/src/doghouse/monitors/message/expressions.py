"""The arithmetic of `{{eval "…"}}`: numbers, variables, + - * / ^ %, and functions of numbers and texts (monitors/guide/template-variable-evaluation)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from doghouse.numbers import whole_number

Number = int | float
Value = int | float | str | bool
Lookup = Callable[[str], Number | None]
Wording = Callable[[str], str]

DEEPEST = 50
NUMERAL = frozenset("0123456789.")
_TOKEN = re.compile(
    r"\s*(?:([0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|((?:\[[^\]]*\]|[A-Za-z_@])[\w.@\[\]]*)|('[^']*'|\"[^\"]*\")|(.))"
)
_UNITS = ("", "K", "M", "G", "T", "P", "E")


class EvalError(ValueError):
    """What is wrong with an expression, in one sentence."""


def evaluate(text: str, lookup: Lookup, wording: Wording) -> Value | None:
    """The expression's value; None where a variable has none. `lookup` gives variables as numbers, `wording` as texts. Raises EvalError."""
    reader = _Reader(text, lookup, wording)
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

    def __init__(self, text: str, lookup: Lookup, wording: Wording) -> None:
        self.text, self.lookup, self.wording, self.place, self.depth = text, lookup, wording, 0, 0

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
        left = self.product()
        while self.peek() in ("+", "-"):
            left = _apply(self.take(), left, self.product())
        return left

    def product(self) -> Any:
        left = self.signed()
        while self.peek() in ("*", "/", "%"):
            left = _apply(self.take(), left, self.signed())
        return left

    def signed(self) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise EvalError(f'eval "{self.text}" is more than {DEEPEST} levels deep')
        value = self._signed()
        self.depth -= 1
        return value

    def _signed(self) -> Any:
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
        if token[0] in NUMERAL:
            whole = whole_number(token)
            return _finite(float(token) if whole is None else whole)
        if token[0] in "'\"" and len(token) > 1:
            return token[1:-1]
        if not (token[0].isalpha() or token[0] in "_@["):
            raise EvalError(f"eval \"{self.text}\": '{token}' is not expected there")
        return self.call(token) if self.peek() == "(" else self.lookup(token)

    def call(self, name: str) -> Any:
        if name not in FUNCTIONS:
            raise EvalError(f"eval \"{self.text}\": unknown function '{name}'")
        self.take()
        arguments = [self.word() if name in TEXT_FUNCTIONS else self.sum()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.sum())
        self.expect(")")
        least, most = ARGUMENTS.get(name, (1, 1))
        if not least <= len(arguments) <= most:
            raise EvalError(f'eval "{self.text}": {name}() takes {least if least == most else f"{least} to {most}"}')
        return None if None in arguments else FUNCTIONS[name](*arguments)

    def word(self) -> str:
        """A variable as text, or a text in quotes."""
        token = self.take()
        if token[0] in "'\"" and len(token) > 1:
            return token[1:-1]
        if not (token[0].isalpha() or token[0] in "_@["):
            raise EvalError(f"eval \"{self.text}\": '{token}' is not expected there")
        return self.wording(token)

    def expect(self, token: str) -> None:
        if self.peek() != token:
            raise EvalError(f"eval \"{self.text}\": '{token}' is missing")
        self.take()


def _apply(operator: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if isinstance(left, str) or isinstance(right, str):
        raise TypeError(f"'{operator}' takes numbers, not texts")
    match operator:
        case "+":
            return _finite(left + right)
        case "-":
            return _finite(left - right)
        case "*":
            return _finite(left * right)
        case "/":
            return left / right
        case "%":
            return left % right
    power = math.pow(left, right)
    return left**right if isinstance(right, int) and 0 <= right <= 64 else power


def _finite(number: Number) -> Number:
    """A number that a float can be. Raises OverflowError: whole ones would grow, and take time, without an end."""
    if not math.isfinite(number):
        raise OverflowError("a number is too large")
    return number


def _round_half_up(value: Number, digits: int = 0) -> Number:
    """GUESS: halves are rounded up."""
    return math.floor(value + 0.5) if digits == 0 else math.floor(value * 10.0**digits + 0.5) / 10.0**digits


def _substring(text: str, start: int, end: int | None = None) -> str:
    return text[int(start) : None if end is None else int(end)]


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


TEXT_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "upper": str.upper,
    "lower": str.lower,
    "substring": _substring,
    "strip": str.strip,
}
AS_IN_MATH = (
    "ceil", "floor", "exp", "log10",
    "sin", "sinh", "asin", "asinh", "cos", "cosh", "acos", "acosh", "tan", "tanh", "atan", "atan2", "atanh",
)  # fmt: skip
# least and most, where it is not one
ARGUMENTS = {"atan2": (2, 2), "round": (1, 2), "substring": (2, 3), "strip": (1, 2)}
FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **TEXT_FUNCTIONS,
    "humanize_bytes": _humanize("B"),
    "humanize_bits": _humanize("b"),
    "abs": abs,
    "int": math.floor,  # "a floored integer"
    "trunc": math.floor,  # "an alias of the int function"
    "float": float,
    "dec": lambda value: value - math.floor(value),
    "round": _round_half_up,
    "sgn": lambda value: (value > 0) - (value < 0),
    "to_bool": _to_bool,
    **{name: getattr(math, name) for name in AS_IN_MATH},
}
