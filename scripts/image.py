#!/usr/bin/env python3
"""The images of deploy/, built by a real engine and tried: what stands in scripts/tests/test_image.py, with an engine for it.

usage: scripts/image.py [--engine debian]   (make image ENGINE=debian)
"""

import argparse
import os
import subprocess
import sys

import e2e_engine
import validate


def main() -> None:
    """Run the tests with an engine, and say in one sentence why there is none."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--engine", choices=["", "debian"], default="", help="debian: install and start one for this")
    asked = parser.parse_args()
    tests = [validate.ROOT / ".venv/bin/python", "-m", "pytest", "-q", "-n", "0", "-rs", "scripts/tests/test_image.py"]
    try:
        with e2e_engine.engine(asked.engine) as host:
            done = subprocess.run(tests, cwd=validate.ROOT, env=os.environ | host, check=False)
    except e2e_engine.NoEngine as reason:
        sys.exit(f"image: not run: {reason}")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
