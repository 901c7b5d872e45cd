"""The Docker engine of `make e2e` and `make image`: the one that is there, or one of Debian's packages with a socket and folders of its own.

Our own makes no bridge and no firewall rules (ddev's containers use the host's network), and what it changed of the host's networking all the same is put back.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("docker.io", "iptables", "mmdebstrap")
PROGRAMS = ("dockerd", "docker", "containerd", "iptables", "mmdebstrap")
START_S, STOP_S = 60, 60
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")


class NoEngine(Exception):
    """Why there is no engine, and what to do: one sentence."""


@contextlib.contextmanager
def engine(kind: str) -> Iterator[dict[str, str]]:
    """The environment in which docker's commands reach the engine, for as long as the block lasts. Raises NoEngine."""
    if kind == "debian":
        install()
        with running() as socket:
            yield {"DOCKER_HOST": f"unix://{socket}"}
        return
    if not answers({}):
        raise NoEngine(
            "no Docker engine answers; start yours, or with ENGINE=debian (as root, on Debian) docker.io is installed and one started for this"
        )
    yield {}


def install() -> None:
    """The engine and what builds the image, from Debian's packages. Raises NoEngine."""
    if os.geteuid() != 0:
        raise NoEngine("ENGINE=debian needs root: apt-get install docker.io mmdebstrap, and dockerd itself")
    if all(shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") for program in PROGRAMS):
        return
    if shutil.which("apt-get") is None:
        raise NoEngine("ENGINE=debian needs Debian's apt-get")
    print(f"e2e: installing {' '.join(PACKAGES)}", file=sys.stderr, flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True, "env": env, "check": False}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    done = subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES], **quiet)
    if done.returncode:
        raise NoEngine(
            f"apt-get install {' '.join(PACKAGES)} failed: {(done.stderr.strip() or 'no output').splitlines()[-1]}"
        )


@contextlib.contextmanager
def running() -> Iterator[Path]:
    """An engine, and its socket. Its images are kept in the user's cache; all else is gone afterwards. Raises NoEngine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "doghouse" / "e2e-engine"
    cache.mkdir(parents=True, exist_ok=True)
    before, before_groups = networking(), set(groups())
    with tempfile.TemporaryDirectory(prefix="dockerd-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        socket = work / "docker.sock"
        with (work / "log").open("wb") as log:
            process = subprocess.Popen(command(work, cache, socket), stdout=log, stderr=log)
        try:
            wait(process, socket, work / "log")
            yield socket
        finally:
            stop(process, socket)
            unmount(work)
            put_back(before)
            for group in sorted(set(groups()) - before_groups, reverse=True):  # those inside before those around them
                with contextlib.suppress(OSError):
                    group.rmdir()


def command(work: Path, cache: Path, socket: Path) -> list[str]:
    """How the engine is started: without a bridge, and without any rule for one."""
    return [
        shutil.which("dockerd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or "dockerd",
        "--data-root", str(cache), "--exec-root", str(work / "exec"), "--pidfile", str(work / "pid"), "-H", f"unix://{socket}",
        "--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false",
    ]  # fmt: skip


def wait(process: subprocess.Popen, socket: Path, log: Path) -> None:
    """Until the engine answers. Raises NoEngine."""
    until = time.monotonic() + START_S
    while not answers({"DOCKER_HOST": f"unix://{socket}"}):
        if process.poll() is not None or time.monotonic() > until:
            last_line = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise NoEngine(f"dockerd did not start: {' '.join(last_line) or 'it said nothing'}")
        time.sleep(0.2)


def answers(host: dict[str, str]) -> bool:
    """Whether an engine is reached."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        asked = ["docker", "version", "--format", "{{.Server.Version}}"]
        return (
            subprocess.run(asked, capture_output=True, check=False, timeout=20, env={**os.environ, **host}).returncode
            == 0
        )
    return False


def stop(process: subprocess.Popen, socket: Path) -> None:
    """End what still runs in it, and then it."""
    env = {**os.environ, "DOCKER_HOST": f"unix://{socket}"}
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        left = subprocess.run(
            ["docker", "ps", "-aq"], capture_output=True, text=True, check=False, timeout=20, env=env
        ).stdout.split()
        if left:
            subprocess.run(["docker", "rm", "-f", *left], capture_output=True, check=False, timeout=60, env=env)
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def unmount(work: Path) -> None:
    """What the engine left mounted below its folder."""
    lines = Path("/proc/self/mounts").read_text().splitlines()
    places = [line.split()[1] for line in lines if line.split()[1].startswith(f"{work}/")]
    for place in sorted(places, reverse=True):
        subprocess.run(["umount", place], capture_output=True, check=False)


def groups() -> list[Path]:
    """The control groups of engines: the kernel's folders, which an engine makes and leaves."""
    places = [*Path("/sys/fs/cgroup").glob("docker"), *Path("/sys/fs/cgroup").glob("*/docker")]
    return [group for place in places for group in (place, *(path for path in place.rglob("*") if path.is_dir()))]


def networking() -> dict[str, str]:
    """The host's firewall rules (without counters), links and forwarding, to compare and to put back."""
    state = {"forwarding": FORWARDING.read_text().strip() if FORWARDING.exists() else ""}
    for family in ("iptables", "ip6tables"):
        program = shutil.which(f"{family}-save", path="/usr/sbin:/sbin:/usr/bin")
        saved = subprocess.run([program], capture_output=True, text=True, check=False).stdout if program else ""
        state[family] = "\n".join(line for line in saved.splitlines() if not line.startswith("#"))
    links = Path("/sys/class/net")
    state["links"] = " ".join(sorted(link.name for link in links.iterdir())) if links.is_dir() else ""
    return state


def put_back(before: dict[str, str]) -> None:
    """Undo what differs now: rules, the bridge docker0, forwarding. Says what still differs."""
    now = networking()
    for family in ("iptables", "ip6tables"):
        if without_counts(now[family]) != without_counts(before[family]):
            restore = shutil.which(f"{family}-restore", path="/usr/sbin:/sbin:/usr/bin")
            rules = before[family] or "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n*nat\nCOMMIT\n"
            subprocess.run([restore or family], input=f"{rules}\n", text=True, capture_output=True, check=False)
    if "docker0" in set(now["links"].split()) - set(before["links"].split()):
        subprocess.run(["ip", "link", "delete", "docker0"], capture_output=True, check=False)
    if now["forwarding"] != before["forwarding"] and before["forwarding"]:
        FORWARDING.write_text(before["forwarding"])
    after = networking()
    differs = [name for name in before if without_counts(after[name]) != without_counts(before[name])]
    if differs:
        print(f"e2e: the host's {' and '.join(differs)} are not as they were before", file=sys.stderr, flush=True)


def without_counts(rules: str) -> str:
    """Rules without the numbers of packets and bytes that chains carry, and without empty tables of an untouched host."""
    usable = [line.split(" [")[0] for line in rules.splitlines()]
    lines = [
        line
        for line in usable
        if not line.startswith(("*", "COMMIT")) and not (line.startswith(":") and line.endswith(" ACCEPT"))
    ]
    return "\n".join(lines) if "*" in rules else rules
