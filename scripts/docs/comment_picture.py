#!/usr/bin/env python3
"""How a report's Markdown looks as a comment on GitHub, nearly: comment_picture.py REPORT.md PICTURE.png."""

from __future__ import annotations

import sys
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

STYLE = """
body { font: 14px/1.5 "DejaVu Sans", "Liberation Sans", Arial, sans-serif; color: #1f2328; width: 860px; margin: 0; padding: 16px 24px; }
h3, h4 { margin: 20px 0 8px; } h3 { font-size: 18px; } h4 { font-size: 15px; border-top: 1px solid #d1d9e0; padding-top: 14px; }
code, pre { font: 12px/1.45 "Liberation Mono", "DejaVu Sans Mono", monospace; background: #f6f8fa; border-radius: 6px; }
code { padding: 2px 5px; } pre { padding: 10px 12px; overflow: auto; }
table { border-collapse: collapse; margin: 8px 0; } th, td { border: 1px solid #d1d9e0; padding: 4px 12px; }
ins { background: #dafbe1; text-decoration: none; } del { background: #ffebe9; } ul { padding-left: 22px; margin: 8px 0; }
"""
SIGNS = {  # of which a machine without a coloured font has only boxes
    "❌": '<b style="color: #cf222e">✗</b>',
    "✅": '<b style="color: #1a7f37">✓</b>',
    "⚠️": '<b style="color: #9a6700">⚠</b>',
    "💬": "ℹ",
}


def picture(report: str, path: Path) -> None:
    """Write a picture of a Markdown text as a comment shows it, with its folded parts open."""
    for emoji, sign in SIGNS.items():
        report = report.replace(emoji, sign)
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(report)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 910, "height": 600})
        whole = f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{html}'
        page.set_content(whole.replace("<details>", "<details open>"))
        page.screenshot(path=path, full_page=True)
        browser.close()


if __name__ == "__main__":
    picture(Path(sys.argv[1]).read_text("utf-8"), Path(sys.argv[2]))
