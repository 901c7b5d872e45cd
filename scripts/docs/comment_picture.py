#!/usr/bin/env python3
"""How a report's Markdown looks as a comment: comment_picture.py REPORT.md PICTURE.png. The colours and widths are GitHub's of 2026, nearly."""

from __future__ import annotations

import sys
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

STYLE = """
body { margin: 16px; width: 860px; background: #fff; color: #1f2328; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
main { border: 1px solid #d1d9e0; border-radius: 6px; padding: 16px; }
h3 { margin: 0 0 16px; font-size: 1.25em; } p, table, details, ul, pre { margin: 0 0 16px; }
table { border-collapse: collapse; display: block; width: max-content; max-width: 100%; overflow: auto; }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; } tr { background: #fff; } tr:nth-child(2n) { background: #f6f8fa; }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font: 85% ui-monospace, "DejaVu Sans Mono", monospace; white-space: break-spaces; }
pre { background: #f6f8fa; border-radius: 6px; padding: 16px; overflow: auto; } pre code { background: none; padding: 0; }
sub { font-size: 75%; line-height: 0; position: relative; vertical-align: baseline; bottom: -.25em; }
"""


def picture(report: str, path: Path) -> None:
    """Write a picture of a Markdown text as a comment shows it."""
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(report)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 920, "height": 200})
        page.set_content(f"<meta charset='utf-8'><style>{STYLE}</style><main>{html}</main>")
        page.screenshot(path=path, full_page=True)
        browser.close()


if __name__ == "__main__":
    picture(Path(sys.argv[1]).read_text("utf-8"), Path(sys.argv[2]))
