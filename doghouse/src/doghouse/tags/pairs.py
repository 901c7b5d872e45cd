"""Tags as pairs of key and value: `env:prod`; and the host that one of them names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NO_KEY = ""


def split(tag: str) -> tuple[str, str]:
    """`env:prod` → (`env`, `prod`); a tag without a colon is a key without a value. A value may hold colons."""
    key, _, value = tag.partition(":")
    return key, value


def group_text(group: Iterable[tuple[str, str]]) -> str:
    """A group as people write it: `host:web-1,env:prod`; nothing for a simple alert."""
    return ",".join(f"{key}:{value}" for key, value in group)


def values(tags: Iterable[str], key: str) -> list[str]:
    """The values of a key, in the order of the tags. Upper and lower case of keys are the same: as tags are kept there is no upper case."""
    return [value for name, value in map(split, tags) if name.lower() == key]


def by_key(tags: Iterable[str]) -> dict[str, list[str]]:
    """Tags as keys and their values, both sorted; those without a key stand under the empty one."""
    values: dict[str, set[str]] = {}
    for tag in tags:
        key, colon, value = tag.partition(":")
        values.setdefault(key if colon else NO_KEY, set()).add(value if colon else key)
    return {key: sorted(values[key]) for key in sorted(values)}


def split_host(tags: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The host that the tags name, and the others. GUESS: `host:x` as a tag and as a host are the same; of several hosts none is, and all stay tags."""
    hosts = {tag for tag in tags if tag.startswith("host:")}
    if len(hosts) != 1:
        return "", tuple(tags)
    (host,) = hosts
    return host.removeprefix("host:"), tuple(tag for tag in tags if tag != host)
