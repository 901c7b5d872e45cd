"""Lets one run of pytest take the tests of all rooms."""

import contextlib

# Tests are named after their folders (companion/tests → companion.tests): the package must be there first. my_metric's own environment has none.
with contextlib.suppress(ImportError):
    import companion  # noqa: F401
