import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doghouse.testing.notation import NotationError, parse_duration, parse_samples

NAN = float("nan")


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("400x5", [400] * 5),
        ("400", [400]),
        ("1+2x3", [1, 3, 5]),
        ("9-2x3", [9, 7, 5]),
        ("-1.5x2 _ 2", [-1.5, -1.5, NAN, 2]),
        ("_x3 1e3", [NAN, NAN, NAN, 1000]),
        ([1, None, "5x2"], [1, NAN, 5, 5]),
        (7, [7]),
    ],
)
def test_a_word_says_how_many_samples_there_are(said, values):
    samples = parse_samples(said)
    np.testing.assert_array_equal(samples.values, values)
    assert samples.every == 60


def test_a_mapping_says_how_far_apart_the_samples_are():
    samples = parse_samples({"every": "45s", "values": "1x3"})
    assert (samples.every, samples.values.tolist()) == (45, [1, 1, 1])


def test_random_samples_repeat_with_their_seed_and_reach_both_ends():
    said = {"random": {"seed": 7, "from": 0, "to": 3, "samples": 500}}
    first, second = parse_samples(said).values, parse_samples(said).values
    assert first.tolist() == second.tolist()
    assert set(first) == {0, 1, 2, 3}


def test_a_walk_never_moves_further_than_its_step():
    values = parse_samples({"walk": {"seed": 1, "start": 500, "step": 10, "samples": 1000}}).values
    assert values[0] == 500
    assert 0 < np.abs(np.diff(values)).max() <= 10


def test_the_steps_of_a_walk_reach_both_ends():
    values = parse_samples({"walk": {"seed": 1, "start": 500, "step": 2, "samples": 1000}}).values
    assert set(np.diff(values).tolist()) == {-2, -1, 0, 1, 2}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("40o", "'40o' is not a sample"),
        ("5x0", "expected 1 to"),
        ("5x" + "9" * 5000, "expected 1 to"),
        ("1" * 50_000 + "o", "1o' is not a sample"),  # answered at once: a number is read in one way only
        ({"every": "1" * 5000 + "m", "values": "1"}, "is not a duration"),
        ("", "no samples"),
        ([True], "true is not a sample"),
        ({"every": "45", "values": "1"}, "'45' is not a duration"),
        ({"evry": "45s", "values": "1"}, "'evry' is not known here"),
        ({"values": "1", "walk": {}}, "exactly one of"),
        ({"random": {"from": 3, "to": 1, "samples": 2, "seed": 1}}, "from 3 is above to 1"),
        ({"random": {"from": 0, "to": 1, "samples": 2}}, "seed is missing"),
        ({"walk": {"seed": 1, "start": 5, "step": -1, "samples": 3}}, "step is below 0"),
    ],
)
def test_what_cannot_be_read_is_named(said, wrong):
    with pytest.raises(NotationError, match=wrong.replace("(", r"\(")):
        parse_samples(said)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(-1000, 1000), st.integers(1, 20)), min_size=1, max_size=8))
def test_words_follow_one_another(runs):
    text = " ".join(f"{value}x{times}" for value, times in runs)
    assert parse_samples(text).values.tolist() == [value for value, times in runs for _ in range(times)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 9), st.integers(0, 23), st.integers(1, 59))
def test_durations_add_up(days, hours, minutes):
    assert parse_duration(f"{days}d{hours}h{minutes}m") == days * 86400 + hours * 3600 + minutes * 60


def test_a_series_can_be_a_count_or_a_rate():
    assert parse_samples({"type": "count", "every": "45s", "values": "3x2"}).type == "count"
    assert parse_samples("3x2").type == "gauge"
    with pytest.raises(NotationError, match="type 'histogram' is not gauge, count or rate"):
        parse_samples({"type": "histogram", "values": 1})
