"""The pages of docs that are made from the code are what the code makes of them, and what they show runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from typer.main import get_command

from companion import cli as companion_cli
from doghouse import cli
from scripts.docs import reference

PAGES = {str(path.relative_to(reference.ROOT)): path for path in reference.PAGES}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_what_the_code_says_now(page: str) -> None:
    path = PAGES[page]
    assert path.read_text(encoding="utf-8") == reference.PAGES[path](), "run .venv/bin/python -m scripts.docs.reference"


def leaves(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
    for name in below or ():
        yield from leaves(f"{path} {name}", below[name])


def test_the_help_of_every_command_has_an_example_and_says_what_each_option_is() -> None:
    commands = [
        *leaves("doghouse", get_command(cli.application())),
        *leaves("my-metric", get_command(companion_cli.application())),
    ]
    assert len(commands) > 20
    assert [path for path, command in commands if not re.search(rf"Example: .*{path}\b", command.help or "")] == []
    shown = [
        (path, option)
        for path, command in commands
        for option in command.params
        if not getattr(option, "hidden", False)
    ]
    silent = [f"{path} {option.name}" for path, option in shown if not getattr(option, "help", "said elsewhere")]
    assert silent == []


def test_the_example_of_the_python_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{1_772_445_600 + 60 * minute},cpu,{95 if minute > 9 else 5},host:a\n" for minute in range(60))
    (tmp_path / "week.csv").write_text(f"timestamp,metric,value,tags\n{rows}")
    monkeypatch.chdir(tmp_path)
    exec(reference.EXAMPLE, {})
    assert "ALERT" in capsys.readouterr().out
