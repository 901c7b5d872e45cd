"""Reads the Terraform files of a folder as Terraform would: each folder that no other calls is a root module, with its tfvars."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from doghouse.files import LARGEST_SETTINGS, FileError, json_of
from doghouse.importing.terraform import files, resources
from doghouse.importing.terraform.blocks import Attributes, attributes, field_name
from doghouse.importing.terraform.converting import thing, unread
from doghouse.importing.terraform.identity import made_up_id
from doghouse.importing.terraform.language.expressions import evaluate
from doghouse.importing.terraform.language.scope import Scope
from doghouse.importing.terraform.language.syntax import Block, SyntaxProblemError, parse, text_of
from doghouse.importing.terraform.language.values import Unknown, Value, WrongError
from doghouse.importing.terraform.modules import Module, Remark, Resource
from doghouse.importing.things import Line, Note, Thing, Unread
from doghouse.monitors.lint.elsewhere import NOT_READ, TERRAFORM_SYNTAX, TERRAFORM_WRONG, UNKNOWN, UNREADABLE
from doghouse.monitors.lint.ignoring import in_comments


class Reader:
    """Reads folders of Terraform files. `var_files` are tfvars files that are read after those that Terraform finds by itself."""

    def __init__(self, var_files: Sequence[Path] = ()) -> None:
        self._var_files = var_files
        self._blocks: dict[Path, list[Block] | None] = {}
        self._problems: list[Thing] = []

    def things(self, folders: Sequence[Path]) -> Iterator[Thing]:
        """Everything of Datadog's in these folders. Raises MissingLibraryError."""
        opened = {folder: self._open(folder) or [] for folder in folders}
        called = {path.resolve() for folder in folders for path in _called(folder, opened[folder])}
        roots = [folder for folder in folders if folder.resolve() not in called]
        for root in roots or folders:
            yield from self._root(root, opened[root])
        yield from self._problems

    def _open(self, folder: Path) -> list[Block] | None:
        """The blocks of a folder's files. What cannot be read is noted, once."""
        if folder not in self._blocks:
            paths = files.of(folder)
            self._blocks[folder] = self._merged(paths) if paths else None
        return self._blocks[folder]

    def _merged(self, paths: Sequence[Path]) -> list[Block]:
        """The blocks of a module's files, with what its override files change."""
        merged: list[Block] = []
        for path in paths:
            blocks = self._file(path)
            if not files.is_override(path):
                merged += blocks
                continue
            for block in blocks:
                if not any(other.kind == block.kind and other.labels == block.labels for other in merged):
                    name = ".".join((block.kind, *block.labels))
                    self._problems.append(
                        Unread(f"{path}:{block.line}", f"there is no {name} that it could override", TERRAFORM_WRONG)
                    )
                merged = list(files.overridden(merged, block))
        return merged

    def _file(self, path: Path) -> Sequence[Block]:
        try:
            return files.read(path).blocks
        except SyntaxProblemError as error:
            self._problems.append(_unread(error))
            return ()

    def _root(self, folder: Path, blocks: Sequence[Block]) -> Iterator[Thing]:
        variables: dict[str, Value] = {}
        places: dict[str, str] = {}
        for path in (*_own_var_files(folder), *self._var_files):
            try:
                values = _variables(path)
            except SyntaxProblemError as error:
                yield _unread(error)
                continue
            for name, (value, line) in values.items():
                variables[name], places[name] = value, f"{path}:{line}" if line else str(path)
        module = Module(folder, folder, blocks, variables, self._open)
        for name in sorted(variables.keys() - module.declared):
            if not any(places[name].startswith(str(file)) for file in self._var_files):
                yield Note(places[name], f"'{name}' is set, and no variable of {folder} has that name")
        yield from self._module(folder, module)

    def _module(self, folder: Path, module: Module) -> Iterator[Thing]:
        others: Counter[str] = Counter()
        for resource in module.resources():
            if isinstance(resource, Remark):
                where = f"{resource.path}:{resource.line}"
                yield Unread(where, resource.text, TERRAFORM_WRONG) if resource.wrong else Note(where, resource.text)
            elif resource.kind in resources.READ:
                yield _resource(resource)
            elif resource.kind.startswith("datadog_"):
                others[resource.kind] += 1
        yield from unread(str(folder), others)


def _resource(resource: Resource) -> Thing:
    body = attributes(resource.block, resource.scope)
    values = resources.defaulted(body.values) if resource.kind == resources.MONITOR else body.values
    fields = resources.FIELDS if resource.kind == resources.MONITOR else {}
    remarks = [TERRAFORM_WRONG.problem(field_name(place, fields), text) for place, text in body.wrong.items()]
    for place, unknown in body.unknown.items():
        for reason in unknown:
            names = (
                _parts_of_json(values, reason)
                if resource.kind == resources.MONITOR_JSON
                else [field_name(place, fields)]
            )
            remarks += (UNKNOWN.problem(name, reason.sentence) for name in names)
    if resource.uncounted:
        text = f"how many there are of it is {resource.uncounted.sentence}"
        remarks.append(UNKNOWN.problem("for_each" if "for_each" in resource.block.attributes else "count", text))
    if resource.kind == resources.MONITOR:
        remarks += (
            TERRAFORM_WRONG.problem(field_name(name, fields), f"is a block: {name} {{ … }}, without '='")
            for name in resources.BLOCKS
            if name in resource.block.attributes
        )
        text = "is not read: doghouse does not know this attribute of a monitor"
        remarks += (NOT_READ.problem(name, text) for name in resources.unknown_names(values))
    number = made_up_id(resource.address) if resource.kind in resources.NAMED else None
    line = _lines(body, resource.block, fields)
    made_of = thing(
        resource.kind, str(resource.block.path), resource.address, values, line=line, remarks=remarks, number=number
    )
    ignores = tuple(in_comments(resource.block.marked))
    return replace(made_of, ignores=ignores) if ignores and not isinstance(made_of, Unread | Note) else made_of


def _unread(error: SyntaxProblemError) -> Unread:
    """A file that cannot be read, or on a line of which Terraform's language ends."""
    where = f"{error.path}:{error.line}" if error.line else str(error.path)
    return Unread(where, error.text, TERRAFORM_SYNTAX if error.line else UNREADABLE)


def _parts_of_json(values: Mapping[str, Value], unknown: Unknown) -> list[str]:
    """The fields of a `datadog_monitor_json` in which something unknown stands; the query where that cannot be told."""
    try:
        body = resources.monitor_json(values)
    except ValueError:
        return ["query"]
    return [name for name, value in body.items() if unknown.placeholder in json.dumps(value)] or ["query"]


def _lines(body: Attributes, block: Block, names: Mapping[str, str]) -> Line:
    """The line of an API field: that of the attribute of its name, of what is around it, or where the resource begins."""
    places = {field_name(place, names): place for place in body.lines}

    def line(path: str, inner: int) -> int:
        field = path.replace("[", ".[")
        while field:
            if field in places:
                return body.lines[places[field]] + (inner if places[field] in body.heredocs else 0)
            field = field.rpartition(".")[0]
        if path in block.attributes:
            return block.attributes[path].line
        return body.lines.get("monitor", block.line)

    return line


def _called(folder: Path, blocks: Sequence[Block]) -> Iterator[Path]:
    """The folders that a folder's modules lie in."""
    for block in blocks:
        source = block.attributes.get("source")
        if block.kind == "module" and source and source.text.strip('"').startswith(("./", "../")):
            yield folder / source.text.strip('"')


def _own_var_files(folder: Path) -> list[Path]:
    """The tfvars files that Terraform reads by itself, in its order."""
    named = [folder / name for name in ("terraform.tfvars", "terraform.tfvars.json")]
    automatic = sorted(path for path in folder.iterdir() if path.name.endswith((".auto.tfvars", ".auto.tfvars.json")))
    return [*(path for path in named if path.is_file()), *automatic]


def _variables(path: Path) -> Mapping[str, tuple[Value, int]]:
    """The values of a tfvars file with their lines. Raises SyntaxProblemError."""
    if path.name.endswith(".json"):
        try:
            document = json_of(path, LARGEST_SETTINGS)
        except FileError as error:
            raise SyntaxProblemError(path, error.line, str(error)) from None
        return {name: (value, 0) for name, value in document.items()} if isinstance(document, dict) else {}

    def others(name: str) -> Value:
        raise WrongError(f"a tfvars file cannot name '{name}'")

    variables = {}
    scope = Scope({}, others, path.parent)
    for name, expression in parse(path, text_of(path)).attributes.items():
        try:
            variables[name] = (evaluate(expression, scope), expression.line)
        except WrongError as error:
            raise SyntaxProblemError(path, expression.line, str(error)) from None
    return variables
