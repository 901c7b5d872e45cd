"""Which rules are looked for and how bad their problems are: from the command line, and from `doghouse.toml` or `pyproject.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from doghouse import files
from doghouse.monitors.lint.rule import RULES, SEVERITIES, Problem, by_default
from doghouse.queries.language.names import nearest

ALL, DEFAULT = "all", "default"
_KEYS = ("select", "ignore", "severity", "strict", "per-path-ignores")
_OWN = "doghouse.toml"
_TABLES = {_OWN: ("lint",), "pyproject.toml": ("tool", "doghouse", "lint")}


class SettingsError(ValueError):
    """What is wrong with a setting, in a sentence."""


class Settings(Struct, frozen=True):
    """The ids that are looked for (None: those that are on by default), severities that are other than the rules' own, rules that are ignored below some paths
    (patterns from `root`), and whether warnings are errors."""

    chosen: frozenset[str] | None = None
    severities: Mapping[str, str] = field(default_factory=dict)
    ignored_in: Sequence[tuple[str, frozenset[str]]] = ()
    root: Path = Path()
    strict: bool = False

    def rules_in(self, file: str) -> frozenset[str]:
        """The ids of the rules that are looked for in a file."""
        chosen = by_default() if self.chosen is None else self.chosen
        for pattern, ids in self.ignored_in:
            if fnmatch(_relative(file, self.root), pattern):
                chosen -= ids
        return chosen | {rule.id for rule in RULES.values() if rule.always}

    def judged(self, problem: Problem) -> Problem:
        """The problem with the severity that it has here."""
        severity = self.severities.get(problem.rule, problem.severity)
        return replace(problem, severity="error" if self.strict and severity == "warning" else severity)


def chosen(select: Iterable[str] | None, setting: str = "--") -> frozenset[str]:
    """The ids that are selected: those that are on by default where nobody says which. Raises SettingsError.

    A pattern, such as `message-*`, stands for every id that it matches; `all` for every one, `default` for those that are on by default.
    """
    return by_default() if select is None else _ids(select, f"{setting}select")


def ignored(names: Sequence[str], setting: str = "--") -> frozenset[str]:
    """The ids that are not looked for, named as `chosen` has it. Raises SettingsError, for a rule that is always said too."""
    where = f"{setting}ignore"
    for name in names:
        if name in RULES and RULES[name].always:
            raise SettingsError(f"{where}: {name} cannot be ignored: what could not be read is not known to be well")
    return _ids(names, where)


def read_settings(folder: Path) -> Settings:
    """The settings of the nearest file, in the folder or above it up to where a repository begins. Raises SettingsError."""
    for parent in (folder, *folder.parents):
        for name, keys in _TABLES.items():
            table = _table(parent / name, keys)
            if table is not None:
                return _settings(table, parent, str(parent / name))
        if (parent / ".git").exists():
            break
    return Settings()


def _table(path: Path, keys: tuple[str, ...]) -> Mapping[str, Any] | None:
    """The table of a file that is lint's; None where it has none."""
    if not path.is_file():
        return None
    import tomllib  # takes 8 ms

    try:
        table: Any = tomllib.loads(files.text(path, files.LARGEST_SETTINGS))
    except files.FileError as error:
        raise SettingsError(error.of(path)) from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else None


def _settings(table: Mapping[str, Any], root: Path, where: str) -> Settings:
    for key in table:
        if key not in _KEYS:
            near = nearest(key, _KEYS)
            hint = f"did you mean {near}?" if near else f"settings are {', '.join(_KEYS)}"
            raise SettingsError(f"{where}: '{key}' is no setting of lint; {hint}")
    severities = table.get("severity", {})
    if not isinstance(severities, dict):
        raise SettingsError(f"{where}: severity is a table of ids and severities")
    for name, severity in severities.items():
        _ids([name], f"{where}: severity")
        if severity not in SEVERITIES:
            raise SettingsError(f"{where}: severity of {name} is {' or '.join(SEVERITIES)}, not {severity!r}")
    below = table.get("per-path-ignores", {})
    if not isinstance(below, dict):
        raise SettingsError(f"{where}: per-path-ignores is a table of paths and lists of ids")
    strict = table.get("strict", False)
    if not isinstance(strict, bool):
        raise SettingsError(f"{where}: strict is true or false, not {strict!r}")
    select = _names(table["select"], f"{where}: select") if "select" in table else None
    return Settings(
        chosen(select, f"{where}: ") - ignored(_names(table.get("ignore", []), f"{where}: ignore"), f"{where}: "),
        severities,
        [(pattern, _ids(_names(ids, f"{where}: {pattern}"), f"{where}: {pattern}")) for pattern, ids in below.items()],
        root,
        strict,
    )


def _names(value: object, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise SettingsError(f"{where} is a list of ids, not {value!r}")
    return value


def _ids(names: Iterable[str], where: str) -> frozenset[str]:
    """The ids that these names and patterns stand for. Raises SettingsError, with the nearest known one."""
    ids: set[str] = set()
    for name in names:
        if name == ALL:
            mine = set(RULES)
        elif name == DEFAULT:
            mine = set(by_default())
        else:
            mine = {id for id in RULES if fnmatch(id, name)}
        if not mine:
            raise SettingsError(f"{where}: {unknown_rule(name)}")
        ids |= mine
    return frozenset(ids)


def unknown_rule(name: str) -> str:
    """That there is no rule of that name, with the nearest one."""
    near = nearest(name, RULES)
    return f"'{name}' is no rule" + (f"; did you mean {near}?" if near else "; docs/rules lists them")


def _relative(file: str, root: Path) -> str:
    try:
        return Path(file).absolute().relative_to(root.absolute()).as_posix()
    except ValueError:
        return file
