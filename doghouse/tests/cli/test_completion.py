"""Completion in a shell: commands, and the options of a command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("doghouse", "li"), ["lint"]),
        (("doghouse", "lint", "--stri"), ["--strict"]),
        (("my-metric", "adop"), ["adopt"]),
    ],
)
def test_bash_completes_commands_and_options(words: tuple[str, ...], found: list[str]) -> None:
    name = words[0].replace("-", "_")
    script = (
        f'eval "$({words[0]} --show-completion bash)"; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; '
        f"_{name}_completion {words[0]}; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    env = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == found
