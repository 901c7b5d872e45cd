"""Reads the folders of recipes, where whatever module stands is found: see docs/architecture.md."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules


@cache
def read_modules(package: str) -> None:
    """Import every module of a package, each of which registers what it holds: once a process."""
    for module in iter_modules(import_module(package).__path__, f"{package}."):
        import_module(module.name)
