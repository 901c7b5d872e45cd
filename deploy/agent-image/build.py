#!/usr/bin/env python3
"""Builds an image that ddev's docker environments take for an Agent's, out of Debian's and Python's packages alone (see README.md).

usage: deploy/agent-image/build.py IMAGE   (with a Docker engine that DOCKER_HOST names, or the usual one)
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BASE_PACKAGES = ("python3", "ca-certificates", "procps")
EMBEDDED = "opt/datadog-agent/embedded"
# What the agent imports, and what ddev's `pip install -e` of a check needs without an index.
PYTHON_PACKAGES = (
    "datadog-checks-base[deps]", "psycopg[binary]", "platformdirs", "protobuf", "psutil", "zstandard",
    "pip", "hatchling", "editables", "setuptools",
)  # fmt: skip
SETTINGS = (
    "ENV DD_CONFD_PATH=/etc/datadog-agent/conf.d PYTHONUNBUFFERED=1",
    f"ENV PATH=/{EMBEDDED}/bin:/opt/datadog-agent/bin/agent:/usr/local/bin:/usr/bin:/bin",
    "ENV PIP_NO_INDEX=1 PIP_NO_BUILD_ISOLATION=0 PIP_ROOT_USER_ACTION=ignore",  # 0 switches isolation off, as pip reads it
    'CMD ["agent", "run", "--no-key-check"]',
)
LABEL = "doghouse.made-of"


class BuildError(Exception):
    """Why there is no image: one sentence."""


def build(image: str) -> None:
    """Make the image, unless one of the same parts is there. Raises BuildError."""
    suite, sources = debian()
    base = f"doghouse/debian:{suite}"
    if not made_of(base):
        make_base(base, suite, sources)
    version = python_version(base)
    wanted = fingerprint(version)
    if made_of(image) == wanted:
        return
    say(f"making {image} on {base} with Python {version}")
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        fill(stage, version)
        commit(image, base, stage, wanted)


def debian() -> tuple[str, list[Path]]:
    """This Debian's name, and the files that say where its packages come from. Raises BuildError."""
    release = Path("/etc/os-release").read_text(encoding="utf-8") if Path("/etc/os-release").exists() else ""
    said = dict(line.split("=", 1) for line in release.splitlines() if "=" in line)
    if said.get("ID") != "debian" or "VERSION_CODENAME" not in said:
        raise BuildError("the image is built from the packages of a Debian, and this is none")
    listed = Path("/etc/apt/sources.list")
    has_lines = listed.exists() and any(line.startswith("deb ") for line in listed.read_text().splitlines())
    sources = [listed] if has_lines else sorted(Path("/etc/apt/sources.list.d").glob("*.sources"))
    return said["VERSION_CODENAME"].strip('"'), sources


def make_base(base: str, suite: str, sources: list[Path]) -> None:
    """A minimal Debian with Python."""
    if shutil.which("mmdebstrap") is None:
        raise BuildError("mmdebstrap is missing: apt-get install mmdebstrap")
    say(f"making {base} (about half a minute, once)")
    with tempfile.TemporaryDirectory() as folder:
        tar = Path(folder) / "base.tar"
        call("mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(BASE_PACKAGES)}", suite, tar, *sources)
        call("docker", "import", "--change", f"LABEL {LABEL}=base", tar, base)


def fill(stage: Path, version: str) -> None:
    """What goes on top of the base: a virtual environment with the agent in it, its command, an empty conf.d."""
    embedded = stage / EMBEDDED
    site = embedded / "lib" / f"python{version}" / "site-packages"
    site.mkdir(parents=True)
    (embedded / "bin").mkdir()
    (embedded / "bin" / "python3").symlink_to("/usr/bin/python3")
    (embedded / "bin" / "python").symlink_to("python3")
    (embedded / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {version}\n"
    )
    install(site, version)
    shutil.copytree(ROOT / "doghouse/src/doghouse", site / "doghouse", ignore=shutil.ignore_patterns("__pycache__"))
    command = stage / "opt/datadog-agent/bin/agent"
    command.mkdir(parents=True)
    shutil.copy2(HERE / "agent", command / "agent")
    (stage / "etc/datadog-agent/conf.d").mkdir(parents=True)


def install(site: Path, version: str) -> None:
    """The Python packages, at the versions of requirements.txt, for the image's Python."""
    uv = shutil.which("uv") or str(ROOT / ".tools/bin/uv")
    if not Path(uv).exists():
        raise BuildError("uv is missing: make setup gets one")
    packages = [*PYTHON_PACKAGES, "-r", ROOT / "doghouse/pyproject.toml"]
    call(
        uv, "pip", "install", "-q", "--python", ROOT / ".venv/bin/python", "--python-version", version, "--target", site,
        "--no-build", "-c", ROOT / "requirements.txt", *packages,
    )  # fmt: skip


def commit(image: str, base: str, stage: Path, wanted: str) -> None:
    """The image: the base, the stage copied in, and how it runs."""
    container = call("docker", "create", "--network", "none", base, "true")
    try:
        call("docker", "cp", f"{stage}/.", f"{container}:/")
        changes = [part for line in (*SETTINGS, f"LABEL {LABEL}={wanted}") for part in ("--change", line)]
        call("docker", "commit", *changes, container, image)
    finally:
        call("docker", "rm", container)


def fingerprint(version: str) -> str:
    """Changes when what the image is made of does."""
    parts = [
        HERE / "build.py",
        HERE / "agent",
        ROOT / "requirements.txt",
        *sorted((ROOT / "doghouse/src").rglob("*.py")),
    ]
    digest = hashlib.sha256(version.encode())
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()[:16]


def made_of(image: str) -> str:
    """The label that an image got when it was made; empty where there is no such image."""
    asked = ["docker", "image", "inspect", "--format", f'{{{{index .Config.Labels "{LABEL}"}}}}', image]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def python_version(base: str) -> str:
    """The Python of the base, as 3.13."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return call("docker", "run", "--rm", "--network", "none", base, "python3", "-c", code)


def say(text: str) -> None:
    """Tell whoever waits, on stderr."""
    sys.stderr.write(f"agent-image: {text}\n")
    sys.stderr.flush()


def call(*command: object) -> str:
    """Run a command; what it printed. Raises BuildError with its last words."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BuildError(f"{words[0]} is missing") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise BuildError(f"{' '.join(words[:3])}: {last}")
    return done.stdout.strip()


def main() -> None:
    """Build what is asked for."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__.strip() if "--help" in sys.argv else "usage: deploy/agent-image/build.py IMAGE")
    try:
        build(sys.argv[1])
    except BuildError as error:
        say(str(error))
        sys.exit(1)


if __name__ == "__main__":
    os.environ.setdefault("DOCKER_CLI_HINTS", "false")
    main()
