"""The page of each rule, as docs/rules/ has it: the folder stands in the package too."""

from pathlib import Path

FOLDER = Path(__file__).parent / "pages"


def page(rule: str) -> str:
    """The Markdown page of a rule."""
    return (FOLDER / f"{rule}.md").read_text("utf-8")
