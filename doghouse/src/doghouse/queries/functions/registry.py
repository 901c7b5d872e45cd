"""All that is known of each query function, in one value. What reads it: parser, completion, lint, evaluation in every way, units, coverage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal, TypeVar

from msgspec import Struct

from doghouse.queries.functions.arguments import QUERY, Parameter
from doghouse.recipes import read_modules

Work = TypeVar("Work", bound=Callable[..., Any])
Evaluated = Literal["yes", "partly", "no"]
Takes = Literal["frame", "series", "call"]


class Family(Struct, frozen=True):
    """A chapter of Datadog's documentation of functions, and its page."""

    name: str
    page: str


class Function(Struct, frozen=True):
    """A function of queries.

    `parameters` are its positional arguments, `named` the others; `summary` says in a few words what it does, `page` is the page of Datadog's
    documentation that does, `note` says what of it is missing where it is `evaluated` partly.
    `pointwise`: each point's result depends on that point alone, so that a stretch of time is worked out at once and monitors' windows slide over it.
    `on_numbers`: in a formula over scalars it works on the reduced values; any other function works on the series before they are reduced.
    `keeps_unit`: its values are counted in what its query's are. `one_series`: it gives one series, whatever its query groups by.
    `short`: it is another function with arguments in its name, as top10_mean is. `in_monitors`: a monitor's query may have it.
    `refused_inside` are the functions that its query may not have.
    `work` is the function itself, None where it is not evaluated. It `takes` the frame of its query and the other arguments; or each `series`' values
    and times, before space aggregation; or its `call` (`Application`), where it evaluates its arguments itself.
    """

    name: str
    family: str
    summary: str
    parameters: tuple[Parameter, ...]
    named: tuple[Parameter, ...]
    page: str
    evaluated: Evaluated
    note: str = ""
    pointwise: bool = False
    on_numbers: bool = False
    keeps_unit: bool = True
    one_series: bool = False
    short: bool = False
    takes: Takes = "frame"
    in_monitors: bool = True
    work: Callable[..., Any] | None = None
    refused_inside: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """`clamp_min(query, limit)`."""
        return f"{self.name}({', '.join(f'[{parameter.name}]' if parameter.optional else parameter.name for parameter in self.parameters)})"


REGISTERED: dict[str, Function] = {}


def function(
    family: Family,
    name: str,
    summary: str,
    parameters: tuple[Parameter, ...] = (QUERY,),
    *,
    named: tuple[Parameter, ...] = (),
    page: str | None = None,
    partly: str = "",
    pointwise: bool = False,
    on_numbers: bool = False,
    keeps_unit: bool = True,
    one_series: bool = False,
    short: bool = False,
    takes: Takes = "frame",
    in_monitors: bool = True,
    refused_inside: tuple[str, ...] = (),
) -> Callable[[Work], Work]:
    """Registers the function that it decorates; see `Function`. `partly` says what is not evaluated of it. Raises ValueError for a name that is taken."""

    def registered(work: Work) -> Work:
        evaluated: Evaluated = "partly" if partly else "yes"
        facts = partly, pointwise, on_numbers, keeps_unit, one_series, short, takes, in_monitors, work, refused_inside
        _register(Function(name, family.name, summary, parameters, named, page or family.page, evaluated, *facts))
        return work

    return registered


def not_evaluated(
    family: Family,
    name: str,
    summary: str,
    parameters: tuple[Parameter, ...] = (QUERY,),
    named: tuple[Parameter, ...] = (),
    refused_inside: tuple[str, ...] = (),
) -> None:
    """Registers a function that parses and is refused by name where it is to be evaluated."""
    _register(Function(name, family.name, summary, parameters, named, family.page, "no", refused_inside=refused_inside))


def _register(new: Function) -> None:
    if new.name in REGISTERED:
        raise ValueError(f"two functions are named {new.name}()")
    REGISTERED[new.name] = new


def catalogue() -> Mapping[str, Function]:
    """Every known function by its name."""
    _read_families()
    return REGISTERED


@lru_cache(maxsize=1)
def _read_families() -> None:
    """Imports every module of this folder, which registers its functions; they are listed by family, whichever module was imported first."""
    read_modules("doghouse.queries.functions")
    listed = sorted(REGISTERED.values(), key=lambda known: known.family)
    REGISTERED.clear()
    REGISTERED.update((known.name, known) for known in listed)
