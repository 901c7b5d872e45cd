"""The lint rules, a module each. Each registers itself (`rule.rule`); whatever module stands here is found."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
