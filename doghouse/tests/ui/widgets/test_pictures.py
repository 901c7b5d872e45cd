"""Pictures of graphs, drawn on the server."""

import io

import httpx
import numpy as np
import pytest
from house import NOW, Served

from doghouse.dashboards.snapshots.pictures import Marker, Picture, draw, short
from doghouse.dashboards.snapshots.store import SnapshotStore, shown_in
from doghouse.queries import ResultSeries

T0 = 1_772_445_600


def line(values: list[float], bounds: bool = False) -> ResultSeries:
    ts = T0 + 15 * np.arange(len(values), dtype=np.int64)
    each = np.array(values, np.float64)
    return ResultSeries(
        "m",
        "m{*}",
        "*",
        (("host", "a"),),
        ("host:a",),
        "avg",
        15,
        ts,
        each,
        (each * 0 + 4, each * 0 + 6) if bounds else None,
    )


def pixels(data: bytes) -> np.ndarray:
    import matplotlib.image

    return (matplotlib.image.imread(io.BytesIO(data))[..., :3] * 255).round().astype(int)


def has(picture: np.ndarray, red: int, green: int, blue: int) -> bool:
    """Whether a pixel is (nearly) of this colour."""
    return bool((np.abs(picture - np.array([red, green, blue])).max(axis=-1) < 12).any())


def test_a_picture_is_a_png_of_the_size_asked_for() -> None:
    shown = pixels(draw(Picture("m", [line([1, 2, 3])], T0, T0 + 60, width=480, height=200)))
    assert shown.shape == (200, 480, 3)


def test_the_line_has_the_first_colour_of_the_palette() -> None:
    assert has(pixels(draw(Picture("m", [line([1, 2, 3])], T0, T0 + 60))), 0, 0x72, 0xB2)


def test_a_threshold_is_drawn_in_red() -> None:
    without = pixels(draw(Picture("m", [line([1, 2, 3])], T0, T0 + 60)))
    with_one = pixels(draw(Picture("m", [line([1, 2, 3])], T0, T0 + 60, [Marker(2.5)])))
    assert not has(without, 0xC8, 0x37, 0x2D)
    assert has(with_one, 0xC8, 0x37, 0x2D)


@pytest.mark.parametrize(("values", "red"), [([5.0, 5.0, 5.0], False), ([5.0, 50.0, 5.0], True)])
def test_what_leaves_an_anomalys_band_is_red(values: list[float], red: bool) -> None:
    assert has(pixels(draw(Picture("m", [line(values, bounds=True)], T0, T0 + 60))), 0xC8, 0x37, 0x2D) is red


def test_simulated_history_is_hatched_and_the_rest_is_not() -> None:
    without = pixels(draw(Picture("m", [line([1, 2, 3, 4])], T0, T0 + 60)))
    hatched = pixels(draw(Picture("m", [line([1, 2, 3, 4])], T0, T0 + 60, simulated=[(T0 - 600, T0 + 30)])))
    differs = (without != hatched).any(axis=(0, 2))
    assert differs[: len(differs) // 2].mean() > 0.5
    assert not differs[int(len(differs) * 0.6) :].any()


@pytest.mark.parametrize("display", ["line", "bars", "area"])
def test_every_display_draws_and_so_does_nothing_at_all(display: str) -> None:
    assert draw(Picture("m", [line([1, float("nan"), 3])], T0, T0 + 60, display=display)).startswith(b"\x89PNG")
    assert draw(Picture("m", [], T0, T0 + 60, display=display)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (9999, "9999"), (12345, "12.35k"), (2_500_000, "2.5M"), (0.00123, "0.00123"), (-41234.0, "-41.23k")],
)
def test_numbers_have_at_most_four_figures(value: float, text: str) -> None:
    assert short(value) == text


def test_a_snapshot_is_found_by_its_address_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = SnapshotStore(tmp_path_factory.mktemp("snapshots"))
    name = store.add(lambda: b"picture", T0)
    assert name.startswith("2026-03-02/")
    assert store.get(name) == b"picture"
    assert store.get("2026-03-02/../../x.png") is None
    assert store.get(f"2026-03-02/{'0' * 40}.png") is None
    assert shown_in(f"see http://127.0.0.1:1/snapshot/view/doghouse/{name} there") == name


def test_the_api_draws_a_query_and_says_when_it_is_there(served: Served) -> None:
    asked = {"metric_query": "avg:my_metric{*} by {host}", "start": NOW - 300, "end": NOW, "title": "five minutes"}
    said = served.client.get("/api/v1/graph/snapshot", params=asked).json()
    assert said["metric_query"] == asked["metric_query"]
    assert said["graph_def"] == '{"requests": [{"q": "avg:my_metric{*} by {host}"}]}'
    path = said["snapshot_url"].removeprefix(served.url)
    assert httpx.get(served.url + path).content.startswith(b"\x89PNG")
    status = path.replace("/view/", "/snapshot_status/").removesuffix(".png").removeprefix("/snapshot")
    assert served.client.get(f"/api/v1/graph{status}").json() == {"status_code": 200}


@pytest.mark.parametrize(
    ("asked", "status", "text"),
    [
        ({}, 400, "metric_query"),
        ({"metric_query": "avg:m{*}", "start": 1}, 400, "end"),
        ({"metric_query": "avg:m{*}", "start": "x", "end": 5}, 400, "start"),
        ({"metric_query": "avg:m{*}", "start": 9, "end": 5}, 400, "anterior"),
        ({"metric_query": "avg:m{*", "start": 1, "end": 5}, 400, "not closed"),
        ({"metric_query": "outliers(avg:m{*} by {host}, 'dbscan', 2)", "start": 1, "end": 5}, 501, "outliers"),
        ({"graph_def": "{", "start": 1, "end": 5}, 400, "JSON"),
        ({"metric_query": "avg:m{*}", "start": 1, "end": 5, "width": 9}, 400, "expected a whole number from 50"),
    ],
)
def test_a_snapshot_that_cannot_be_drawn_says_why(
    served: Served, asked: dict[str, object], status: int, text: str
) -> None:
    answer = served.client.get("/api/v1/graph/snapshot", params=asked)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert text in answer.json()["errors"][0]
