"""Which files of a folder Terraform and OpenTofu read, and what override files do (developer.hashicorp.com/terraform/language/files/override)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from doghouse.importing.terraform.language import json_syntax, syntax
from doghouse.importing.terraform.language.syntax import Block, Expression

# OpenTofu reads x.tofu in the place of an x.tf that lies beside it (opentofu.org/docs/language/files).
_INSTEAD = {".tofu.json": ".tf.json", ".tofu": ".tf"}
_SUFFIXES = (*_INSTEAD, *_INSTEAD.values())


def is_terraform(path: Path) -> bool:
    """Whether a file holds a part of a module by its name."""
    return path.name.endswith(_SUFFIXES) and not path.name.startswith(".")


def read(path: Path) -> Block:
    """A file as one block without a kind. Raises SyntaxProblemError, MissingLibraryError."""
    parse = json_syntax.parse if path.name.endswith(".json") else syntax.parse
    return parse(path, syntax.text_of(path))


def of(folder: Path) -> Sequence[Path]:
    """The files of a folder's module, override files last, in the order in which they count."""
    try:
        names = sorted(path.name for path in folder.iterdir() if is_terraform(path) and path.is_file())
    except OSError:
        return ()
    hidden = {name.removesuffix(tofu) + tf for name in names for tofu, tf in _INSTEAD.items() if name.endswith(tofu)}
    paths = [folder / name for name in names if name not in hidden]
    return sorted(paths, key=is_override)


@lru_cache(maxsize=64)
def installed(root: Path) -> Mapping[str, Path]:
    """Where `terraform init` has put the modules of a root module, by their names with dots between; nothing where it was not run."""
    try:
        listed = json.loads((root / ".terraform" / "modules" / "modules.json").read_text("utf-8"))["Modules"]
        return {str(module["Key"]): root / str(module["Dir"]) for module in listed if module.get("Key")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def is_override(path: Path) -> bool:
    """Whether a file's blocks are merged into those of the others."""
    stem = path.name.partition(".")[0]
    return stem == "override" or stem.endswith("_override")


def overridden(blocks: Sequence[Block], override: Block) -> Iterator[Block]:
    """Blocks of which those with an override block's name have its attributes, and its nested blocks in the place of all of their kinds."""
    for block in blocks:
        if block.kind != override.kind or block.labels != override.labels:
            yield block
            continue
        mine = {_kind(inner) for inner in override.blocks}
        yield replace(
            block,
            attributes={
                **block.attributes,
                **{name: _at(block, expression) for name, expression in override.attributes.items()},
            },
            blocks=[
                *(inner for inner in block.blocks if _kind(inner) not in mine),
                *(_moved(inner, block) for inner in override.blocks),
            ],
        )


def _at(block: Block, expression: Expression) -> Expression:
    """An expression with the line of the block that it went to: its own is of another file."""
    return replace(expression, line=block.line, text=expression.text.lstrip("<"))


def _moved(inner: Block, block: Block) -> Block:
    attributes = {name: _at(block, expression) for name, expression in inner.attributes.items()}
    return replace(
        inner, attributes=attributes, blocks=[_moved(nested, block) for nested in inner.blocks], line=block.line
    )


def _kind(block: Block) -> str:
    return block.labels[0] if block.kind == "dynamic" and block.labels else block.kind
