"""Puts uPlot's script and style into the wheel: the package that has them brings IPython, which a server has no use for."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = ("uPlot.iife.js", "uPlot.min.css")


class UplotHook(BuildHookInterface):
    """An editable install finds them in uplot-python, which is among what this repository is worked on with."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a wheel."""
        spec = find_spec("uplot")
        if version == "editable":
            return
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError("uplot-python is not installed: it is among the build requirements")
        folder = Path(spec.submodule_search_locations[0])
        for name in FILES:
            build_data["force_include"][str(folder / "static" / name)] = f"doghouse/ui/static/uplot/{name}"
