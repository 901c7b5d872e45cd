"""Terraform's functions: whatever module stands here registers its own."""

from doghouse.importing.terraform.language.functions.registry import call
from doghouse.recipes import read_modules

read_modules(__name__)

__all__ = ["call"]
