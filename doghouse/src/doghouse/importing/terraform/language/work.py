"""How much is worked out: a few signs of Terraform can ask for more than a machine has, and for longer than anyone waits."""

from __future__ import annotations

from msgspec import Struct

from doghouse.importing.terraform.language.values import Value, WrongError

LONGEST_TEXT = 10_000_000  # characters, as a file has at most
MOST_VALUES = 100_000  # of a product of sets
MOST_STEPS = 5_000_000  # of a root module with all that it calls: some ten seconds of a processor
VALUE_WEIGHT = 10  # characters for which a value counts at least
STEP_CHARACTERS = 100  # that are given to a function, or made, for a step


class TooMuchError(WrongError):
    """What doghouse does not work out, as it would be too much. try() and can() hand it on: Terraform would have worked it out."""


def at_most(size: float, most: int, what: str) -> None:
    """Raises TooMuchError for what would be larger than what is worked out."""
    if size > most:
        raise TooMuchError(f"would make {size:,.0f} {what}; at most {most:,} are worked out")


class Work(Struct):
    """The steps that a root module has taken: one for each part of an expression, each turn of a `for`, and for so many characters."""

    steps: int = 0

    def spend(self, steps: int) -> None:
        """Take further steps. Raises TooMuchError where there are none left."""
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise TooMuchError(f"takes too long: a root module has {MOST_STEPS:,} steps")

    def inspect(self, value: Value) -> None:
        """Take the steps to look through a value."""
        self.spend(_weight(value) // STEP_CHARACTERS)

    def within(self, value: Value) -> Value:
        """The value itself. Raises TooMuchError where it would be too large, written out: lists that name each other twice double with each line."""
        weight = _weight(value)
        at_most(weight, LONGEST_TEXT, "characters")
        self.spend(weight // STEP_CHARACTERS)
        return value


def _weight(value: Value) -> int:
    if isinstance(value, str):
        return VALUE_WEIGHT + len(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return VALUE_WEIGHT + sum(map(_weight, inner))
