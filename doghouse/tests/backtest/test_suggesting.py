"""What other settings would have sent, to whom, and which alerts they would have missed or told later."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse.backtest.figures import figures
from doghouse.backtest.notification_counts import differences
from doghouse.backtest.run import backtest
from doghouse.backtest.sources import points_of, sources_of
from doghouse.backtest.suggesting import late, suggest
from doghouse.downtimes import parse as parse_downtime
from doghouse.metrics.memory import MemorySource
from doghouse.metrics.model import Columns, Series
from doghouse.monitors import Host, parse

START = 1_772_445_600  # 2026-03-02T10:00Z


def monitor(message="@ops@example.com", critical=90, **options):
    return parse(
        {
            "name": "high",
            "type": "query alert",
            "query": f"avg(last_5m):avg:m{{*}} by {{host}} > {critical}",
            "message": message,
            "options": {"thresholds": {"critical": critical}, "new_group_delay": 0, **options},
        }
    )


def source(**hosts):
    """A series a host, a value a minute."""
    series = [Series(number, "m", "gauge", 0, host, ()) for number, host in enumerate(hosts)]
    values = [np.asarray(one, np.float64) for one in hosts.values()]
    ids = np.concatenate([np.full(len(one), number, np.int64) for number, one in enumerate(values)])
    times = np.concatenate([START + 60 * np.arange(len(one)) for one in values])
    return MemorySource(series, Columns(ids, times, np.concatenate(values)))


def suggested(monitor, points, minutes):
    sources = sources_of(monitor, points_of(points), {}, START, START + minutes * 60)
    offered = suggest(monitor, sources, START, START + minutes * 60, [], {}, "UTC")
    assert len({one.setting for one in offered}) == len(offered)
    return {one.setting: one for one in offered}


def test_recoveries_are_offered_beyond_what_is_set():
    points = source(a=np.tile([95.0] * 10 + [50.0] * 10, 5))
    offered = suggested(monitor(thresholds={"critical": 90, "critical_recovery": 80}), points, 100)
    recoveries = [float(one.split()[1]) for one in offered if one.startswith("critical_recovery")]
    assert recoveries == [75.5, 71, 62, 53]
    below = parse(monitor().document | {"query": "avg(last_5m):avg:m{*} by {host} < 90"})
    offered = suggested(below, points, 100)
    assert next(one for one in offered if one.startswith("critical_recovery")) == "critical_recovery 94.5"


@pytest.mark.parametrize(
    ("comparator", "thresholds", "expected"),
    [
        (
            ">",
            {"critical": 100},
            "critical_recovery 95, critical_recovery 90, critical_recovery 80, critical_recovery 70, critical 90, critical 110",
        ),
        (
            "<=",
            {"critical": 100},
            "critical_recovery 105, critical_recovery 110, critical_recovery 120, critical_recovery 130, critical 90, critical 110",
        ),
        (
            ">=",
            {"critical": -100},
            "critical_recovery -105, critical_recovery -110, critical_recovery -120, critical_recovery -130, critical -90, critical -110",
        ),
        (">", {"critical": 0}, ""),
        ("==", {"critical": 100}, None),
        ("!=", {"critical": 100}, None),
    ],
)
def test_settings_lie_on_the_quiet_side_of_what_is_set(comparator, thresholds, expected):
    critical = thresholds["critical"]
    query = f"avg(last_5m):avg:m{{*}} by {{host}} {comparator} {critical}"
    asked = parse(monitor(critical=critical, thresholds=thresholds).document | {"query": query})
    _, *offered = suggested(asked, source(a=[50.0] * 20), 20)
    windows = "" if expected is None else ", ".join(filter(None, [expected, "last_10m, last_15m, last_30m"]))
    assert ", ".join(offered) == windows


@pytest.mark.parametrize(("begins", "told"), [(69, (0, 1, 4140)), (70, (1, 0, 0))])
def test_an_alert_stands_for_another_that_ended_less_than_an_hour_before(begins, told):
    """The first alerts in minutes 0 to 10; the other one's begins so many minutes after the first's."""

    def of(alert_from, alert_to):
        values = np.full(200, 50.0)
        values[alert_from:alert_to] = 95
        asked = parse(monitor().document | {"query": "max(last_1m):avg:m{*} by {host} > 90"})
        return backtest(asked, source(a=values), START, START + 200 * 60)

    first = of(5, 15)
    assert late(first, of(5 + begins, 15 + begins)) == told
    assert late(first, of(5, 6)) == (0, 0, 0)
    assert late(first, of(4, 5)) == (1, 0, 0)
    assert late(first, of(4, 6)) == (0, 0, 0)
    assert late(first, of(0, 0)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("thresholds", "both"),
    [({"critical": 100}, []), ({"critical": 100, "warning": 80}, ["critical_recovery 80 and warning_recovery 64"])],
)
def test_both_recoveries_are_offered_together_where_there_are_both(thresholds, both):
    points = source(a=np.tile([105.0] * 10 + [50.0] * 10, 5))
    offered = suggested(monitor(critical=100, thresholds=thresholds), points, 100)
    assert [one for one in offered if " and " in one] == both


def test_what_would_be_refused_is_not_offered():
    points = source(a=np.tile([105.0] * 10 + [50.0] * 10, 5))
    offered = suggested(monitor(critical=100, thresholds={"critical": 100, "warning": 95}), points, 100)
    assert [one for one in offered if one.startswith("critical ")] == ["critical 110"]  # 90 is not above the warning


def test_repeats_are_offered_more_rarely_than_what_is_set_and_not_where_none_is():
    points = source(a=[95.0] * 200)
    assert not [one for one in suggested(monitor(), points, 200) if "renotify" in one]
    offered = suggested(monitor(renotify_interval=30), points, 200)
    assert [one for one in offered if "renotify" in one] == [
        "renotify_interval 60",
        "renotify_interval 120",
        "without renotify_interval",
    ]
    assert offered["as it is"].figures.sent > offered["renotify_interval 60"].figures.sent
    assert offered["without renotify_interval"].figures.sent == 1


def test_alerts_of_all_groups_are_held_against_each_other():
    long, short = [50.0] * 20 + [95.0] * 20 + [50.0] * 160, [50.0] * 20 + [95.0] * 6 + [50.0] * 174
    offered = suggested(monitor(), source(a=long, b=short, c=[50.0] * 200), 200)
    assert (offered["as it is"].missed, offered["as it is"].delayed) == (0, 0)
    longer = offered["last_10m"]
    assert (longer.missed, longer.delayed) == (1, 1)
    assert longer.longest_delay == longer.alert_delay > 0
    assert offered["critical 99"].missed == 2


def test_an_alert_that_another_one_covers_is_neither_missed_nor_later():
    points = source(a=[50.0] * 10 + [95.0] * 30 + [50.0] * 30)
    before, after = (backtest(monitor(critical=one), points, START, START + 4200) for one in (90, 60))
    assert late(before, after) == (0, 0, 0)
    assert late(after, before)[:2] == (0, 1)


MESSAGES = {
    "{{#is_alert}}@ops@example.com{{/is_alert}}{{#is_recovery}}@fine@example.com{{/is_recovery}}": (False, False),
    '@all@example.com {{#is_match "host.name" "a"}}@pd{{/is_match}}': (True, False),
    "@ops-{{host.name}}@example.com": (True, False),
    '{{#is_match "value" "9"}}@nine@example.com{{/is_match}}': (True, True),
    '{{#is_exact_match (eval "value*2") "190"}}@ops@example.com{{/is_exact_match}}': (True, True),
    "{{value}}@ops@example.com": (True, True),
    "@ops-{{value}}@example.com": (True, True),
    "{{#is_alert}}a{{else}}@b@example.com{{/is_alert}}": (False, False),
    "@{{#is_alert}}{{host.name}}{{/is_alert}}@example.com": (True, False),
    "{{host.name}} @ops@example.com {{#is_alert}}{{value}}{{/is_alert}}": (False, False),
    "{{#is_alert}} @ops@example.com": (False, False),
}


@pytest.mark.parametrize(("message", "differs"), MESSAGES.items())
def test_whether_recipients_differ_between_groups_and_values_is_read_off_the_message(message, differs):
    assert differences(message) == differs


@settings(max_examples=40, deadline=None)
@given(
    message=st.sampled_from(list(MESSAGES)),
    levels=st.lists(st.sampled_from([50.0, 85.0, 95.0, 190.0]), min_size=4, max_size=10),
    options=st.sampled_from([{}, {"renotify_interval": 10}, {"notify_by": ["host"]}]),
    silenced=st.booleans(),
)
def test_what_is_counted_in_columns_is_what_counting_one_by_one_gives(message, levels, options, silenced):
    values = np.repeat(levels, 15)
    schedule = {"start": "2026-03-02T10:20:00Z", "end": "2026-03-02T10:50:00Z"}
    quiet = (
        [parse_downtime({"name": "works", "scope": "host:a", "message": "", "schedule": schedule}, START)]
        if silenced
        else []
    )
    test = backtest(
        monitor(message, **options),
        source(a=values, b=values[::-1]),
        START,
        START + 60 * len(values),
        quiet,
        {"a": Host()},
    )
    sent = [one for one in test.notifications() if not one.silenced_by]
    counted = figures(test)
    assert (counted.sent, counted.silenced) == (len(sent), len(test.notifications()) - len(sent))
    assert dict(counted.recipients) == Counter(each for one in sent for each in one.recipients)
