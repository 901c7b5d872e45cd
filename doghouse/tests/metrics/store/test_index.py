"""From what is submitted to a series' number: the same series in whatever form it is sent, and what changes it."""

from __future__ import annotations

import pytest

from doghouse.metrics.model import NO_SERIES, Sent, Series
from doghouse.metrics.store import index
from doghouse.metrics.store.index import SeriesIndex

WHOLE = Series(0, "m", "count", 10, "h", ("a:1", "b:2"))


def sent(
    metric: str = "m",
    host: str | None = "h",
    kind: str | None = "count",
    interval: float | None = 10,
    tags: tuple[str, ...] | None = ("a:1", "b:2"),
) -> Sent:
    return metric, host, kind, interval, tags


@pytest.mark.parametrize(
    "again",
    [
        sent(tags=("b:2", "a:1", "a:1")),
        sent(host=None, tags=("a:1", "host:h", "b:2")),
        sent(host="", tags=("host:h", "b:2", "a:1")),
        sent(interval=10.9),
    ],
)
def test_a_series_has_one_number_in_whatever_form_it_is_sent(again: Sent) -> None:
    series = SeriesIndex()
    assert series.numbers([sent(), again, sent()]).tolist() == [0, 0, 0]
    assert (series[0], len(series), series.stamp("m")) == (WHOLE, 1, 1)


@pytest.mark.parametrize("other", [sent("n"), sent(host="g"), sent(host=None), sent(tags=("a:1",)), sent(tags=None)])
def test_another_name_host_or_tag_is_another_series(other: Sent) -> None:
    assert SeriesIndex().numbers([sent(), other, other]).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("form", "kind", "interval"),
    [
        (sent(kind=None, interval=None), "gauge", 0),
        (sent(kind="gage", interval=-1), "gauge", 0),
        (sent(kind="rate", interval=2**31 - 1), "rate", 2**31 - 1),
        (sent(kind="distribution", interval=2**31), "distribution", 2**31 - 1),
        (sent(interval=1), "count", 1),
    ],
)
def test_the_newest_form_says_type_and_interval(form: Sent, kind: str, interval: int) -> None:
    series = SeriesIndex()
    series.numbers([sent()])
    assert series.take_fresh() == {0: WHOLE}
    assert series.numbers([form]).tolist() == [0]
    assert (series[0].type, series[0].interval, series.stamp("m")) == (kind, interval, 2)
    assert series.take_fresh() == {0: series[0]}
    assert series.of_metric("m") == [series[0]]


def test_a_series_without_a_name_has_no_number() -> None:
    assert SeriesIndex().numbers([sent("")]).tolist() == [NO_SERIES]


def test_numbers_stay_when_the_memory_of_forms_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SENT_LIMIT", 3)
    series = SeriesIndex()
    forms = [sent(str(metric) + "x") for metric in "abcdefgh"]
    for _ in range(2):
        assert series.numbers(forms).tolist() == list(range(8))
        assert 1 <= len(series._known) <= 3
    assert len(series) == 8


def test_what_is_stored_keeps_its_numbers_and_new_series_come_behind() -> None:
    stored = [Series(3, "m", "gauge", 0, "h", ()), Series(1, "n", "gauge", 0, "", ())]
    series = SeriesIndex(stored)
    assert (len(series), series.metrics(), series.take_fresh()) == (4, ["m", "n"], {})
    assert series.numbers([("n", None, None, None, None), sent("o")]).tolist() == [1, 4]
    assert (series.of_metric("m"), series.of_metric("p"), series.stamp("p")) == ([stored[0]], [], 0)
    for missing in (0, 2):
        with pytest.raises(KeyError):
            series[missing]


def test_what_could_not_be_kept_is_taken_again_unless_it_is_newer_by_then() -> None:
    series = SeriesIndex()
    series.numbers([sent(), sent("n")])
    first = series.take_fresh()
    series.numbers([sent(kind="rate")])
    series.give_back(first)
    assert series.take_fresh() == {0: series[0], 1: series[1]}
    assert (series[0].type, series.take_fresh()) == ("rate", {})
