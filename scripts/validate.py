#!/usr/bin/env python3
"""What integrations-extras asks of my_metric: ddev's validators, its test, lint and release build, run from this root.

ddev is given a home of its own (.venv-ddev/home), so that nobody's configuration is read or written.
usage: scripts/validate.py [--root DIR] [--sync] [STEP ...]   (make validate)
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-ddev"
DDEV = str(VENV / "bin/ddev")
CHECK = "my_metric"
WRONG_USE = 64

# Without a target, these look at the whole repository; the others would compare with origin/master, which a fresh clone may not have.
WHOLE_REPOSITORY = ("ci", "codeowners", "dep")
ONE_CHECK = (
    "config", "dashboards", "eula", "http", "imports", "integration-style", "jmx-metrics", "legacy-signature",
    "metadata", "models", "openmetrics", "package", "readmes", "saved-views", "service-checks",
)  # fmt: skip
# Where no package index answers: the same wheel, with the hatchling of .venv-ddev instead of one in a fresh environment.
OFFLINE = {"release build": [str(VENV / "bin/python"), "-m", "build", "--wheel", "--no-isolation", CHECK]}
SYNC = (("config", CHECK), ("models", CHECK), ("ci",))

NO_INDEX = re.compile(
    r"error sending request|dns error|Failed to (fetch|download)|Could not connect|name resolution|tunnel error", re.I
)


class Result(NamedTuple):
    """A step that has run: its exit code, seconds and output."""

    name: str
    code: int
    seconds: float
    output: str


def commands() -> dict[str, list[str]]:
    """The name of each step and its command; the slowest first."""
    steps = {
        "test": [DDEV, "test", CHECK],
        "lint": [DDEV, "test", "--lint", CHECK],
        "release build": [DDEV, "release", "build", CHECK],
        # `ddev validate typos` exits 0 when there are typos, and 1 when there are none.
        "typos": [str(VENV / "bin/codespell"), CHECK],
    }
    steps |= {name: [DDEV, "validate", name] for name in WHOLE_REPOSITORY}
    return steps | {name: [DDEV, "validate", name, CHECK] for name in ONE_CHECK}


def environment(configuration_file: Path) -> dict[str, str]:
    """The caller's environment with a home of ddev's own; uv's cache, and where packages come from, stay the caller's."""
    home = VENV / "home"
    mine = {
        "HOME": home, "XDG_CONFIG_HOME": home / "config", "XDG_DATA_HOME": home / "data", "XDG_CACHE_HOME": home / "cache",
        "DDEV_CONFIG": configuration_file, "DDEV_DATA_DIR": home / "ddev-data", "DDEV_CACHE_DIR": home / "ddev-cache",
    }  # fmt: skip
    configuration = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    files = {
        "UV_CONFIG_FILE": configuration / "uv/uv.toml", "PIP_CONFIG_FILE": configuration / "pip/pip.conf",
        "GIT_CONFIG_GLOBAL": Path.home() / ".gitconfig",
    }  # fmt: skip
    theirs = {"UV_CACHE_DIR": cache / "uv"} | {name: path for name, path in files.items() if path.is_file()}
    paths = [VENV / "bin", python_folder(), os.environ.get("PATH", os.defpath)]
    return {
        **{name: str(path) for name, path in theirs.items()},
        **{name: text for name, text in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")},
        **{name: str(path) for name, path in mine.items()},
        "PATH": os.pathsep.join(map(str, paths)),
        "NO_COLOR": "1", "DDEV_INTERACTIVE": "0", "DO_NOT_TRACK": "1", "UV_LINK_MODE": os.environ.get("UV_LINK_MODE", "copy"),
    }  # fmt: skip


def python_folder() -> Path:
    """The folder of the real Python 3.13: hatch looks for `python3.13` on PATH, where pyenv may have but a shim that fails."""
    asked = [str(VENV / "bin/python"), "-c", "import sys; print(sys.base_prefix)"]
    return Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()) / "bin"


def configuration(root: Path) -> str:
    """ddev's configuration: the root stands for integrations-extras (`ddev validate ci` knows no other name)."""
    return f"repo = 'extras'\n[repos]\nextras = '{root}'\n"


def run(name: str, command: list[str], root: Path, env: dict[str, str]) -> Result:
    """One step; where no package index answers, once more with what uv has in its cache."""
    begun = time.monotonic()
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "text": True}
    done = subprocess.run(command, cwd=root, env=env, check=False, **output)
    if not done.returncode or not NO_INDEX.search(done.stdout) or "UV_OFFLINE" in env:
        return Result(name, done.returncode, time.monotonic() - begun, done.stdout)
    again = run(name, OFFLINE.get(name, command), root, env | {"UV_OFFLINE": "1"})
    hint = "no package index answered, and uv's cache lacks something that this step needs\n" if again.code else ""
    return Result(f"{name} (offline)", again.code, time.monotonic() - begun, again.output + hint)


def show(result: Result) -> None:
    """A line a step, and the output of one that failed."""
    print(f"{'failed' if result.code else 'ok':6} {result.seconds:5.1f} s  {result.name}", flush=True)
    if result.code:
        print("".join(f"         {line}\n" for line in result.output.rstrip().splitlines()), end="", flush=True)


def synchronize(root: Path, env: dict[str, str]) -> None:
    """Writes what ddev generates from spec.yaml and hatch.toml."""
    for name, *target in SYNC:
        show(run(f"{name} --sync", [DDEV, "validate", name, "--sync", *target], root, env))


def validate(root: Path, steps: dict[str, list[str]], env: dict[str, str]) -> list[Result]:
    """Runs the steps, as many at a time as there are processors, and shows each as it ends."""
    shutil.rmtree(root / CHECK / "dist", ignore_errors=True)
    results = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for step in as_completed([pool.submit(run, name, command, root, env) for name, command in steps.items()]):
            results.append(step.result())
            show(results[-1])
    return results


def arguments() -> argparse.Namespace:
    """What the caller asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="example: scripts/validate.py config models"
    )
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"only these of: {', '.join(commands())}")
    parser.add_argument(
        "--root",
        type=Path,
        default=ROOT,
        help="another repository that holds my_metric: a clone of integrations-extras",
    )
    parser.add_argument(
        "--sync",
        action="store_true",
        help="first write what ddev generates: conf.yaml.example, config_models, test-all.yml",
    )
    options = parser.parse_args()
    unknown = [name for name in options.steps if name not in commands()]
    if unknown or not (options.root / CHECK).is_dir():
        print(
            f"validate: there is no step {unknown[0]}" if unknown else f"validate: {options.root} has no {CHECK}/",
            file=sys.stderr,
        )
        sys.exit(WRONG_USE)
    return options


def main() -> int:
    """Exit code 1 if a step failed."""
    options = arguments()
    root = options.root.resolve()
    if subprocess.run([str(ROOT / "scripts/setup-ddev")], check=False).returncode:
        print("validate: 0 passed, 1 failed")
        return 1
    (VENV / "home").mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=VENV / "home", suffix=".toml") as file:
        file.write(configuration(root))
        file.flush()
        env = environment(Path(file.name))
        if options.sync:
            synchronize(root, env)
        steps = {name: command for name, command in commands().items() if not options.steps or name in options.steps}
        results = validate(root, steps, env)
    failed = sum(1 for result in results if result.code)
    print(f"validate: {len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
