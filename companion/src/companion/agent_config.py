"""`my-metric agent-config`: the files of a real Agent 7, merged into those that are there, comments and all."""

from __future__ import annotations

import difflib
import importlib.util
import io
import os
import re
import shutil
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from companion import terminal
from companion.options import Options
from companion.problem import WRONG_USE, Problem, read_text

if TYPE_CHECKING:
    from ruamel.yaml import YAML

    from companion.settings import Settings

TEMPLATES = Path(__file__).parent / "agent"
# What a diff must not show: a value by its name, or by its form, or the one of a proxy's address.
SECRET = re.compile(
    r"(?i)(?P<name>[\w.-]*(?:key|password|passwd|secret|token)[\"']?\s*:\s+)(?!<|ENC\[)[^\s#].*|\b[0-9a-f]{32,64}\b|(?<=://)[^\s/@]+(?=@)"
)
# A file's first list, whose place under its key the others follow.
LIST = re.compile(r"(?m)^(?P<key> *)[\w\"'.-]+:[ ]*(?:#.*)?\n(?:[ ]*(?:#.*)?\n)*(?P<dash> *)-(?: |$)")
MAIN = Path("datadog.yaml")
MY_METRIC = Path("conf.d/my_metric.d/conf.yaml")


@dataclass(frozen=True, slots=True)
class File:
    """One of the Agent's files as it is (empty: it is not there) and as it is to be; `unchanged` says what stays though ours differs."""

    name: Path
    before: str
    after: str
    unchanged: tuple[str, ...] = ()


def agent_config(
    options: Options,
    folder: Annotated[Path, typer.Argument(help="The Agent's folder, such as /etc/datadog-agent.", metavar="DIR")],
    write_key: Annotated[bool, typer.Option("--write-key", help="Write the API key into datadog.yaml too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff, write nothing.")] = False,
) -> int:
    """Write the files of a real Agent 7, merged into those that are there; shows the diff, never writes a key unless told to.

    Example: my-metric agent-config /etc/datadog-agent --dry-run
    """
    settings = options.settings()
    values = _values(options, settings, write_key)
    templates = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    files = [_merged(template.relative_to(TEMPLATES), template, folder, values) for template in templates]
    for file in files:
        _show(file)
        if file.after != file.before and not dry_run:
            _write(folder / file.name, file.after)
    if all(file.after == file.before for file in files):
        terminal.console().print(f"{folder} is up to date")
    elif dry_run:
        terminal.console().print("nothing was written (--dry-run)")
    return 0


def _values(options: Options, settings: Settings, write_key: bool) -> dict[str, Any]:
    """What the settings say of `datadog.yaml`."""
    values: dict[str, Any] = {"tags": list(settings.tags)}
    if settings.site:
        values["site"] = settings.site
    if settings.host:
        values["hostname"] = settings.host
    if options.api_url:
        from doghouse.importing import check_url

        url = check_url(options.api_url)
        logs = {"logs_dd_url": url, "force_use_http": True}
        values |= {"dd_url": url, "logs_config": logs, "apm_config": {"apm_dd_url": url}}
    if write_key:
        from doghouse.importing import check_key, find_keys

        key = os.environ.get("DD_API_KEY")
        if not key and not options.keys_file:
            raise Problem("--write-key takes the key from DD_API_KEY or --keys-file, and neither is set", WRONG_USE)
        values["api_key"] = find_keys(options.keys_file).api_key if options.keys_file else check_key(key, "DD_API_KEY")
    return values


def _merged(name: Path, template: Path, folder: Path, values: Mapping[str, Any]) -> File:
    """A file with what we want in it; the template, where there is none yet. Raises Problem with file and line."""
    before = read_text(folder / name, absent="")
    if name.suffix != ".yaml":
        return File(name, before, before or template.read_text(encoding="utf-8"))
    example = shipped_example() if name == MY_METRIC else None
    start = before or (example or template).read_text(encoding="utf-8")
    yaml, document = _load(start, folder / name)
    if document is None:  # comments alone
        start = f"{before.rstrip()}\n{template.read_text(encoding='utf-8')}"
        yaml, document = _load(start, folder / name)
    if not isinstance(document, MutableMapping):
        raise Problem(f"{folder / name}:1: expected keys and values, as an Agent's file has")
    ours = _load(template.read_text(encoding="utf-8"), template)[1]
    if name == MAIN:
        for key in {"hostname", "site"} - set(values):  # nobody has said: a file that is there keeps its own
            if before or key == "hostname":
                del ours[key]
            if not before and key == "hostname":
                del document[key]
    over = values if name == MAIN else {}
    merge(ours, over, Edits(folder / name), over=over)
    edits = Edits(folder / name)
    merge(document, ours, edits, over=over)
    unchanged = tuple(edits.unchanged) if name == MAIN else ()
    if not edits.inserted and (before or name != MAIN):
        return File(name, before, edits.applied(start), unchanged)  # nothing is added: the file keeps its own style
    text = io.StringIO()
    yaml.dump(document, text)
    return File(name, before, text.getvalue(), unchanged)


def _load(text: str, file: Path) -> tuple[YAML, Any]:
    """A text's YAML with its comments, and a writer that indents as the text does."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.explicit_start = text.startswith("---")
    match = LIST.search(text)
    offset = max(0, len(match["dash"]) - len(match["key"])) if match else 2
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    try:
        return yaml, yaml.load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = str(getattr(error, "problem", error)).partition(" with value")[0]  # the value may be a key
        raise Problem(f"{file}:{mark.line + 1 if mark else 1}: this is not YAML: {why}") from None


@dataclass
class Edits:
    """What a merge did: plain values that were replaced where they stand (line, column, new value), whether anything was added,
    and what stays as it is though we would have it otherwise."""

    file: Path
    replaced: list[tuple[int, int, Any]] = field(default_factory=list)
    inserted: bool = False
    unchanged: list[str] = field(default_factory=list)

    def applied(self, text: str) -> str:
        """The text with the values replaced in place, and nothing else touched."""
        import yaml

        events: list[Any] = [
            event for event in yaml.parse(text, Loader=yaml.SafeLoader) if isinstance(event, yaml.ScalarEvent)
        ]
        scalars = {(event.start_mark.line, event.start_mark.column): event for event in events}
        for line, column, value in sorted(self.replaced, reverse=True):
            old = scalars[line, column]
            text = text[: old.start_mark.index] + _plain(value) + text[old.end_mark.index :]
        return text


def _plain(value: Any) -> str:
    """A plain value as YAML, in quotes where it would be read as something else: a key of digits alone."""
    import yaml

    bare = str(value)
    return bare if yaml.safe_load(bare) == value else f'"{bare}"'


def merge(document: Any, ours: Mapping[str, Any], edits: Edits, *, over: Mapping[str, Any], path: str = "") -> None:
    """Put into the ruamel map `document` what it lacks of `ours`. Raises Problem where one of them is a list or map and something else is there.

    Maps are merged, lists of plain values joined, the first item of a list of maps is merged with the first. A value that is there stays,
    unless `over` has it too; `min_collection_interval` is what this command is for, and is always set. A placeholder is never put into
    what a person has written.
    """
    for key, value in ours.items():
        there = document.get(key)
        place = f"{path}{key}"
        if isinstance(value, Mapping) and isinstance(there, MutableMapping):
            merge(there, value, edits, over=over.get(key) or {}, path=f"{place}.")
        elif isinstance(value, list) and isinstance(there, list):
            _merge_lists(there, value, edits)
        elif there is None and (value is not None or key not in document):
            if not (document and isinstance(value, str) and value.startswith("<")):
                document[key] = value
                edits.inserted = True
        elif key == "tags" and isinstance(there, str):  # the Agent takes them with spaces between, too
            missing = [tag for tag in value if tag not in there.split()]
            _replace(document, key, " ".join([there, *missing]), edits)
        elif isinstance(value, Mapping | list):
            what = "a list" if isinstance(value, list) else "keys and values"
            raise Problem(f"{edits.file}:{document.lc.value(key)[0] + 1}: {place} is not {what}, as the Agent has it")
        elif key in over or key == "min_collection_interval":
            _replace(document, key, value, edits)
        elif value is not None and there != value:
            edits.unchanged.append(f"{place}: {_yaml_word(there)} stays, where ours is {_yaml_word(value)}")


def _replace(document: Any, key: str, value: Any, edits: Edits) -> None:
    if document[key] != value:
        edits.replaced.append((*document.lc.value(key), value))
        document[key] = value


def _yaml_word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _merge_lists(items: list[Any], ours: list[Any], edits: Edits) -> None:
    if items and ours and isinstance(items[0], MutableMapping) and isinstance(ours[0], Mapping):
        merge(items[0], ours[0], edits, over={})
        return
    missing = [item for item in ours if item not in items]
    items.extend(missing)
    edits.inserted |= bool(missing)


def shipped_example() -> Path | None:
    """`conf.yaml.example` of the integration, with its comments, where it is installed."""
    spec = importlib.util.find_spec("datadog_checks.my_metric") if importlib.util.find_spec("datadog_checks") else None
    examples = (Path(folder) / "data/conf.yaml.example" for folder in (spec and spec.submodule_search_locations) or ())
    return next((example for example in examples if example.exists()), None)


def _write(file: Path, text: str) -> None:
    """The whole file or none of it. A new one, and a new folder, is its folder's owner's: what root makes, the Agent could not read.

    A file with a key or password in it is for its owner and the group, as the Agent's own installer has it.
    """
    target = file.resolve()
    new = target.with_name(f".{target.name}.new")
    try:
        home = next(parent for parent in target.parents if parent.exists())
        folders = [parent for parent in target.parents if not parent.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        mode, like = (target.stat().st_mode & 0o777, target) if target.exists() else (0o640, home)
        eol = "\r\n" if target.exists() and b"\r\n" in target.read_bytes() else "\n"
        new.touch(0o600)
        new.write_text(text, encoding="utf-8", newline=eol)
        new.chmod(mode)
        for path in (*folders, new) if hasattr(os, "geteuid") and os.geteuid() == 0 else ():
            shutil.chown(path, like.stat().st_uid, like.stat().st_gid)
        new.replace(target)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Problem(f"{file} cannot be written: {error.strerror}") from None


def _show(file: File) -> None:
    """The diff on stdout, without keys, and what stays."""
    before, after = file.before.splitlines(), file.after.splitlines()
    for line in difflib.unified_diff(before, after, f"a/{file.name}", f"b/{file.name}", lineterm=""):
        style = {"+": "green", "-": "red"}.get(line[:1])
        terminal.console().print(without_secrets(line), style=style)
    for sentence in file.unchanged:
        terminal.console().print(f"kept  {file.name}: {sentence}")


def without_secrets(line: str) -> str:
    """A line with `(not shown)` for each key, password and the like; a placeholder such as <PASSWORD> is none."""
    return SECRET.sub(lambda match: f"{match['name'] or ''}(not shown)", line)
