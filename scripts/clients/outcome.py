"""What a case of a client came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case: `why` it failed or was not run; `expected` whether it fails for a product that doghouse does not stand in for, or for words that changed."""

    client: str
    case: str
    result: Literal["passed", "failed", "not run"]
    why: str = ""
    expected: bool = False
