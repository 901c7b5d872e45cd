"""Every link and picture of the pages leads somewhere in this repository, headings included."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent.parent.parent
PAGES = sorted(
    {
        page
        for pattern in ("*.md", "docs/*.md", "docs/*/*.md", "*/README.md", "deploy/*/README.md")
        for page in ROOT.glob(pattern)
    }
)


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def targets(page: Path) -> Iterator[str]:
    for token in flat(MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))):
        target = token.attrGet("href" if token.type == "link_open" else "src")
        if token.type in ("link_open", "image") and not re.match(r"[a-z]+:", str(target)):
            yield str(target)


def anchors(page: Path) -> set[str]:
    """The headings, as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_of_a_page_leads_somewhere(page: Path) -> None:
    lost = []
    for target in targets(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(target)

    assert lost == []


MESSAGES = sorted({*ROOT.glob("doghouse/src/**/*.py"), *ROOT.glob("companion/src/**/*.py")})


@pytest.mark.parametrize("page", [*PAGES, *MESSAGES], ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_or_message_installs_from_a_registry_what_is_on_none(page: Path) -> None:
    installing = r"(?:pip|pipx|uv tool|uv pip) install (?:-\S+ )*['\"]?(?:doghouse|my-metric)"
    named = [
        command
        for command in re.findall(installing + r"\S*(?: @ git\+)?", page.read_text(encoding="utf-8"))
        if "@" not in command
    ]
    assert named == []
