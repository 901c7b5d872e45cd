"""The fields of a monitor's form: every option that doghouse acts upon, as `monitors.model.Options` has them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Struct, inspect

from doghouse.monitors.model import Options

UNITS = {  # of options whose name does not say it; see `Options`
    "no_data_timeframe": "minutes",
    "renotify_interval": "minutes",
    "timeout_h": "hours",
    "evaluation_delay": "seconds",
    "new_group_delay": "seconds",
    "new_host_delay": "seconds",
}


class Field(Struct, frozen=True):
    """A field: its `path` in the body (`options.thresholds.critical`), and what is typed in it: a number, a text, texts with commas, or one of `choices`."""

    path: str
    kind: str
    unit: str = ""
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The option's name in words."""
        name = self.path.rpartition(".")[2].removesuffix("_h") if self.unit else self.path.rpartition(".")[2]
        return name.replace("_", " ")


def thresholds() -> list[Field]:
    """The thresholds."""
    return [option for option in options() if option.path.startswith("options.thresholds.")]


def others() -> list[Field]:
    """All other options."""
    return [option for option in options() if not option.path.startswith("options.thresholds.")]


def options() -> list[Field]:
    """A field for each option; one that is an object of any shape has none, and is written as JSON."""
    return list(_fields(Options, "options"))


def _fields(struct: type[msgspec.Struct], path: str) -> Iterator[Field]:
    shape = inspect.type_info(struct)
    assert isinstance(shape, inspect.StructType)
    for field in shape.fields:
        [kind] = _without_none(field.type)
        place, unit = f"{path}.{field.name}", UNITS.get(field.name, "")
        match kind:
            case inspect.StructType(cls):
                yield from _fields(cls, place)
            case inspect.BoolType():
                yield Field(place, "flag", unit, ("true", "false"))
            case inspect.IntType() | inspect.FloatType():
                yield Field(place, "number", unit)
            case inspect.LiteralType(values):
                yield Field(place, "choice", unit, tuple(map(str, values)))
            case inspect.StrType():
                yield Field(place, "text", unit)
            case inspect.VarTupleType(inspect.StrType()):
                yield Field(place, "list", unit)
            case inspect.VarTupleType(inspect.LiteralType(values)):
                yield Field(place, "list", unit, tuple(map(str, values)))


def _without_none(shape: inspect.Type) -> list[inspect.Type]:
    types = list(shape.types) if isinstance(shape, inspect.UnionType) else [shape]
    return [member for member in types if not isinstance(member, inspect.NoneType)]
