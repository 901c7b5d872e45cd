"""A monitor in which nothing is wrong, and a unit test of it that passes, for tests of what runs doghouse in CI."""

GOOD = {
    "type": "metric alert",
    "name": "cpu",
    "query": "avg(last_5m):avg:m{*} > 90",
    "message": "high @ops@example.com",
}
TESTS = """
monitor: cpu.json
start: 2026-03-02T10:00:00Z
tests:
  - name: it fires
    series: {m: 95x10}
    transitions: [+1m Alert]
"""
