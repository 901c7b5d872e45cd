"""Options that several commands have, each with one name and one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doghouse.storage import config

DEFAULT_URL = f"http://127.0.0.1:{config.DEFAULT_PORT}"

Url = Annotated[str, typer.Option(help="The doghouse.")]
KeysFile = Annotated[Path | None, typer.Option(help="JSON with api_key and app_key (default: the doghouse's own).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
VarFiles = Annotated[
    list[Path] | None,
    typer.Option("--var-file", help="With .tf files: a tfvars file, after those that Terraform finds by itself."),
]
