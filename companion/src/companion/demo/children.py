"""The programs that the demo runs: started, watched, stopped. None outlives it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from companion.problem import WRONG_USE, Problem

GRACE_S = 10
TAIL = 40  # lines of a program's stderr that are kept to say why it ended
ERROR = re.compile(r"^(doghouse( agent)?|initdb|postgres): |\b\w*Error\b|\b(FATAL|ERROR)\b")
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """The person, or the system, wants the demo to end."""


class Stop:
    """Whether the demo is to end. Ctrl-C, SIGTERM and SIGHUP only set it; each wait looks at it, so nothing is left half started.

    A threading.Event would not do: a signal that arrives while the main thread has the event's lock waits for that lock for ever.
    """

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[None] = queue.SimpleQueue()  # its put may be called in the midst of its get

    def listen(self) -> None:
        """Take the signals over."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._asked.put(None))

    def wait(self, seconds: float) -> None:
        """Sleep. Raises Stopped as soon as the demo is to end."""
        try:
            self._asked.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return
        self._asked.put(None)  # every later wait ends too
        raise Stopped


@dataclass
class Child:
    """A program that runs in a session of its own, so that Ctrl-C reaches the demo alone."""

    name: str
    process: subprocess.Popen[str]
    farewell: signal.Signals
    errors: deque[str] = field(default_factory=lambda: deque(maxlen=TAIL))
    output: queue.Queue[str] = field(default_factory=queue.Queue)
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.process.poll() is not None

    def last_words(self) -> str:
        """Why it ended: the last line of its stderr that names an error, else the last one, else its exit code."""
        for reader in self.readers:
            reader.join(1)  # what it said may not be read yet; what it started may keep its stderr open
        named = [line for line in self.errors if ERROR.search(line)]
        return (named or [*self.errors] or [f"exit code {self.process.returncode}"])[-1]

    def first_line(self, stop: Stop, seconds: float) -> str:
        """The first line on its stdout. Raises Problem if it ends, or says nothing in that time."""
        for _ in range(int(seconds * 20)):
            with contextlib.suppress(queue.Empty):
                return self.output.get_nowait()
            if self.ended:
                raise Problem(f"{self.name} did not start: {self.last_words()}")
            stop.wait(0.05)
        raise Problem(f"{self.name} was not ready within {seconds:.0f} s")

    def stop(self) -> None:
        """End it, kindly at first, with everything that it started."""
        for _ in range(GRACE_S):
            if self.ended:
                break
            self._signal(self.farewell)  # again each second: a program that is just starting may not have heard
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    uid: int | None = None,
    gid: int | None = None,
    farewell: signal.Signals = signal.SIGTERM,
    on_line: Callable[[str], None] | None = None,
    cwd: Path | None = None,
) -> Child:
    """Start a program. `on_line` is given each line of its stderr. It gets `farewell` too if this process dies without a word."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def die_with_parent() -> None:
        if libc:
            libc.prctl(PR_SET_PDEATHSIG, int(farewell))

    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            user=uid,
            group=gid,
            extra_groups=[] if uid is not None else None,
            preexec_fn=die_with_parent,
            cwd=cwd,
        )
    except OSError as error:
        raise Problem(f"{name} cannot be started: {command[0]}: {error.strerror}") from None
    child = Child(name, process, farewell)

    def keep(line: str) -> None:
        child.errors.append(line)
        if on_line:
            on_line(line)

    for stream, take in ((process.stdout, child.output.put), (process.stderr, keep)):
        child.readers.append(threading.Thread(target=_drain, args=(stream, take), daemon=True))
        child.readers[-1].start()
    return child


def finish(child: Child, stop: Stop, seconds: float) -> None:
    """Wait for a program that ends by itself. Raises Problem where it fails or takes too long; stops it in any case."""
    try:
        for _ in range(int(seconds * 20)):
            if child.ended:
                break
            stop.wait(0.05)
        else:
            raise Problem(f"{child.name} took more than {seconds:.0f} s")
    finally:
        child.stop()
    if child.process.returncode:
        raise Problem(f"{child.name} failed: {child.last_words()}")


def _drain(stream: object, take: Callable[[str], None]) -> None:
    for line in stream:  # type: ignore[attr-defined]
        if text := line.rstrip("\n"):
            take(text)


def program(name: str) -> Path:
    """A command that was installed beside this one, else on PATH. Raises Problem."""
    import shutil

    beside = Path(sys.executable).parent / name
    program_path = str(beside) if beside.exists() else shutil.which(name)
    if not program_path:
        raise Problem(f"the command {name} is not installed beside this one; pip install './doghouse[agent]'")
    return Path(program_path)


def free_port(port: int = 0) -> int:
    """The TCP port of the loopback interface, or any free one for 0. Raises Problem where another program has it."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            text = f"port {port} cannot be used: {error.strerror}; choose another with --port"
            raise Problem(text, WRONG_USE) from None
        return int(probe.getsockname()[1])
