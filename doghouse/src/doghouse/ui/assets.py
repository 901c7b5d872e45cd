"""The files that a page loads: our own in static/, and uPlot, which a built doghouse has there too (hatch_build.py)."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

from doghouse.ui.errors import no_such_page
from doghouse.web.errors import present
from doghouse.web.http import Call, Reply

FOLDERS = [Path(__file__).parent / "static"]
UPLOT = ("uPlot.iife.js", "uPlot.min.css")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@lru_cache
def files() -> dict[str, Path]:
    """Every file that can be asked for, by its name after /ui/static/."""
    own = {
        path.relative_to(folder).as_posix(): path
        for folder in FOLDERS
        for path in folder.rglob("*")
        if path.suffix in TYPES and path.is_file()
    }
    names = [f"uplot/{name}" for name in UPLOT]
    missing = [name for name in names if name not in own]
    return own | {name: uplot_folder() / Path(name).name for name in missing}


def uplot_folder() -> Path:
    """Where uplot-python keeps uPlot, for a doghouse that runs from its repository. Found without importing the package, which would ask for IPython."""
    spec = importlib.util.find_spec("uplot")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(
            "uPlot is not there: a built doghouse has it, one that runs from its repository takes it from the package uplot-python"
        )
    return Path(spec.submodule_search_locations[0]) / "static"


@lru_cache
def version() -> str:
    """A name for the state of all files: part of their addresses, so that they can be cached for good."""
    digest = hashlib.sha256()
    for name, path in sorted(files().items()):
        digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def serve(call: Call) -> Reply:
    """`GET /ui/static/{version}/{name}`."""
    path = present(files().get(call.params["name"]), no_such_page(call.path))
    fresh = call.params["version"] == version()
    cache = "public, max-age=31536000, immutable" if fresh else "no-store"
    return Reply(path.read_bytes(), content_type=TYPES[path.suffix], headers={"Cache-Control": cache})
