"""Monitors spread over a Ray cluster (docs.ray.io): each batch is a task, which Ray runs again elsewhere where a worker dies. The result is that of one
machine, for a batch is worked on by the same function.

The nodes must have this doghouse with its extra `ray`, and the keys of an object store in their environment where points are read from one.
"""

from __future__ import annotations

import contextlib
import io
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import typer

from doghouse.cli.terminal import fail
from doghouse.numbers import whole_number

TRIES = 3  # of a batch whose worker died
PATIENCE_S = 5


class Ended(NamedTuple):
    """What a batch said that ended the command, and the exit code."""

    text: str
    code: int


class Cluster:
    """A cluster, connected to for as long as the block lasts; what is not done at its end is given up."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> Cluster:
        import ray

        self._ray = ray
        try:
            check_reachable(self._address)
            ray.init(address=self._address, log_to_driver=False, logging_level="ERROR", configure_logging=False)
        except Exception as error:
            why = str(error).strip().partition("\n")[0] or type(error).__name__
            raise fail(f"--ray: the cluster at {self._address} cannot be reached: {why}") from None
        return self

    def __exit__(self, *_: object) -> None:
        self._ray.shutdown()

    @property
    def cores(self) -> int:
        """How many batches can be worked on at once."""
        return max(int(self._ray.cluster_resources().get("CPU", 1)), 1)

    def worked(self, parts: Sequence[Sequence[int]], work: Callable[[Sequence[int]], list[Any]]) -> Iterator[list[Any]]:
        """What `work` makes of each part, in their order."""
        task = self._ray.remote(num_cpus=1, max_retries=TRIES)(ended_in_words)
        shared = self._ray.put(work)  # once, whatever the number of tasks
        for reference in [task.remote(shared, list(part)) for part in parts]:
            yield self._answer(reference)

    def _answer(self, reference: Any) -> list[Any]:
        try:
            answer = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            why = str(error).strip().partition("\n")[0]
            raise fail(f"--ray: a batch of monitors could not be worked on, {TRIES} times again: {why}") from None
        if isinstance(answer, Ended):
            typer.echo(answer.text, err=True, nl=False)
            raise typer.Exit(answer.code)
        result: list[Any] = answer
        return result


def check_reachable(address: str) -> None:
    """Raise OSError where nobody listens at `host:port` or `ray://host:port`, for which Ray itself waits for minutes. Other addresses are Ray's own words."""
    host, mark, port = address.removeprefix("ray://").rpartition(":")
    number = whole_number(port)
    if mark and number is not None and number < 65_536:
        with socket.create_connection((host.strip("[]"), number), PATIENCE_S):
            pass


def ended_in_words(work: Callable[[Sequence[int]], list[Any]], part: Sequence[int]) -> list[Any] | Ended:
    """What `work` makes of a part; where it ends the command, what it said."""
    stderr = io.StringIO()
    try:
        with contextlib.redirect_stderr(stderr):
            return work(part)
    except typer.Exit as end:
        return Ended(stderr.getvalue(), end.exit_code)
