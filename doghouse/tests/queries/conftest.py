"""Lets the tests of queries share query_points.py: pytest's importlib mode puts no test folder on the path."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
settings.register_profile("queries", deadline=None)  # a busy machine is no failure
settings.load_profile("queries")
