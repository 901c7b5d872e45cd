"""`doghouse agent simulate`: the same check on a simulated clock, as a file for `doghouse import`."""

import csv

import pytest

START, END = 1772445600, 1772445600 + 4 * 3600
YAML = "instances:\n  - min_collection_interval: 45\n    tags: [role:x, team:y]\n"
WORKS = "self.seen += 1\nself.gauge('lab.value', self.seen, tags=self.instance['tags'])\nself.monotonic_count('lab.seen', self.seen * 10)"
COUNTING = f"self.seen = getattr(self, 'seen', 0)\n{WORKS}"


@pytest.fixture
def simulated(checks, doghouse_agent, tmp_path):
    def run(start=START, end=END, name="lab"):
        out = tmp_path / "out.csv"
        code, said, err = doghouse_agent(
            "simulate", name, "--conf", checks.conf, "--from", start, "--to", end, "--out", out
        )
        rows = list(csv.DictReader(out.open())) if out.exists() else []
        return code, rows, said, err

    return run


def test_four_hours_at_45_seconds_under_the_live_tags(checks, simulated):
    checks.add("lab", COUNTING, YAML)
    code, rows, said, _ = simulated()
    gauges = [row for row in rows if row["metric"] == "lab.value"]
    assert code == 0
    assert [int(row["timestamp"]) for row in gauges] == list(range(START, END, 45))
    assert [float(row["value"]) for row in gauges] == list(range(1, len(gauges) + 1))
    assert {row["tags"] for row in gauges} == {"role:x,team:y,host:web-1"}
    assert {row["type"] for row in gauges} == {"gauge"}
    assert f"{len(rows)} simulated points of lab" in said


def test_counts_are_aggregated_as_live_ones(checks, simulated):
    checks.add("lab", COUNTING, YAML)
    counts = [row for row in simulated()[1] if row["metric"] == "lab.seen"]
    assert int(counts[0]["timestamp"]) == START + 45
    assert {(row["type"], float(row["value"])) for row in counts} == {("count", 10.0)}


@pytest.mark.parametrize(
    ("start", "end"),
    [(START, END), ("2026-03-02T10:00:00Z", "2026-03-02T14:00:00+00:00"), ("2026-03-02T10:00:00", END)],
)
def test_times_are_iso_8601_or_epoch_seconds(checks, simulated, start, end):
    checks.add("lab", COUNTING, YAML)
    assert int(simulated(start, end)[1][0]["timestamp"]) == START


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"name": "nowhere"}, "has no instance of nowhere"),
        ({"start": "yesterday"}, "'yesterday' is not a time"),
        ({"name": "broken"}, "broken raised: it fell over"),
        ({"name": "typo"}, "typo.d/conf.yaml:1: is not YAML"),
    ],
)
def test_what_is_wrong_is_one_sentence(checks, simulated, arguments, said):
    checks.add("lab", COUNTING, YAML)
    checks.add("broken", "raise RuntimeError('it fell over')")
    checks.add("typo", COUNTING, "instances: ]\n")
    code, _, _, err = simulated(**arguments)
    assert code == 1
    assert said in err
    assert len(err.strip().splitlines()) == 1
