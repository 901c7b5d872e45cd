"""yamldecode() and yamlencode(), as zclconf/go-cty-yaml has them (resolve.go): YAML 1.2's numbers, YAML 1.1's words for true and false, in keys too."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import yaml

from doghouse.files import FileError
from doghouse.files.yaml_texts import SAFE, compose
from doghouse.importing.terraform.language.functions.encodings import plain
from doghouse.importing.terraform.language.functions.registry import function
from doghouse.importing.terraform.language.values import Value, WrongError, number_text, text

_WORDS: dict[str, bool | None] = {
    **{spelled: True for word in ("y", "yes", "true", "on") for spelled in (word, word.title(), word.upper())},
    **{spelled: False for word in ("n", "no", "false", "off") for spelled in (word, word.title(), word.upper())},
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_WHOLE = re.compile(r"[-+]?(?:0x([0-9a-fA-F]+)|0o([0-7]+)|0b([01]+)|([0-9]+))")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TIME = re.compile(
    r"[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9][0-9]:[0-9][0-9](?:\.[0-9]+)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::?[0-9][0-9])?))?)?"
)


class _Loader(SAFE):  # type: ignore[misc]
    """YAML whose words are as go-cty-yaml takes them, and whose keys are texts."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping with what `<<` brings; a key that is no text becomes one."""
        self.flatten_mapping(node)
        pairs = [
            (self.construct_object(key, deep=True), self.construct_object(child, deep)) for key, child in node.value
        ]
        return {key if isinstance(key, str) else text(key): element for key, element in pairs}


class _Dumper(yaml.SafeDumper):
    """YAML whose texts stand in quotation marks, or as they are where they have several lines."""


def _scalar(loader: _Loader, node: yaml.ScalarNode) -> Value:
    """What a word without quotation marks means."""
    word = str(node.value)
    if word in _WORDS:
        return _WORDS[word]
    if whole := _WHOLE.fullmatch(word):
        digits, base = next(
            (digits, base) for digits, base in zip(whole.groups(), (16, 8, 2, 10), strict=True) if digits
        )
        if len(digits) > 1000:
            raise yaml.YAMLError("a number has more than 1,000 digits")
        return int(digits, base) * (-1 if word.startswith("-") else 1)
    if _DECIMAL.fullmatch(word):
        return float(word)
    return _time(word) if _TIME.fullmatch(word) else word


def _time(word: str) -> str:
    """A time as RFC 3339 has it; what is none stays as it is written."""
    try:
        when = datetime.fromisoformat(word)
    except ValueError:
        return word
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat().replace("+00:00", "Z")


_PLAIN = "tag:doghouse,2026:plain"
_Loader.yaml_implicit_resolvers = {
    "<": [("tag:yaml.org,2002:merge", re.compile("<<"))],
    None: [(_PLAIN, re.compile(""))],
}
_Loader.add_constructor(_PLAIN, _scalar)


@function("yamldecode")
def _yamldecode(value: Value) -> Value:
    try:
        root = compose(text(value), _Loader)
        return None if root is None else plain(_Loader("").construct_document(root))
    except FileError as error:
        raise WrongError(f"line {error.line} {error}" if error.line else str(error)) from None
    except yaml.YAMLError as error:
        raise WrongError(f"is not YAML: {' '.join(str(error).split())}") from None


_Dumper.add_representer(
    str, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", value, "|" if "\n" in value else '"')
)
_Dumper.add_representer(
    float, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", number_text(value))
)
_Dumper.add_multi_representer(list, yaml.SafeDumper.represent_list)
_Dumper.ignore_aliases = lambda self, data: True  # type: ignore[method-assign]


@function("yamlencode")
def _yamlencode(value: Value) -> Value:
    encoded: str = yaml.dump(value, Dumper=_Dumper, width=1 << 30, allow_unicode=True, default_flow_style=False)
    return encoded.removesuffix("...\n")
