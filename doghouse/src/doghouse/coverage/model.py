"""One thing that Datadog has, and how far doghouse has it."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["done", "partly", "not"]
STATES: tuple[State, ...] = ("done", "partly", "not")


class Item(msgspec.Struct, frozen=True):
    """An endpoint, function, widget or type: `group` is the chapter that it stands in, `note` what is missing where it is not done."""

    name: str
    state: State
    note: str = ""
    group: str = ""


class Coverage(msgspec.Struct, frozen=True):
    """All of it."""

    endpoints: list[Item]
    functions: list[Item]
    widgets: list[Item]
    monitor_types: list[Item]
