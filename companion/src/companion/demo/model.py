"""A demo that runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from companion.app.options import SERVICE
from companion.demo.app import TracedApp
from companion.demo.children import Child
from companion.demo.postgres import Database
from companion.problem import Problem


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything that runs, once it does."""

    work: Path
    url: str
    keys_file: Path
    database: Database
    app: TracedApp
    agent: Child
    doghouse: Child
    live_since: int  # s: points from here on were lived, not simulated

    @property
    def service_page(self) -> str:
        """Where the traced app's resources and traces are seen."""
        return f"{self.url}/apm/services/{SERVICE}"

    def check(self) -> None:
        """Raise Problem if a part ended that the rest cannot do without; the database and the app are none."""
        for child in (self.doghouse, self.agent):
            if child.ended:
                raise Problem(f"{child.name} ended: {child.last_words()}")
