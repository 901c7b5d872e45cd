"""What differs from run to run: addresses, ids by chance, folders. Each gets a name by the order in which it appears."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from scripts.goldens.case import rounded

STEADY = (  # what it looks like, and what stands in its place
    (re.compile(r"/ui/static/[^\"' )>]*"), "/ui/static/…"),
    (re.compile(r'nonce="[^"]*"'), 'nonce="…"'),
    (re.compile(r"\b[0-9a-f]{40}\.png"), "PICTURE.png"),
    (re.compile(r'"commit":("[0-9a-f]+"|null)'), '"commit":"…"'),
    (re.compile(r'"lag_s":[\d.]+'), '"lag_s":…'),
    (re.compile(r"\beyJhZnRlciI6[\w-]+=*"), "CURSOR"),  # base64 of {"after": and an id
)
BY_CHANCE = (  # what it looks like, and what it is called before its number
    (re.compile(r"\b[2-9a-km-np-z]{3}-[2-9a-km-np-z]{3}-[2-9a-km-np-z]{3}\b"), "board"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "uuid"),
    (re.compile(r"\b[6-8]\d{18}\b"), "event"),
    (re.compile(r"(?<![.\d])(?!177)\d{13,16}\b"), "widget"),
    (re.compile(r'(?<=["=])[\w-]{24}(?=")'), "uid"),
)


@dataclass(slots=True)
class Names:
    """The names given so far. `fixed` are texts known beforehand (a house's address, its folder) and what stands in their place."""

    fixed: dict[str, str]
    _given: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def steady(self, text: str) -> str:
        """The text as it is in each run."""
        text = rounded(text)
        for known, name in self.fixed.items():
            text = text.replace(known, name)
        for pattern, name in STEADY:
            text = pattern.sub(name, text)
        for pattern, kind in BY_CHANCE:
            text = pattern.sub(lambda match, kind=kind: self._name(match[0], kind), text)
        return text

    def _name(self, text: str, kind: str) -> str:
        if text not in self._given:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._given[text] = f"<{kind} {self._counts[kind]}>"
        return self._given[text]


def of_house(url: str, folder: Path) -> Names:
    """Names for the answers of a house."""
    return Names({url: "http://HOUSE", url.removeprefix("http://"): "HOUSE", str(folder): "DATA"})
