#!/usr/bin/env python3
"""my_metric as a change to a clone of integrations-extras: the folder, and its lines in CODEOWNERS, the labeler and the tests' workflow.

usage: scripts/extras_pr.py CLONE [--owner @user]   (make extras-pr CLONE=DIR OWNER=@user). Run again, it changes only what differs.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECK = "my_metric"
WRONG_USE = 64

CODEOWNERS = ".github/CODEOWNERS"
WORKFLOW = ".github/workflows/test-all.yml"
# extras has had none since 2026, core has the first
LABELERS = (".github/workflows/config/labeler.yml", ".github/labeler.yml")
LABEL = f"integration/{CHECK}:\n- changed-files:\n  - any-glob-to-any-file:\n    - {CHECK}/**/*\n"

OWNED = re.compile(r"/([\w.-]+)/\S*\s")
# What .github/workflows/validate.yml there has run (2026).
STEPS = "ci config imports integration-style jmx-metrics legacy-signature metadata models package readmes codeowners"
TOP_LEVEL_KEY = re.compile(r"^(?=[^\s#-][^\n]*:)", re.M)
JOB = re.compile(r"^(?=  \w+:\n)", re.M)
TARGET = re.compile(r"^      target: (\S+)$", re.M)
WORKFLOW_USED = re.compile(r"/test-target\.yml@(\S+)")


def place(names: list[str], name: str) -> int:
    """Where to insert a name so that the fewest of the others stand on its wrong side; most of these lists are not quite sorted."""
    wrong = [
        sum(entry > name for entry in names[:at]) + sum(entry < name for entry in names[at:])
        for at in range(len(names) + 1)
    ]
    return wrong.index(min(wrong))


def with_owner(text: str, owner: str) -> str:
    """CODEOWNERS with a line for the folder, in the first run of such lines and in their columns, between two integrations' lines."""
    lines = text.splitlines(keepends=True)
    owned = [(at, match[1]) for at, line in enumerate(lines) if (match := OWNED.match(line))]
    if any(name == CHECK for _, name in owned):
        return text
    run = [row for number, row in enumerate(owned) if row[0] == owned[0][0] + number]
    if not run:
        return f"{text.rstrip()}\n/{CHECK}/ {owner}\n"
    firsts = [row for number, row in enumerate(run) if not number or row[1] != run[number - 1][1]]
    at = [*(at for at, _ in firsts), run[-1][0] + 1][place([name for _, name in firsts], CHECK)]
    column = re.search(r"\S+\s+", lines[run[0][0]]).end()
    return "".join([*lines[:at], f"/{CHECK}/".ljust(column - 1) + f" {owner}\n", *lines[at:]])


def with_label(text: str) -> str:
    """A labeler configuration with the folder's label."""
    blocks = TOP_LEVEL_KEY.split(text if text.endswith("\n") else f"{text}\n")
    if any(block.startswith(f"integration/{CHECK}:") for block in blocks):
        return text
    head, keys = blocks[0], blocks[1:]
    at = place([key.split(":")[0] for key in keys], f"integration/{CHECK}")
    return "".join([head, *keys[:at], LABEL, *keys[at:]])


def with_job(text: str, ours: str) -> str:
    """The workflow with the job that `ddev validate ci --sync` would write: ours, using the version of theirs."""
    head, _, jobs = text.partition("\njobs:")
    blocks = JOB.split(jobs.removeprefix(" {}").removeprefix("\n"))
    named = [(TARGET.search(block)[1], block) for block in blocks if TARGET.search(block)]
    if any(target == CHECK for target, _ in named):
        return text
    version = WORKFLOW_USED.search(text)
    job = WORKFLOW_USED.sub(f"/test-target.yml@{version[1] if version else 'master'}", our_job(ours))
    at = place([target for target, _ in named], CHECK)
    listed = [block for _, block in named]
    return "".join([head, "\njobs:\n", *listed[:at], job, *listed[at:]])


def our_job(workflow: str) -> str:
    """The block of the folder's job in this repository's workflow."""
    return next(
        block for block in JOB.split(workflow.partition("\njobs:\n")[2]) if f"\n      target: {CHECK}\n" in block
    )


def tracked(repository: Path) -> set[Path]:
    """The folder's files that git knows in a repository, relative to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", CHECK], cwd=repository, check=True, capture_output=True, text=True
    )
    return {Path(name) for name in listed.stdout.split("\0") if name and (repository / name).is_file()}


def copy_folder(clone: Path) -> int:
    """Copies the files that git knows here, removes those that it knows there and that are gone here; returns how many are new or other."""
    ours = tracked(ROOT)
    for stale in tracked(clone) - ours:
        (clone / stale).unlink()
    other = [file for file in ours if not same(ROOT / file, clone / file)]
    for file in other:
        (clone / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, clone / file)
    return len(other)


def same(first: Path, second: Path) -> bool:
    """Whether both files have the same content."""
    return second.is_file() and first.read_bytes() == second.read_bytes()


def rewrite(file: Path, text: str) -> str:
    """Writes a file if that changes it, and says which."""
    if file.read_text(encoding="utf-8") == text:
        return "as it was"
    file.write_text(text, encoding="utf-8")
    return "added"


def problem(clone: str) -> str | None:
    """Why this can't be a clone of integrations-extras, in one sentence."""
    folder = Path(clone)
    if not clone:
        return "name a clone of integrations-extras: make extras-pr CLONE=DIR"
    if not folder.is_dir():
        return f"CLONE={clone} is not a folder; expected a clone of integrations-extras"
    if folder.resolve() == ROOT:
        return f"CLONE={clone} is this repository; expected a clone of integrations-extras"
    missing = next((name for name in (".git", CODEOWNERS, WORKFLOW) if not (folder / name).exists()), None)
    return f"CLONE={clone} has no {missing}; expected a clone of integrations-extras" if missing else None


def our_owner() -> str:
    """Who owns the folder in this repository's CODEOWNERS."""
    return re.search(rf"^/{CHECK}/\s+(.*)$", (ROOT / CODEOWNERS).read_text(), re.M)[1]


def main() -> int:
    """Exit code 64 for a wrong argument."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="example: scripts/extras_pr.py ../integrations-extras --owner @me"
    )
    parser.add_argument("clone", nargs="?", default="", help="a clone of integrations-extras")
    parser.add_argument("--owner", default=our_owner(), help="a GitHub user or team, with its @; default: %(default)s")
    options = parser.parse_args()
    wrong = problem(options.clone) or (
        None
        if options.owner.startswith("@")
        else f"--owner {options.owner} must begin with @: ddev accepts no mail address first"
    )
    if wrong:
        print(f"extras-pr: {wrong}", file=sys.stderr)
        return WRONG_USE
    clone = Path(options.clone)
    print(f"{CHECK}/: {copy_folder(clone)} files written")
    owners = rewrite(clone / CODEOWNERS, with_owner((clone / CODEOWNERS).read_text(), options.owner))
    print(f"{CODEOWNERS}: {owners}")
    print(
        f"{WORKFLOW}: {rewrite(clone / WORKFLOW, with_job((clone / WORKFLOW).read_text(), (ROOT / WORKFLOW).read_text()))}"
    )
    for name in LABELERS:
        if (clone / name).is_file():
            print(f"{name}: {rewrite(clone / name, with_label((clone / name).read_text()))}")
    print(f"next: scripts/validate.py --root {clone} {STEPS}, then commit {CHECK} and .github there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
