"""Keeps what checks print away from what a command prints: `--json` is one JSON document on stdout and nothing else."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def of_checks_to_stderr() -> Iterator[None]:
    """While it lasts, stdout is stderr: for `print` of a check, and for the programs that it starts."""
    sys.stdout.flush()
    stdout = os.dup(1)
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
