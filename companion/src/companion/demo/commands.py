"""`my-metric demo`: what its options are, and where it is done."""

from __future__ import annotations

from companion.demo.options import Wishes


def demo(wishes: Wishes) -> int:
    """Run the whole house on this machine: agent, database, timeboard; no account.

    Example: my-metric demo --no-open
    """
    from companion.demo import run

    return run.demo(wishes)
