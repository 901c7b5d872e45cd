"""What every kind of object shares: the mark, an object as it should be, an object as it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from companion.client import Account, ApiProblem
from companion.diff import Change, as_sets, differences
from companion.problem import Fault

GONE = 404  # the status of an object that is not there
MARK = "managed-by:my-metric"  # Datadog keeps it with the object, so there is no state file to lose


@dataclass(frozen=True, slots=True)
class Resource:
    """An object as it should be. `mark` tells it from all others in the account; `body` is what the API is sent."""

    kind: Kind
    name: str
    mark: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Existing:
    """An object in the account that carries one of our marks. `created` orders duplicates: the oldest has the least."""

    mark: str
    id: str
    name: str
    body: Mapping[str, Any]
    created: tuple[str, str] = ("", "")


class Kind(ABC):
    """How one kind of object is handled. Each method makes the calls that its name says, and no other."""

    name: str
    noun: ClassVar[str]  # the kind in the client's operations: `dashboard` of get_dashboard and its dashboard_id
    model: ClassVar[str] = ""  # the official client's class of a body, behind `datadog_api_client.`; empty: none
    server_fields: ClassVar[Collection[str]] = ()  # that the server alone writes
    any_order: ClassVar[Collection[str]] = ()  # lists whose order says nothing
    listed_whole: ClassVar[bool] = True  # whether `find` gives all of an object, so that it need not be got again
    mark_field: ClassVar[str] = ""  # of a body, a list of tags or a text, which carries the mark; empty: no adoption
    name_field: ClassVar[str] = "name"  # of a body, whose first line is the object's name
    replaced: ClassVar[bool] = False  # whether an update takes the place of all that was there

    @abstractmethod
    def find(self, account: Account) -> list[Existing]:
        """All that carry one of our marks, whatever else the account holds, in a constant number of calls."""

    def get(self, account: Account, id: str) -> Existing:
        """One object whole, by its id, marked or not."""
        answer = account.call(f"get_{self.noun}", **{f"{self.noun}_id": id})
        return self.existing(answer.get("data", answer))

    def existing(self, row: Mapping[str, Any]) -> Existing:
        """An object as the API lists it; one without a name is called by its id."""
        name = (row.get(self.name_field) or "").strip().partition("\n")[0].rstrip()
        created = (str(row.get("created") or row.get("created_at") or ""), f"{row['id']:0>20}")
        mark = mark_of(row.get(self.mark_field))
        return Existing(mark, str(row["id"]), name or f"{self.name} {row['id']}", row, created)

    def differences(self, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[Change]:
        """What an update would change."""
        return differences(expected, actual, self.filled, self.same)

    def filled(self, path: str, value: Any) -> bool:
        """Whether the server itself puts this value into this field."""
        return path in self.server_fields

    def same(self, path: str, expected: Any, actual: Any) -> bool:
        """Whether two values of this field mean the same, differently written."""
        return path in self.any_order and as_sets(expected, actual)

    def create(self, account: Account, resource: Resource) -> str:
        """Make it; the id."""
        return str(account.call(f"create_{self.noun}", body=dict(resource.body))["id"])

    def update(self, account: Account, existing: Existing, body: Mapping[str, Any]) -> None:
        """Make it as `body` says; what `body` does not name stays."""
        account.call(f"update_{self.noun}", **{f"{self.noun}_id": existing.id}, body=dict(body))

    def remove(self, account: Account, existing: Existing) -> None:
        """Delete it, or raise ApiProblem."""
        account.call(f"delete_{self.noun}", **{f"{self.noun}_id": existing.id})

    def broken_rules(self, body: Mapping[str, Any]) -> Iterable[Fault]:
        """What Datadog refuses of a body beyond its model, and what it takes that does not work: doghouse's rules, asked through its public faces."""
        return ()

    def marked(self, body: Mapping[str, Any], mark: str) -> dict[str, Any]:
        """What an update has to send to put the mark on an object, and to change nothing else."""
        fields = {key: value for key, value in body.items() if key not in self.server_fields} if self.replaced else {}
        with_mark = marked_tags if self.mark_field == "tags" else marked_text
        return {**fields, self.mark_field: with_mark(body.get(self.mark_field), mark)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it; one that is gone already is deleted."""
        try:
            self.remove(account, existing)
        except ApiProblem as problem:
            if problem.status != GONE:
                raise


def marked_text(text: str | None, mark: str) -> str:
    """A description or message with the mark as a line of its own at the end."""
    lines = [line for line in (text or "").rstrip().splitlines() if not is_mark(line.strip())]
    return "\n".join([*lines, *([""] if lines else []), mark])


def marked_tags(tags: Iterable[str] | None, mark: str) -> list[str]:
    """Tags with the mark among them, and MARK, by which all are found."""
    return [*(tag for tag in tags or () if not is_mark(tag)), *dict.fromkeys((MARK, mark))]


def mark_of(carrier: str | Iterable[str] | None) -> str:
    """The mark among tags, or on a line of its own in a text; of MARK and MARK/name the latter; empty where there is none."""
    lines = carrier.splitlines() if isinstance(carrier, str) else carrier or ()
    return max((line.strip() for line in lines if is_mark(line.strip())), key=len, default="")


def is_mark(text: str) -> bool:
    """Whether this is one of our marks: MARK, or MARK/name."""
    return text == MARK or text.startswith(MARK + "/")
