"""`doghouse backup`: a copy of all that a running server keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from doghouse.cli.options import DEFAULT_URL, AsJson, KeysFile, Url
from doghouse.cli.terminal import console, ended_by, print_json
from doghouse.storage.config import ConfigError

BACKUP_S = 3600  # a copy of a large folder takes its time


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the copy goes: new or empty.")],
    url: Url = DEFAULT_URL,
    keys_file: KeysFile = None,
    as_json: AsJson = False,
) -> None:
    """Copy all that a running doghouse keeps into a folder, while it goes on.

    `doghouse up --data FOLDER` goes on from the copy. It holds the keys too, so that only its owner may read it.

    Example: doghouse backup /var/backups/doghouse-monday
    """
    from doghouse.cli.client import connect

    with ended_by(ConfigError):
        client = replace(connect(url, keys_file), timeout=BACKUP_S)
        body = json.dumps({"folder": str(folder.absolute())}).encode()
        answer = client.post("/doghouse/backup", body)
    if as_json:
        print_json(answer)
    else:
        console().print(f"{answer['folder']}: {answer['bytes'] / 1e6:.1f} MB")
