"""Lets one run of pytest take the tests of all rooms."""

import contextlib
import os

from hypothesis import HealthCheck, settings

# Tests are named after their folders (companion/tests → companion.tests): the package must be there first. my_metric's own environment has none.
with contextlib.suppress(ImportError):
    import companion  # noqa: F401

# A law holds on a busy machine too: what a law takes is nothing that its test is about. CI tries the same examples each time, so that it
# fails for what a change did; everybody else's run tries new ones.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("house")
