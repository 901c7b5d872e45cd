"""Numbers for what has no id yet, so that a composite can name its members."""

from __future__ import annotations

import hashlib


def made_up_id(name: str) -> int:
    """A monitor's id, made of its name: nine digits, the same at each run. Datadog gives the real one."""
    return 100_000_000 + int(hashlib.sha256(name.encode()).hexdigest()[:12], 16) % 900_000_000
