"""Puts my_metric's assets into the wheel, so that an installed `my-metric` finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):
    """An editable install finds them in the repository."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a wheel."""
        assets = Path(self.root).parent / "my_metric" / "assets"
        for folder in ("dashboards", "monitors") if version != "editable" and assets.is_dir() else ():
            build_data["force_include"][str(assets / folder)] = f"companion/assets/{folder}"
