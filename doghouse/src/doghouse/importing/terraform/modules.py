"""A module as its files have it: variables, locals, resources, and the modules that it calls, each worked out when it is asked for."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from doghouse.importing.terraform.files import installed
from doghouse.importing.terraform.identity import made_up_id
from doghouse.importing.terraform.instances import Instance, collected, instances, line_of
from doghouse.importing.terraform.language.expressions import evaluate
from doghouse.importing.terraform.language.scope import Scope
from doghouse.importing.terraform.language.syntax import Block, Expression
from doghouse.importing.terraform.language.types import converted
from doghouse.importing.terraform.language.values import Namespace, Unknown, Value, WrongError
from doghouse.importing.terraform.language.work import Work
from doghouse.importing.terraform.resources import NAMED

Opened = Callable[[Path], "Sequence[Block] | None"]  # reads the blocks of a folder; None: it has no .tf file
_NAMES = re.compile(r"module\.([\w-]+)(?:\[[^\]]*\])?\.")
DEEPEST = 20  # modules within modules; Terraform refuses a circle, which would be deeper


class Resource(Struct, frozen=True):
    """A resource of a module: its address, its block, what its expressions may name, and why nobody can say before a plan how many there are of it."""

    kind: str
    address: str
    block: Block
    scope: Scope
    uncounted: Unknown | None


class Remark(Struct, frozen=True):
    """What is to be known of a module and belongs to no resource. It is `wrong`, or worth knowing."""

    path: Path
    line: int
    text: str
    wrong: bool = False


class Module:
    """A module. `arguments` are what its caller, or a tfvars file, gives its variables; `opened` reads the blocks of a folder."""

    def __init__(
        self,
        folder: Path,
        root: Path,
        blocks: Sequence[Block],
        arguments: Mapping[str, Value],
        opened: Opened,
        address: str = "",
        depth: int = 0,
        work: Work | None = None,
    ) -> None:
        self.folder, self.address = folder, address
        self._root, self._arguments, self._opened, self._depth = root, arguments, opened, depth
        self._by_kind: dict[str, list[Block]] = {}
        for block in blocks:
            self._by_kind.setdefault(block.kind, []).append(block)
        self._known: dict[str, Value] = {}
        self._instances_of: dict[int, tuple[list[Instance], Unknown | None]] = {}  # by the block's id()
        self._open: list[str] = []
        self._children: dict[str, list[tuple[Instance, Module | None]]] = {}
        self.scope = Scope({}, self._name, root, work or Work())

    def resources(self) -> Iterator[Resource | Remark]:
        """Every resource of this module and of those that it calls."""
        for block in self._of("resource"):
            kind, name = (*block.labels, "", "")[:2]
            address = f"{self.address}{kind}.{name}"
            try:
                block_instances, uncounted = self._instances(block)
            except WrongError as error:
                yield Remark(block.path, line_of(block, "for_each", "count"), f"{address}: {error}", wrong=True)
                continue
            for instance in block_instances:
                yield Resource(kind, address + instance.key, block, self.scope.having(instance.names), uncounted)
        for block in self._of("module"):
            yield from self._called(block)

    @cached_property
    def declared(self) -> frozenset[str]:
        """The names of its variables."""
        return frozenset(block.labels[0] for block in self._of("variable") if block.labels)

    def _called(self, block: Block) -> Iterator[Resource | Remark]:
        name = block.labels[0] if block.labels else ""
        try:
            children = self._module(name)
        except WrongError as error:
            yield Remark(block.path, block.line, f"module.{name}: {error}", wrong=True)
            return
        for _, child in children:
            if child is not None:
                yield from child.resources()
                continue
            source = block.attributes.get("source")
            where = source.text if source else "nowhere"
            yield Remark(
                block.path,
                block.line,
                f"module.{name} is not read: its source {where} is not a folder of this repository",
            )

    # -- names

    def _name(self, name: str) -> Value:
        members = {
            "var": self._variable,
            "local": self._local,
            "module": self._output,
            "path": self._path,
            "data": lambda kind: Namespace(
                f"data.{kind}", lambda member: Unknown(f"data.{kind}.{member}", "is read from a provider")
            ),
            "terraform": lambda member: Unknown(f"terraform.{member}", "depends on how Terraform is run"),
        }
        if name in members:
            return Namespace(name, members[name])
        if name in ("each", "count", "self"):
            raise WrongError(f"'{name}' has no meaning here")
        names = {
            block.labels[1] for block in self._of("resource") if block.labels[:1] == (name,) and len(block.labels) > 1
        }
        if not names:
            raise WrongError(f"there is no resource of the type '{name}'")
        return Namespace(name, lambda member: self._resource(name, member))

    def _once(self, place: str, expression: Expression, scope: Scope) -> Value:
        """A value that is worked out once. What depends on itself is wrong."""
        if place in self._known:
            return self._known[place]
        if place in self._open:
            raise WrongError(
                f"{place} depends on itself: {' → '.join([*self._open[self._open.index(place) :], place])}"
            )
        self._open.append(place)
        try:
            self._known[place] = evaluate(expression, scope)
        finally:
            self._open.pop()
        return self._known[place]

    def _instances(self, block: Block) -> tuple[list[Instance], Unknown | None]:
        """What a block of this module stands for, worked out once. Raises WrongError."""
        if id(block) not in self._instances_of:
            self._instances_of[id(block)] = instances(block, self.scope)
        return self._instances_of[id(block)]

    def _variable(self, name: str) -> Value:
        block = next((block for block in self._of("variable") if block.labels == (name,)), None)
        if block is None:
            raise WrongError(f"there is no variable '{name}'")
        default, kind = block.attributes.get("default"), block.attributes.get("type")
        value = self._arguments.get(name, block)
        nullable = block.attributes.get("nullable")
        if value is block or (value is None and nullable is not None and nullable.text == "false"):
            if default is None:
                return Unknown(f"var.{name}", "has no default, and nothing gives it a value")
            value = self._once(f"var.{name}", default, self.scope)
        try:
            return converted(value, kind.tree) if kind else value
        except WrongError as error:
            raise WrongError(f"var.{name}: {error}") from None

    def _local(self, name: str) -> Value:
        expression = next((block.attributes[name] for block in self._of("locals") if name in block.attributes), None)
        if expression is None:
            raise WrongError(f"there is no local value '{name}'")
        return self._once(f"local.{name}", expression, self.scope)

    def _path(self, name: str) -> Value:
        relative = os.path.relpath(self.folder, self._root)
        return {"module": relative, "root": ".", "cwd": "."}.get(
            name, Unknown(f"path.{name}", "depends on how Terraform is run")
        )

    def _resource(self, kind: str, name: str) -> Value:
        block = next((block for block in self._of("resource") if block.labels == (kind, name)), None)
        if block is None:
            raise WrongError(f"there is no resource {kind}.{name}")
        block_instances, uncounted = self._instances(block)
        if uncounted:
            return Unknown(f"{kind}.{name}", f"depends on {uncounted.expression}, which {uncounted.why}")
        return collected(
            block,
            block_instances,
            [self._referred(kind, f"{kind}.{name}", block, instance) for instance in block_instances],
        )

    def _referred(self, kind: str, address: str, block: Block, instance: Instance) -> Namespace:
        place = self.address + address + instance.key

        def member(name: str) -> Value:
            if name == "id" and kind in NAMED:
                return str(made_up_id(place))
            if name in block.attributes:
                return self._once(f"{place}.{name}", block.attributes[name], self.scope.having(instance.names))
            return Unknown(f"{address}{instance.key}.{name}", "is known only after apply")

        return Namespace(address + instance.key, member)

    # -- modules that it calls

    def _output(self, name: str) -> Value:
        block = next((block for block in self._of("module") if block.labels == (name,)), None)
        if block is None:
            raise WrongError(f"there is no module '{name}'")
        children = self._module(name)
        values = [
            child.outputs(f"module.{name}{instance.key}")
            if child
            else Unknown(f"module.{name}", "is not a folder of this repository")
            for instance, child in children
        ]
        if len(values) == 1 and isinstance(values[0], Unknown):
            return values[0]
        return collected(block, [instance for instance, _ in children], values)

    def outputs(self, expression: str) -> Namespace:
        """What it gives its caller."""

        def member(name: str) -> Value:
            block = next((block for block in self._of("output") if block.labels == (name,)), None)
            if block is None or "value" not in block.attributes:
                raise WrongError(f"{expression} has no output '{name}'")
            return self._once(f"output.{name}", block.attributes["value"], self.scope)

        return Namespace(expression, member)

    def _module(self, name: str) -> list[tuple[Instance, Module | None]]:
        """The modules that a `module` block stands for; None for one that is not local. Raises WrongError."""
        if name not in self._children:
            block = next(block for block in self._of("module") if block.labels == (name,))
            source = evaluate(block.attributes["source"], self.scope) if "source" in block.attributes else None
            block_instances, _ = self._instances(block)
            folder = self._folder_of(name, source)
            if folder is None:
                self._children[name] = [(block_instances[0] if block_instances else Instance("", {}), None)]
                return self._children[name]
            if self._depth >= DEEPEST:
                raise WrongError(f"modules are called within each other more than {DEEPEST} times")
            blocks = self._opened(folder)
            if blocks is None:
                raise WrongError(f"its source '{source}' has no .tf file")
            self._children[name] = [
                (instance, self._child(block, instance, folder, blocks, name)) for instance in block_instances
            ]
        return self._children[name]

    def _folder_of(self, name: str, source: Value) -> Path | None:
        """Where a module lies: beside this one, or where `terraform init` has put it."""
        if isinstance(source, str) and source.startswith(("./", "../")):
            return Path(os.path.normpath(self.folder / source))
        return installed(self._root).get(".".join([*_NAMES.findall(self.address), name]))

    def _child(self, block: Block, instance: Instance, folder: Path, blocks: Sequence[Block], name: str) -> Module:
        scope = self.scope.having(instance.names)
        arguments = _Arguments(block, scope)
        address = f"{self.address}module.{name}{instance.key}."
        return Module(folder, self._root, blocks, arguments, self._opened, address, self._depth + 1, scope.work)

    def _of(self, kind: str) -> Sequence[Block]:
        return self._by_kind.get(kind, ())


class _Arguments(Mapping[str, Value]):
    """What a `module` block gives, worked out once, when it is asked for."""

    def __init__(self, block: Block, scope: Scope) -> None:
        self._block, self._scope = block, scope
        self._known: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._known:
            self._known[name] = evaluate(self._block.attributes[name], self._scope)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._block.attributes)

    def __len__(self) -> int:
        return len(self._block.attributes)
