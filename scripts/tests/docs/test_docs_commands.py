"""Every command that a page shows is run, and what it is said to print is compared.

`sh` blocks are commands; in `console` blocks each command follows `$ `, and what follows is what it prints (a line `…` is any number of lines).
`<!-- file: NAME -->` above a block of another language is the file that the page means by it.
`<!-- before: … -->` above a block is what the page takes for granted: it is run first. `<!-- not run: … -->` says why a block is not run; its syntax, its
commands and their options are looked at all the same. The blocks of a page run in order, in one folder with this repository's files in it.
A page that names 127.0.0.1:8420 has a doghouse of its own in its place, and `KEYS_FILE` is the file of its keys.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click
import pytest
import typer
from markdown_it import MarkdownIt

from companion import cli as companion_cli
from doghouse import cli, running

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
PATTERNS = ("*.md", "docs/*.md", "docs/*/*.md", "*/README.md", "deploy/*/README.md")
AGENTS_OWN = ROOT / "my_metric/README.md"  # in the words of integrations-extras; its commands are a real Agent's
PAGES = sorted({page for pattern in PATTERNS for page in ROOT.glob(pattern)} - {AGENTS_OWN})
OURS = re.compile(r"(?:\S+=\S+ +)*(doghouse|my-metric|make|pip|uv|pipx|git|docker|datadog-agent|cd|cp|export|sudo) ")
COMMANDS = ("sh", "console")
DEADLINE_S = 300
HERE = "127.0.0.1:8420"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page that shows commands: its first line there, what its remarks say, and its text."""

    line: int
    language: str
    text: str
    before: str = ""
    reason: str = ""
    file: str = ""

    @property
    def commands(self) -> str:
        """What a shell would be given."""
        if self.language == "sh":
            return self.text
        return "\n".join(line[2:] for line in self.text.splitlines() if line.startswith("$ "))

    @property
    def steps(self) -> Iterator[tuple[str, str | None]]:
        """Commands, and what each prints where the page says so."""
        if self.language == "sh":
            yield self.text, None
            return
        for step in re.split(r"(?m)^\$ ", self.text)[1:]:
            command, _, printed = step.partition("\n")
            yield command, printed


def blocks(page: Path) -> list[Block]:
    blocks, remarks = [], ""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "html_block":
            remarks += token.content
            continue
        if token.type == "fence":
            before = "\n".join(re.findall(r"(?s)<!-- before: (.*?) -->", remarks))
            reason = re.search(r"<!-- not run: (.+?) -->", remarks)
            file = re.search(r"<!-- file: (\S+) -->", remarks)
            texts = (match[1] if match else "" for match in (reason, file))
            blocks.append(Block((token.map or [0])[0] + 1, token.info, token.content, before, *texts))
        remarks = ""
    return blocks


BLOCKS = {page: blocks(page) for page in PAGES}
ALL = [(page, block) for page, shown in BLOCKS.items() for block in shown if block.language in COMMANDS]
RUN = [page for page in PAGES if any(not block.reason for owner, block in ALL if owner == page)]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def matches(printed: str, expected: str) -> bool:
    """Whether what was printed is what a page says: a line `…` is any lines, `…` within a line any text."""
    lines = [re.escape(line).replace("…", ".*") for line in expected.rstrip("\n").splitlines()]
    pattern = "\n".join("(?:.*\n)*?.*" if line == ".*" else line for line in lines)
    return re.fullmatch(pattern, "\n".join(line.rstrip() for line in printed.rstrip("\n").splitlines())) is not None


def as_shown(block: Block, url: str, keys: str) -> Block:
    def filled(text: str) -> str:
        return text.replace(HERE, url).replace("KEYS_FILE", keys)

    return replace(block, text=filled(block.text), before=filled(block.before))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder, but for what lies at the top of the repository."""
    here = tmp_path / "here"
    here.mkdir()
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in {line.partition("/")[0] for line in listed.splitlines()}:
        (here / name).symlink_to(ROOT / name)
    return here


@pytest.mark.parametrize("page", RUN, ids=named)
def test_the_commands_of_a_page_run_and_print_what_it_says(page: Path, folder: Path, tmp_path: Path) -> None:
    shown = [block for block in BLOCKS[page] if block.file or (block.language in COMMANDS and not block.reason)]
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path), "LANG": "C.UTF-8", "TMPDIR": str(tmp_path)}
    env |= {name: f"made up by {named(page)}" for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME")}
    env |= {"GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_EMAIL": "a@example.com", "NO_COLOR": "1"}
    if not any(HERE in block.text for block in shown):
        play(shown, folder, env)
        return
    with running.serve(tmp_path / "data") as house:
        served = [as_shown(block, house.url.removeprefix("http://"), str(house.keys_file)) for block in shown]
        play(served, folder, env | {"DD_API_KEY": house.api_key, "DD_APP_KEY": house.app_key})


def play(shown: list[Block], folder: Path, env: dict[str, str]) -> None:
    for block in shown:
        if block.file:
            (folder / block.file).write_text(block.text)
            continue
        for number, (command, expected) in enumerate(block.steps):
            script = f"{block.before}\n{command}" if not number else command
            done = subprocess.run(
                ["bash", "-o", "pipefail", *(["-e"] if expected is None else []), "-c", script],
                cwd=folder, env=env, capture_output=True, text=True, timeout=DEADLINE_S, check=False,
            )  # fmt: skip
            if expected is None:
                assert done.returncode == 0, f"line {block.line}: {command}\n{done.stdout}{done.stderr}"
            else:
                printed = done.stdout + done.stderr
                assert matches(printed, expected), f"line {block.line}: {command} printed\n{printed}"


@pytest.mark.parametrize(("page", "block"), ALL, ids=[f"{named(page)}:{block.line}" for page, block in ALL])
def test_what_a_page_shows_is_a_command_that_there_is(page: Path, block: Block) -> None:
    parsed = subprocess.run(["bash", "-n", "-c", block.commands], capture_output=True, text=True, check=False)
    assert parsed.stderr == ""
    text = re.sub(r"\\\n", " ", block.commands)
    for line in re.split(r"\n|&&|\|\||[|;]", re.sub(r"(^|\s)#.*", "", text, flags=re.M)):
        words = re.sub(r"^\s*(?:[A-Z_]+=\S+\s+)*(?:sudo (?:-\w+ )*)?", "", line).split()
        if words[:1] == ["make"]:
            assert f"\n{words[1]}:" in MAKEFILE, line
        elif words[:1] in (["doghouse"], ["my-metric"]):
            wrong = unknown(words)
            assert not wrong, f"{line.strip()}: {wrong} is not known"


MAKEFILE = (ROOT / "Makefile").read_text()
APPS = {"doghouse": cli.application(), "my-metric": companion_cli.application()}


def unknown(words: list[str]) -> list[str]:
    """What of a command line is no command or option of ours."""
    command: click.Command = typer.main.get_command(APPS[words[0]])
    remainder = words[1:]
    while remainder and hasattr(command, "commands") and not remainder[0].startswith("-"):
        if remainder[0] not in command.commands:
            return [remainder[0]]
        command, remainder = command.commands[remainder[0]], remainder[1:]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help"
    }
    return [
        word
        for word in remainder
        if re.match(r"--?[a-zA-Z]", word) and word.partition("=")[0].strip("'\"") not in options
    ]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_block_without_a_language_hides_commands(page: Path) -> None:
    hidden = [block.line for block in BLOCKS[page] if not block.language and OURS.match(block.text.removeprefix("$ "))]
    assert hidden == []
