"""Modules that are imported at their first use. Families register their functions when a query is parsed; only evaluation has to wait for numpy."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from doghouse.queries.evaluation import arithmetic, calendars, frames, interpolation
else:

    class _Later:
        """A module by its name; what was asked of it once is kept as an attribute."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, name: str) -> Any:
            value = getattr(import_module(self._name), name)
            setattr(self, name, value)
            return value

    np = _Later("numpy")
    arithmetic, calendars, frames, interpolation = (
        _Later(f"doghouse.queries.evaluation.{name}") for name in ("arithmetic", "calendars", "frames", "interpolation")
    )

__all__ = ["arithmetic", "calendars", "frames", "interpolation", "np"]
