"""The formats: which there are, and which result each can write."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any, TextIO, TypeVar

from doghouse.recipes import read_modules

Result = TypeVar("Result")
Writer = Callable[[Result, TextIO], None]
WRITERS: dict[tuple[type, str], Writer[Any]] = {}


def writes(name: str, kind: type[Result]) -> Callable[[Writer[Result]], Writer[Result]]:
    """Register the function that writes a result of that kind in the format `name`. Raises ValueError for a second one."""

    def register(write: Writer[Result]) -> Writer[Result]:
        if (kind, name) in WRITERS:
            raise ValueError(f"two functions write a {kind.__name__} as {name}")
        WRITERS[kind, name] = write
        return write

    return register


def formats(kind: type) -> list[str]:
    """The formats that a result of that kind can be written in, by name."""
    read_modules("doghouse.reports")
    return sorted(name for of, name in WRITERS if of is kind)


def writer(name: str, kind: type[Result]) -> Writer[Result]:
    """What writes a result of that kind in the format `name`. Raises ValueError where there is none."""
    with suppress(ModuleNotFoundError):  # most formats have a module of their name; to read the others too takes 10 ms
        import_module(f"doghouse.reports.{name}")
    if (kind, name) not in WRITERS and name not in (names := formats(kind)):
        raise ValueError(f"'{name}' is none of {', '.join(names)}")
    return WRITERS[kind, name]
