"""How `make docs` makes a site of the repository's pages: Sphinx reads their Markdown by MyST (CommonMark, as GitHub does); nothing is loaded from elsewhere.

The pages are written to be read as they lie in the repository: this file knows none of them by name but the one that they begin with.
"""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ENTRY = "docs/README"

project = "doghouse"
root_doc = ENTRY
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
include_patterns = ["docs/**", "*.md", "*/README.md", "deploy/*/README.md"]
myst_heading_anchors = 4
suppress_warnings = [
    "toc.not_included",
    "myst.header",
    "myst.xref_missing",  # a link to a folder, which has no page: scripts/tests hold links to what there is
    "misc.highlighting_failure",  # examples of what is wrong, which no lexer takes
]
html_theme = "furo"
html_title = "doghouse"
html_show_sphinx = False
html_copy_source = False
pygments_style = "default"
pygments_dark_style = "monokai"


def with_contents(app: Any, name: str, text: list[str]) -> None:
    """Give the first page a list of those that it links to, for the side of the site: they stand there in its order."""
    if name == ENTRY:
        pages = dict.fromkeys(re.findall(r"\]\(([\w./-]+)\.md\)", text[0]))
        text[0] += "\n\n```{toctree}\n:hidden:\n\n" + "\n".join(pages) + "\n```\n"


def setup(app: Any) -> None:
    """Sphinx asks for this."""
    app.connect("source-read", with_contents)
