"""`my-metric agent-config`: the files of a real Agent 7, merged into those that are there, comments and all."""

from __future__ import annotations

import difflib
import importlib.util
import io
import os
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion import terminal
from companion.options import Options
from companion.problem import WRONG_USE, Problem

if TYPE_CHECKING:
    from companion.settings import Settings

TEMPLATES = Path(__file__).parent / "agent"
FLUSH_LIST = re.compile(
    r"(?m)^[\w\"']+:[ ]*\n(?:[ ]*#.*\n)*- "
)  # a file whose lists begin in the column of their key keeps that
PLAIN = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s#][^#\n]*?(?=\s*(?:#|$))")  # one plain value on its line
MAIN = Path("datadog.yaml")
MY_METRIC = Path("conf.d/my_metric.d/conf.yaml")


def agent_config(options: Options, folder: Path, write_key: bool, dry_run: bool) -> int:
    """Write what is missing into `folder`, and show it as a diff."""
    settings = options.settings()
    values = _values(options, settings, write_key)
    changed = False
    for template in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        name = template.relative_to(TEMPLATES)
        file = folder / name
        before = _read(file)
        after = _merged(name, template, before, values)
        changed |= after != before
        _show(name, before, after)
        if after != before and not dry_run:
            _write(file, after)
    if not changed:
        terminal.console().print(f"{folder} is up to date")
    elif dry_run:
        terminal.console().print("nothing was written (--dry-run)")
    return 0


def _values(options: Options, settings: Settings, write_key: bool) -> dict[str, Any]:
    """What the settings say of `datadog.yaml`."""
    values: dict[str, Any] = {"site": settings.site, "tags": list(settings.tags)}
    if settings.host:
        values["hostname"] = settings.host
    if options.api_url:
        from companion.client import check_url

        url = check_url(options.api_url)
        values |= {
            "dd_url": url,
            "logs_config": {"logs_dd_url": url, "force_use_http": True},
            "apm_config": {"apm_dd_url": url},
        }
    if write_key:
        key = os.environ.get("DD_API_KEY")
        if not key and not options.keys_file:
            raise Problem("--write-key takes the key from DD_API_KEY or --keys-file, and neither is set", WRONG_USE)
        from companion.client import find_keys

        values["api_key"] = key or find_keys(options.keys_file).api_key
    return values


def _merged(name: Path, template: Path, before: str, values: Mapping[str, Any]) -> str:
    """The text of a file once what we want is in it; the template's, where there is none yet."""
    if name.suffix != ".yaml":
        return before or template.read_text(encoding="utf-8")
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    start = before or _first(name, template)
    if not FLUSH_LIST.search(start):
        yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        document = yaml.load(start)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Problem(
            f"{name}:{mark.line + 1 if mark else 1}: this is not YAML: {getattr(error, 'problem', error)}"
        ) from None
    if document is None:  # comments alone
        start = f"{before.rstrip()}\n{template.read_text(encoding='utf-8')}"
        document = yaml.load(start)
    if not isinstance(document, MutableMapping):
        raise Problem(f"{name}:1: expected keys and values, as an Agent's file has")
    wanted = yaml.load(template.read_text(encoding="utf-8"))
    if name == MAIN and "hostname" not in values:
        for one in (wanted, document) if not before else (wanted,):
            del one["hostname"]
    over: Mapping[str, Any] = {}
    if name == MAIN:
        merge(wanted, values, Edits(), over=values)
        over = values
    edits = Edits()
    merge(document, wanted, edits, over=over)
    if not edits.inserted and (before or name != MAIN):
        return edits.applied(start)  # nothing is written anew: the file keeps its own style
    text = io.StringIO()
    yaml.dump(document, text)
    return text.getvalue()


@dataclass
class Edits:
    """What a merge did: plain values that were replaced where they stand (line, column, new value), and whether anything was added."""

    replaced: list[tuple[int, int, str]] = field(default_factory=list)
    inserted: bool = False

    def applied(self, text: str) -> str:
        """The text with the values replaced in place, and nothing else touched."""
        lines = text.splitlines(keepends=True)
        for line, column, value in self.replaced:
            head, tail = lines[line][:column], lines[line][column:]
            lines[line] = head + value + PLAIN.sub("", tail, count=1)
        return "".join(lines)


def merge(held: Any, wanted: Mapping[str, Any], edits: Edits, *, over: Mapping[str, Any]) -> None:
    """Put into the ruamel map `held` what it lacks of `wanted`.

    Maps are merged, lists of plain values joined, the first item of a list of maps is merged with the first. A value that is there stays,
    unless `over` has it too; `min_collection_interval` is what this command is for, and is always set.
    """
    for key, value in wanted.items():
        there = held.get(key)
        if isinstance(value, Mapping) and isinstance(there, MutableMapping):
            merge(there, value, edits, over=over.get(key) or {})
        elif isinstance(value, list) and isinstance(there, list):
            _merge_lists(there, value, edits)
        elif there is None and (value is not None or key not in held):
            held[key] = value
            edits.inserted = True
        elif (key in over or key == "min_collection_interval") and there != value:
            edits.replaced.append((*held.lc.value(key), str(value)))
            held[key] = value


def _merge_lists(held: list[Any], wanted: list[Any], edits: Edits) -> None:
    if held and wanted and isinstance(held[0], MutableMapping) and isinstance(wanted[0], Mapping):
        merge(held[0], wanted[0], edits, over={})
        return
    missing = [item for item in wanted if item not in held]
    held.extend(missing)
    edits.inserted |= bool(missing)


def _first(name: Path, template: Path) -> str:
    """What a new file begins as: the integration's own example where it is installed, with its comments, else our template."""
    if name == MY_METRIC:
        spec = (
            importlib.util.find_spec("datadog_checks.my_metric") if importlib.util.find_spec("datadog_checks") else None
        )
        for folder in (spec.submodule_search_locations or []) if spec else []:
            example = Path(folder) / "data/conf.yaml.example"
            if example.exists():
                return example.read_text(encoding="utf-8")
    return template.read_text(encoding="utf-8")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{file} cannot be read: {error}") from None


def _write(file: Path, text: str) -> None:
    """A file with a key or password in it is for its owner and the group, as the Agent's own installer has it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch(0o640)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"{file} cannot be written: {error.strerror}") from None


def _show(name: Path, before: str, after: str) -> None:
    """The diff on stdout; a key in it is not shown."""
    for line in _without_keys(
        difflib.unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
    ):
        style = {"+": "green", "-": "red"}.get(line[:1])
        terminal.console().print(line, style=style)


def _without_keys(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        head, found, _ = line.partition("api_key:")
        yield f"{head}{found} (not shown)" if found and not head.lstrip("+- ").startswith("#") else line
