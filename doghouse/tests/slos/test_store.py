"""Where SLOs and corrections are kept: an SLO is evaluated as it stands now, whatever was read of it before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from doghouse.slos.corrections import Correction
from doghouse.slos.reading import read
from doghouse.slos.records import Attributes, CorrectionRecord
from doghouse.slos.store import SloStore
from doghouse.storage.sqlite import Database

T0 = 1_772_445_600  # 2026-03-02T10:00:00Z


def body(**more: Any) -> Any:
    query = {"numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()"}
    return read(
        {"type": "metric", "name": "s", "query": query, "thresholds": [{"timeframe": "7d", "target": 99}], **more}
    )


def of_monitors(*monitors: int) -> Any:
    thresholds = [{"timeframe": "7d", "target": 99}]
    return read({"type": "monitor", "name": "m", "monitor_ids": list(monitors), "thresholds": thresholds})


def correction(id: str, slo: str | None, query: str | None = None, start: int = T0) -> CorrectionRecord:
    return CorrectionRecord(id, Attributes(start, "Other", slo, query, start + 60), T0, T0)


@pytest.fixture
def store(tmp_path: Path) -> SloStore:
    return SloStore(Database(tmp_path / "x.sqlite"))


def name(store: SloStore, slo: str) -> str | None:
    objective = store.objective(slo)
    return None if objective is None else objective.name


def test_an_slo_is_evaluated_as_it_was_changed_last(store: SloStore) -> None:
    document, other = store.add(body(), T0), store.add(body(name="other"), T0)
    slo = document["id"]
    assert [name(store, slo) for _ in range(2)] == ["s", "s"]
    for later in ("b", "c"):
        document = store.replace(body(name=later), document, T0 + 60)
        assert [name(store, slo) for _ in range(2)] == [later, later]
    assert (name(store, other["id"]), name(store, "none")) == ("other", None)
    store.delete(slo, T0 + 120.0)
    assert (name(store, slo), store.get(slo)) == (None, None)
    assert [kept["id"] for kept in store.all()] == [other["id"]]
    assert [kept["id"] for kept in store.all(deleted=True)] == [slo]


def test_what_did_not_change_is_read_once(store: SloStore) -> None:
    slo = store.add(body(), T0)["id"]
    store.objective(slo)
    remembered = store._read[slo]
    store.objective(slo)
    assert store._read[slo] is remembered


def test_a_monitor_knows_the_slos_that_it_is_part_of_now(store: SloStore) -> None:
    first, second = store.add(of_monitors(1, 2), T0), store.add(of_monitors(2), T0)
    assert store.of_monitor(1) == [first["id"]]
    assert store.of_monitor(2) == sorted([first["id"], second["id"]])
    store.replace(of_monitors(3), first, T0)
    assert [store.of_monitor(monitor) for monitor in (1, 2, 3)] == [[], [second["id"]], [first["id"]]]
    store.delete(second["id"], T0)
    assert store.of_monitor(2) == []


def test_corrections_count_from_the_moment_that_they_are_made_changed_or_deleted(store: SloStore) -> None:
    slo = store.add(body(tags=["team:a", "env:b"]), T0)["id"]
    other = store.add(body(tags=["team:b"]), T0)["id"]

    def starts(of: str) -> list[int]:
        objective = store.objective(of)
        assert objective is not None
        return [covered.start for covered in objective.corrections]

    named, matching = correction("1", slo), correction("2", None, "team:a env:b", T0 + 100)
    for record in (named, matching, correction("3", None, "env:c", T0 + 200)):
        store.add_correction(record)
    assert (starts(slo), starts(other)) == ([T0 + 100, T0], [])
    assert store.correction("1") == named
    store.replace_correction(replace(named, attributes=replace(named.attributes, slo_id=other, start=T0 + 5)))
    assert (starts(slo), starts(other)) == ([T0 + 100], [T0 + 5])
    assert [record.id for record in store.corrections()] == ["3", "2", "1"]
    assert (store.delete_correction("2"), store.delete_correction("2"), store.correction("2")) == (True, False, None)
    assert (starts(slo), starts(other)) == ([], [T0 + 5])
    store.delete(other, T0)
    assert [record.id for record in store.corrections()] == ["3"]
    assert Correction(T0, T0 + 60) == named.correction
