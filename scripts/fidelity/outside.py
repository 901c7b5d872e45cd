"""What is outside: cases that need another product, or an organisation with a past. Named in outside.yaml before the first run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .client import Scenario, slug

FILE = Path(__file__).with_name("outside.yaml")


@dataclass(frozen=True)
class Outside:
    """The file, and what it says of a request or a case: the product's name, or None."""

    products: dict[str, dict[str, Any]]
    earlier_state: dict[str, str]

    def of_request(self, path: str, body: str | None) -> str | None:
        """The product that a request belongs to."""
        for name, product in self.products.items():
            if any(re.match(pattern, path) for pattern in product.get("paths", ())):
                return name
        return self.of_body(body or "") if path.startswith("/api/v2/query/") else None

    def of_body(self, body: str) -> str | None:
        """The product whose data a query asks for."""
        asked = set(re.findall(r'"data_source"\s*:\s*"(\w+)"', body))
        for name, product in self.products.items():
            if asked & set(product.get("data_sources", ())):
                return name
        return None

    def of_names(self, givens: Iterable[str], operations: Iterable[str]) -> str | None:
        """The product that a scenario or example needs: to be set up, or to be asked."""
        for name, product in self.products.items():
            if set(product.get("givens", ())) & set(givens) or set(product.get("operations", ())) & set(operations):
                return name
        return None

    def earlier_state_of(self, scenario: Scenario) -> str | None:
        """The past that a scenario needs: that of its recording."""
        return self.earlier_state.get(f"{scenario.feature.partition('/')[0]}/test_{slug(scenario.name)}")


def read() -> Outside:
    """What outside.yaml says."""
    document = yaml.safe_load(FILE.read_text())
    return Outside(document["products"], document["earlier_state"])
