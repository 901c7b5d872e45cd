"""Template variables of a dashboard: what is selected, by a page's address or by default, and what could be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

ANY = "*"


class Selection(Struct, frozen=True):
    """One template variable and the values it has on this page (several: any of them; `*`: no filter). `keyed`: the board gives it a prefix of its own."""

    name: str
    prefix: str
    values: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    keyed: bool = True

    @property
    def everything(self) -> bool:
        """Whether it filters nothing."""
        return ANY in self.values

    @property
    def text(self) -> str:
        """The selection in a button: the values, or `*`."""
        return ANY if self.everything else ", ".join(self.values)

    def first(self) -> Selection:
        """The first of its values alone."""
        return replace(self, values=self.values[:1])


def selections(variables: Sequence[Mapping[str, Any]], query: Iterable[tuple[str, str]] = ()) -> tuple[Selection, ...]:
    """Every variable with its values: `tpl_var_<name>` of an address's query, else its defaults, else `*`.

    Several values stand in one parameter, with commas between, or in several, numbered (`tpl_var_host[0]`) or not
    (GUESS: which of these Datadog writes; all are read).
    """
    pairs = tuple(query)
    return tuple(_selection(variable, pairs) for variable in variables if variable.get("name"))


def _selection(variable: Mapping[str, Any], query: Iterable[tuple[str, str]]) -> Selection:
    name = str(variable["name"])
    own = re.compile(re.escape(f"tpl_var_{name}") + r"(\[[0-9]*\])?")
    texts = [value for key, value in query if own.fullmatch(key)]
    values = [value for text in texts for value in text.split(",") if value] if texts else default(variable)
    return Selection(
        name,
        str(variable.get("prefix") or name),
        tuple(dict.fromkeys(values)) or (ANY,),
        tuple(map(str, variable.get("available_values") or ())),
        bool(variable.get("prefix")),
    )


def default(variable: Mapping[str, Any]) -> list[str]:
    """The values that a variable begins with: `defaults`, or the older `default`."""
    values = variable.get("defaults") or [variable.get("default") or ANY]
    return [str(value) for value in values]


def choices(selection: Selection, tags: Iterable[str]) -> list[str]:
    """The values that can be chosen, of the tags in sight: those of its key, or where it has a list of its own, that list."""
    if selection.allowed:
        return sorted(selection.allowed)
    key = f"{selection.prefix}:"
    return sorted({tag.removeprefix(key) for tag in tags if tag.startswith(key)})


def titled(text: str, selected: Iterable[Selection]) -> str:
    """A title with its variables: `$host` → `host:web-1`, `$host.value` → `web-1` (GUESS: that titles say both as queries do), several with commas."""
    by_name = {variable.name: variable for variable in selected}

    def chosen(match: re.Match[str]) -> str:
        variable = by_name[match[1]]
        key = "" if match[2] or variable.everything else f"{variable.prefix}:"
        return ", ".join(f"{key}{value}" for value in ((ANY,) if variable.everything else variable.values))

    names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    return re.sub(rf"\$({names})(?!\w)(\.value\b)?", chosen, text) if names else text
