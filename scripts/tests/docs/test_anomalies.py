"""What docs/fidelity-anomalies.md says of the bands of anomalies() is what is measured now."""

from __future__ import annotations

from scripts.anomalies.__main__ import DOCUMENT, written
from scripts.anomalies.measuring import measure, table
from scripts.anomalies.series import generated


def test_the_documented_figures_of_generated_series_are_those_measured_now() -> None:
    text = DOCUMENT.read_text()

    assert written(text, "generated", table(generated())) == text


def test_where_days_repeat_the_seasonal_algorithms_see_the_spikes_on_a_slope_that_basic_misses() -> None:
    (wave,) = [series for series in generated() if (series.name[:12], series.anomalies) == ("a daily wave", "spikes")]

    seen = {algorithm: measure(wave, algorithm, 3).seen for algorithm in ("basic", "agile", "robust")}

    assert (seen["agile"], seen["robust"], seen["basic"] < 1) == (1, 1, True)


def test_robust_alone_sees_a_drift() -> None:
    (wave,) = [series for series in generated() if (series.name[:12], series.anomalies) == ("a daily wave", "drifts")]

    recall = {algorithm: measure(wave, algorithm, 3).recall for algorithm in ("basic", "agile", "robust")}

    assert recall["robust"] > 5 * max(recall["basic"], recall["agile"])
