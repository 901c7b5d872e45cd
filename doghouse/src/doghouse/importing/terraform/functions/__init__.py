"""Terraform's functions: every module here registers its own."""

from doghouse.importing.terraform.functions import collections, encodings, files, numbers, texts
from doghouse.importing.terraform.functions.registry import call

__all__ = ["call", "collections", "encodings", "files", "numbers", "texts"]
