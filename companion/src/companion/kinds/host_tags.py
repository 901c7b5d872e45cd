"""The tags of a host, under the source `users`. Marked by one more tag, which lists those that we added: `my-metric-tags:env:lab/role:web`.

Tags have neither description nor owner, and a person may have set some of them before us; the list tells whose is whose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from companion.client import Account, ApiProblem
from companion.diff import Change
from companion.kinds.model import Existing, Kind, Resource

SOURCE = "users"  # what Datadog takes for tags that come from no tool of its list
LIST = "my-metric-tags:"


class HostTags(Kind):
    """Host tags, over the v1 API. A body is `{"tags": [...]}`; what others have set on the host is no part of it."""

    name = "host tags"

    @override
    def find(self, account: Account) -> list[Existing]:
        by_tag: Mapping[str, Sequence[str]] = account.call("list_host_tags", source=SOURCE)["tags"]
        hosts = sorted({host for tag, hosts in by_tag.items() if tag.startswith(LIST) for host in hosts})
        return [_existing(host, [tag for tag, on in by_tag.items() if host in on]) for host in hosts]

    @override
    def get(self, account: Account, id: str) -> Existing:
        return _existing(id, _tags(account, id))

    @override
    def differences(self, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[Change]:
        missing = [tag for tag in expected["tags"] if tag not in actual["all"]]
        stale = [tag for tag in actual["tags"] if tag not in expected["tags"]]
        return [Change("tags", None, tag) for tag in missing] + [Change("tags", tag, None) for tag in stale]

    @override
    def create(self, account: Account, resource: Resource) -> str:
        host = str(resource.body["host"])
        before = _tags(account, host)
        ours = [tag for tag in resource.body["tags"] if tag not in before]
        body = {"host": host, "tags": [*ours, _list(ours)]}
        account.call("create_host_tags", host_name=host, source=SOURCE, body=body)
        return host

    @override
    def update(self, account: Account, existing: Existing, body: Mapping[str, Any]) -> None:
        now = _existing(existing.id, _tags(account, existing.id)).body
        others = [tag for tag in now["all"] if tag not in now["tags"]]
        ours = [tag for tag in body["tags"] if tag not in others]
        tags = [*others, *ours, *([_list(ours)] if body["tags"] else [])]
        account.call("update_host_tags", host_name=existing.id, source=SOURCE, body={"host": existing.id, "tags": tags})

    @override
    def remove(self, account: Account, existing: Existing) -> None:
        self.update(account, existing, {"tags": []})


def _tags(account: Account, host: str) -> list[str]:
    try:
        return list(account.call("get_host_tags", host_name=host, source=SOURCE).get("tags") or [])
    except ApiProblem as problem:
        if problem.status == 404:  # a host without tags
            return []
        raise


def _existing(host: str, tags: Sequence[str]) -> Existing:
    owned = {tag for listed in tags if listed.startswith(LIST) for tag in listed.removeprefix(LIST).split("/")}
    plain = [tag for tag in tags if not tag.startswith(LIST)]
    body = {"host": host, "tags": [tag for tag in plain if tag in owned], "all": plain}
    return Existing(f"{LIST}{host}", host, host, body)


def _list(tags: Sequence[str]) -> str:
    return LIST + ("/".join(tags) or "none")
