"""Finds a check's class as the Agent does (cmd: pkg/collector/python/loader.go, rtloader/three/three.cpp)."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from doghouse.agent.checks.configuration import Instance

# stand-ins for Datadog's own integrations, which no registry has
OWN_CHECKS = Path(__file__).parent.with_name("checks.d")

LIBRARIES = (  # the Agent brings the libraries of all its integrations
    "; the Agent has its integrations' libraries: pip install 'datadog-checks-base[deps]'"
)


class LoadError(Exception):
    """A check that can't be loaded: one sentence."""


def search_path(conf: Path | None, additional: str | None) -> list[str]:
    """Where modules of custom checks are looked for: `checks.d` beside conf.d, `additional_checksd`, and doghouse's own stand-ins."""
    beside = [conf.resolve().parent / "checks.d"] if conf else []
    folders = [*beside, *([Path(additional)] if additional else []), OWN_CHECKS]
    return [str(folder) for folder in folders if folder.is_dir()]


def extend_path(folders: Iterable[str]) -> None:
    """Let modules be imported from these folders, after everything that is installed."""
    sys.path.extend(folder for folder in folders if folder not in sys.path)


def prefer_integration(folder: Path) -> None:
    """Let `datadog_checks.NAME` be found in an integration's own folder, before one that is installed."""
    import datadog_checks

    datadog_checks.__path__.insert(0, str(folder / "datadog_checks"))


def find_class(name: str) -> type[Any]:
    """The check's class: of the installed `datadog_checks.NAME`, else of the module `NAME`. Raises LoadError."""
    for module_name in (f"datadog_checks.{name}", name):
        module = _import(module_name)
        if module is not None:
            kind = choose(module)
            if kind is None:
                raise LoadError(f"{module_name} ({module.__file__}) has no class that inherits from AgentCheck")
            return kind
    raise LoadError(f"no module datadog_checks.{name} is installed, and no {name}.py is in checks.d")


def choose(module: ModuleType) -> type[Any] | None:
    """The first name of the module, in alphabetical order, that is a subclass of AgentCheck and has no subclass of its own."""
    from datadog_checks.base import AgentCheck

    for attribute in dir(module):
        member = getattr(module, attribute, None)
        if (
            isinstance(member, type)
            and issubclass(member, AgentCheck)
            and member is not AgentCheck
            and not member.__subclasses__()
        ):
            return member
    return None


def not_jmx(instance: Instance) -> Instance:
    """The instance. Raises LoadError where it is a JMX integration's, which the Agent hands to JMXFetch instead of loading a class."""
    if instance.init_config.get("is_jmx") or instance.instance.get("is_jmx"):
        raise LoadError(
            f"{instance.name} is a JMX integration: the Agent runs it by JMXFetch, in Java, and doghouse does not"
        )
    return instance


def make(kind: type[Any], instance: Instance) -> Any:
    """A check object for one instance. Raises LoadError with what its constructor said."""
    arguments = {
        "name": instance.name,
        "init_config": dict(instance.init_config),
        "instances": (dict(instance.instance),),
    }
    try:
        check = _construct(kind, arguments)
    except (Exception, SystemExit) as error:
        raise LoadError(f"{kind.__name__} can't be made: {described(error)}") from None
    check.check_id = instance.id
    return check


def _construct(kind: type[Any], arguments: dict[str, Any]) -> Any:
    try:
        return kind(**arguments)
    except TypeError:  # an old check, whose constructor also takes agentConfig
        try:
            return kind(**arguments, agentConfig={})
        except TypeError:
            pass
        raise


def described(error: BaseException) -> str:
    """An exception in one line, with the place in the check where it was raised."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{type(error).__name__}: {error.msg} ({error.filename}:{error.lineno})"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}{place}" if text else f"{type(error).__name__}{place}"


def _import(module_name: str) -> ModuleType | None:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
            return None
        raise LoadError(f"{module_name} can't be imported: {described(error)}{LIBRARIES}") from None
    except (Exception, SystemExit) as error:  # a module that calls sys.exit() ends its loading, not the Agent
        raise LoadError(f"{module_name} can't be imported: {described(error)}") from None
