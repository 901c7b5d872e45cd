"""Terraform's functions: every module here registers its own."""

from doghouse.importing.terraform.language.functions import (
    collections,
    encodings,
    files,
    networks,
    numbers,
    patterns,
    texts,
    times,
    yaml_texts,
)
from doghouse.importing.terraform.language.functions.registry import call

__all__ = [
    "call",
    "collections",
    "encodings",
    "files",
    "networks",
    "numbers",
    "patterns",
    "texts",
    "times",
    "yaml_texts",
]
