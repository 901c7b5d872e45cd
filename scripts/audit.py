#!/usr/bin/env python3
"""`make audit`: whether a locked dependency has a known vulnerability, by pip-audit; exits 1 if one has, 2 where none could be checked.

pip-audit asks the package index's JSON API, or OSV (`ARGS="-s osv"`). An index that is a mirror may know no vulnerabilities: then this says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    command = [ROOT / ".venv-tools/bin/pip-audit", "-r", ROOT / "requirements.txt", "--no-deps", "--disable-pip"]
    command += ["--progress-spinner", "off", "-f", "json", *sys.argv[1:]]
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    try:
        listed = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        why = (ran.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        print(f"audit: could not be done: {why}")
        return 2
    checked = [dependency for dependency in listed if "vulns" in dependency]
    known = [
        (dependency["name"], dependency["version"], vulnerability["id"])
        for dependency in checked
        for vulnerability in dependency["vulns"]
    ]
    for name, version, id in known:
        print(f"audit: {name} {version}: {id}")
    print(
        f"audit: {len(checked)} of {len(listed)} dependencies could be checked, {len(known)} vulnerabilities are known"
    )
    return 1 if known else 0 if checked else 2


if __name__ == "__main__":
    sys.exit(main())
