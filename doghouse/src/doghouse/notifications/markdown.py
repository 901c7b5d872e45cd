"""Markdown as HTML, for pages and mails: no HTML of its own gets through, and a picture becomes a link, for nothing is loaded from elsewhere."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any

_URL = re.compile(r"https?://[^\s<>&\"']+(?:&amp;[^\s<>&\"']+)*")
_KEPT = re.compile(r"(<a .*?</a>|<code.*?</code>|<[^>]+>)", re.S)  # where an address is not made a link


@lru_cache(maxsize=256)
def render(text: str) -> str:
    """The text as HTML; a line break stays one."""
    return str(_reader().render(text))


def linked(text: str) -> str:
    """The text as HTML, its bare addresses as links."""
    parts = _KEPT.split(render(text))  # text and what is kept take turns
    parts[::2] = [_URL.sub(lambda match: f'<a href="{match[0]}">{match[0]}</a>', part) for part in parts[::2]]
    return "".join(parts)


@lru_cache
def _reader() -> Any:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable("table")
    reader.add_render_rule("image", _picture)
    return reader


def _picture(_renderer: Any, tokens: Any, index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    source = str(token.attrs.get("src", ""))
    words = html.escape(token.content or source)
    if source.startswith("data:image/"):
        return f'<img src="{html.escape(source)}" alt="{words}">'
    return f'<a href="{html.escape(source)}" rel="noreferrer">{words} (picture, not loaded)</a>'
