"""`doghouse lint`, `test` and `backtest` as a person or a script calls them: exit codes, last lines, one JSON document on stdout."""

import json
import os
import xml.etree.ElementTree as ET

import pytest

GOOD = {
    "type": "metric alert",
    "query": "avg(last_5m):avg:m{*} by {host} > 90",
    "name": "high on {{host.name}}",
    "message": "{{value}} @ops@example.com",
    "options": {"thresholds": {"critical": 90}, "new_host_delay": 0},
}
OTHER = GOOD | {"query": "avg(last_5m):avg:n{*} by {host} > 90"}
WRONG = OTHER | {"message": "{{host.ip}}\n {{/is_alert}} @a@example.com"}
RUM = {
    "type": "rum alert",
    "query": 'rum("x").rollup("count").last("5m") > 1',
    "name": "l",
    "message": "@x",
}
DOWNTIME = {
    "scope": "*",
    "schedule": {
        "timezone": "Europe/Berlin",
        "recurrences": [{"start": "2026-03-01T19:00:00", "duration": "14h", "rrule": "FREQ=DAILY"}],
    },
}


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_json", ".json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        return tmp_path

    return write


def test_lint_says_what_it_cannot_read_or_write_in_one_sentence(run, folder):
    root = folder(a_json=GOOD, **{"x.csv": "metric_name,type\nm,gauge\n"})
    for more, said in (
        (("--metrics", root / "no.csv"), "no.csv cannot be read: No such file"),
        (("--metrics", root / "x.csv"), "x.csv has no column interval, as a metadata.csv has"),
        (("--junit", root / "no" / "x.xml"), "x.xml cannot be written: No such file"),
    ):
        code, _, err = run("lint", root / "a.json", *more)
        assert (code, err.count("\n"), said in err) == (1, 1, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "is nested too deeply"),
        (json.dumps(GOOD | {"name": "\ud800"}), "holds half of a character: \\ud800 without its other half"),
        (
            json.dumps([GOOD, {"query": GOOD["query"]}]),
            "a.json[1]    error  file-without-monitor  is no monitor: one has a type and a query",
        ),
    ],
)
def test_lint_does_not_pass_over_what_holds_no_monitor_that_can_be_read(run, folder, text, said):
    code, out, err = run("lint", folder(a_json=text) / "a.json")

    assert (code, err) == (1, "")
    assert said in out


def test_lint_ends_with_how_many_are_ok_and_exits_0(run, folder):
    code, out, _ = run("lint", folder(a_json=GOOD, deep__b_json=[OTHER, RUM]))

    assert code == 0
    assert out.splitlines()[-1] == "3 monitors: 2 ok, 0 wrong, 1 not evaluated (rum alert 1)"


def test_lint_names_the_place_of_each_problem_and_exits_1(run, folder):
    path = folder(a_json=WRONG) / "a.json"
    code, out, _ = run("lint", path)

    assert code == 1
    assert out.splitlines() == [
        f"  {path}:1  message 2:2  error  message-stray-closing  {{{{/is_alert}}}} closes nothing that is open",
        "1 monitor: 0 ok, 1 wrong, 0 not evaluated",
    ]


def test_lint_reads_standard_input(run):
    code, out, _ = run("lint", "-", stdin=json.dumps([GOOD, {"definition": GOOD}]))

    assert (code, out) == (0, "2 monitors: 2 ok, 0 wrong, 0 not evaluated\n")


def test_lint_json_is_one_document(run, folder):
    code, out, _ = run("lint", folder(a_json=[GOOD, WRONG, RUM]), "--json")
    document = json.loads(out)

    assert code == 1
    assert [one["verdict"] for one in document["monitors"]] == ["ok", "wrong", "not evaluated"]
    assert document["monitors"][1]["problems"][0] | {"text": ""} == {
        "field": "message", "text": "", "severity": "error", "rule": "message-stray-closing", "file_line": 1, "line": 2, "column": 2, "mend": None,
    }  # fmt: skip
    assert document["summary"] == "3 monitors: 1 ok, 1 wrong, 1 not evaluated (rum alert 1)"


def test_lint_writes_junit(run, folder, tmp_path):
    run("lint", folder(a_json=[GOOD, WRONG, RUM]), "--junit", tmp_path / "out.xml")
    suite = ET.parse(tmp_path / "out.xml").getroot()

    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert [[child.tag for child in case] for case in suite.iter("testcase")] == [[], ["failure"], ["skipped"]]


def test_lint_says_why_a_metric_monitor_is_not_evaluated(run):
    forecast = GOOD | {"query": "avg(last_4h):forecast(avg:m{*} by {host}, 'linear', 1) > 90"}
    code, out, _ = run("lint", "-", stdin=json.dumps(forecast))

    assert code == 0
    assert "note  not-evaluated  doghouse does not evaluate forecast()" in out
    assert out.endswith("1 monitor: 0 ok, 0 wrong, 1 not evaluated (metric alert 1)\n")


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"a": 1}', ""])
def test_lint_of_what_holds_no_monitor_is_wrong(run, folder, text):
    code, out, _ = run("lint", folder(a_json=text) / "a.json")

    assert code == 1
    assert out.endswith("1 monitor: 0 ok, 1 wrong, 0 not evaluated\n")


def test_lint_knows_a_metrics_interval_from_the_integrations_metadata(run, folder):
    quick = GOOD | {"query": "avg(last_1m):avg:m{*} by {host} > 90"}
    root = folder(
        x__assets__monitors__a_json={"definition": quick}, **{"x__metadata.csv": "metric_name,interval\nm,90\n"}
    )
    code, out, _ = run("lint", root)

    assert code == 1
    assert "the window of 60 s is shorter than the metric's interval of 90 s" in out


def test_lint_takes_intervals_from_a_file_that_is_named(run, folder):
    body = GOOD | {"options": {"thresholds": {"critical": 90}, "notify_no_data": True, "no_data_timeframe": 10}}
    root = folder(a_json=body, **{"metadata.csv": "metric_name,interval\nm,400\n"})
    code, out, _ = run("lint", root, "--metrics", root / "metadata.csv")

    assert code == 1
    assert "No Data after 600 s without points, but the metric has one each 400 s" in out


@pytest.mark.parametrize(
    ("recurrence", "text"),
    [
        ({"rrule": "FREQ=SOMETIMES", "timezone": "UTC"}, "is no RRULE"),
        ({"rrule": "FREQ=DAILY;DURATION=1h", "timezone": "UTC"}, "DURATION is not supported"),
        ({"rrule": "FREQ=DAILY", "timezone": "Mars/Base"}, "'Mars/Base' is no time zone"),
        ({"timezone": "UTC"}, "a recurrence has an rrule"),
    ],
)
def test_lint_looks_at_the_rule_and_zone_of_a_custom_schedule(run, recurrence, text):
    scheduling = {"custom_schedule": {"recurrences": [recurrence]}}
    body = GOOD | {"options": GOOD["options"] | {"scheduling_options": scheduling}}
    code, out, _ = run("lint", "-", stdin=json.dumps(body))

    assert (code, text in out) == (1, True)


def test_lint_says_which_rule_of_a_downtime_never_occurs(run, folder):
    never = json.loads(json.dumps(DOWNTIME).replace("FREQ=DAILY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"))
    code, out, _ = run("lint", folder(never_json=never))

    assert code == 1
    assert "schedule.recurrences[0].rrule" in out
    assert "never occurs" in out


def test_lint_warns_of_a_zone_that_datadog_would_not_take_for_the_schedules(run, folder):
    code, out, _ = run("lint", folder(there_json=DOWNTIME))

    assert (code, "display_timezone" in out, out.splitlines()[-1]) == (
        0,
        True,
        "1 downtime: 1 ok, 0 wrong",
    )


def test_lint_looks_at_downtimes_and_counts_them_apart(run, folder):
    bad = json.loads(json.dumps(DOWNTIME).replace("FREQ=DAILY", "FREQ=DALY"))
    code, out, _ = run("lint", folder(a_json=GOOD, downtimes_json=[DOWNTIME, bad]))

    assert code == 1
    assert "FREQ=DALY is not supported" in out
    assert out.splitlines()[-2:] == ["2 downtimes: 1 ok, 1 wrong", "1 monitor: 1 ok, 0 wrong, 0 not evaluated"]


def test_a_name_in_brackets_is_no_markup(run, folder):
    path = folder(**{"m[/a]_json": WRONG}) / "m[/a].json"
    code, out, _ = run("lint", path)

    assert (code, str(path) in out) == (1, True)


def test_lint_of_300_monitors_with_one_wrong(run):
    many = [GOOD | {"query": GOOD["query"].replace("m{", f"m{number}{{")} for number in range(299)]
    code, out, _ = run("lint", "-", stdin=json.dumps([*many, WRONG]))

    assert code == 1
    assert out.splitlines()[-1] == "300 monitors: 299 ok, 1 wrong, 0 not evaluated"


def test_wrong_use_exits_64(run, folder):
    code, out, err = run("lint")

    assert (code, out) == (64, "")
    assert "PATH" in err


S = 1772445600  # 2026-03-02T10:00:00Z, where SEMANTICS begins its sequences
POINTS = [80, 85, 95, 99, 100, 100, 60, 50, 50, 50, 50, 50]
CSV = "timestamp,metric,value,tags\n" + "".join(f"{S + 60 * n},m,{value},host:a\n" for n, value in enumerate(POINTS))


def test_backtest_json_has_what_is_promised(run, folder):
    root = folder(m_json=GOOD, **{"s.csv": CSV})
    window = ("--from", "2026-03-02T10:00:00Z", "--to", "2026-03-02T12:00:00Z")
    code, out, err = run("backtest", root / "m.json", "--series", root / "s.csv", *window, "--json")
    document = json.loads(out)

    assert (code, err) == (0, "")
    assert (document["from"], document["to"], document["evaluations"]) == (
        "2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z", 120,
    )  # fmt: skip
    assert document["transitions"][0] == {
        "time": "2026-03-02T10:05:00Z", "group": {"host": "a"}, "from": "OK", "to": "Alert", "value": 91.8,
    }  # fmt: skip
    first = document["notifications"][0]
    assert first == first | {
        "time": "2026-03-02T10:05:00Z", "group": {"host": "a"}, "transition": "Triggered", "recipients": ["ops@example.com"],
        "subject": "[Monitor Alert] Triggered: high on a", "body": "91.8 @ops@example.com", "silenced_by": None,
    }  # fmt: skip


def test_backtest_of_one_and_of_several_monitors_has_the_same_shape_with_names(run, folder):
    root = folder(a_json=GOOD, b_json=GOOD | {"name": "b"}, **{"s.csv": CSV})
    window = ("--from", str(S), "--to", str(S + 600))
    shapes = []
    for files in (["a.json"], ["a.json", "b.json"]):
        code, out, _ = run("backtest", *(root / one for one in files), "--series", root / "s.csv", *window, "--json")
        made = json.loads(out)
        assert (code, made["left_out"]) == (0, [])
        assert [len(one["transitions"]) for one in made["monitors"]] == [2] * len(files)
        assert [one["where"] for one in made["monitors"]] == [str(root / one) for one in files]
        shapes += [set(one) for one in made["monitors"]]
    assert [one["monitor"] for one in made["monitors"]] == ["high on {{host.name}}", "b"]
    assert shapes[0] == shapes[1] == shapes[2]


WINDOW = ("--from", str(S), "--to", str(S + 600))


def test_backtest_leaves_out_what_is_not_evaluated_among_several(run, folder):
    root = folder(a_json=[GOOD, RUM], **{"s.csv": CSV})
    code, out, err = run("backtest", root / "a.json", "--series", root / "s.csv", *WINDOW, "--json")

    said = "doghouse does not evaluate monitors of the type rum alert"
    assert (code, err.count("\n")) == (0, 2)
    assert f"a.json[1]: {said}, and is left out" in err
    assert err.endswith("doghouse: 1 of 2 monitors ran, 1 could not\n")
    assert [one["monitor"] for one in json.loads(out)["monitors"]] == ["high on {{host.name}}"]
    assert json.loads(out)["left_out"] == [{"where": str(root / "a.json[1]"), "text": said}]


BOTH = {"name": "both", "type": "composite", "query": "1 && 22", "message": ""}
BROKEN = {"name": "broken", "type": "metric alert", "query": "avg(last_5m):avg:m{*} >", "message": ""}


def test_a_composite_without_its_members_stops_no_other(run, folder):
    root = folder(monitors_json=[BOTH, GOOD], **{"s.csv": CSV})
    code, out, err = run("backtest", root, "--series", root / "s.csv", *WINDOW, "--json")

    assert code == 0
    assert [one["monitor"] for one in json.loads(out)["monitors"]] == ["high on {{host.name}}"]
    assert "the composite names monitors 1, 22, which are not among those given, and is left out" in err
    assert err.endswith("1 of 2 monitors ran, 1 could not\n")


def test_a_broken_monitor_and_a_broken_file_stop_no_other_and_are_an_error(run, folder):
    root = folder(a_json=BROKEN, b_json=[1], c_json=GOOD, d_json={"name": "no type"}, **{"s.csv": CSV, "e.json": "{"})
    code, out, err = run("backtest", root, "--series", root / "s.csv", *WINDOW, "--json")

    assert code == 1
    assert [one["monitor"] for one in json.loads(out)["monitors"]] == ["high on {{host.name}}"]
    assert [one["where"] for one in json.loads(out)["left_out"]] == [str(root / "e.json:1"), str(root / "a.json")]
    assert "Traceback" not in err


@pytest.mark.parametrize("members", [("1=high on {{host.name}}", "22=b.json"), ("1=a.json", "22=b.json")])
def test_members_of_a_composite_are_given_by_name_or_file(run, folder, monkeypatch, members):
    root = folder(both_json=BOTH, a_json=GOOD, b_json=GOOD | {"name": "b"}, **{"s.csv": CSV})
    monkeypatch.chdir(root)
    given = [word for one in members for word in ("--member", one)]
    code, out, _ = run("backtest", "both.json", "a.json", *given, "--series", "s.csv", *WINDOW, "--json")

    assert code == 0
    assert [len(one["transitions"]) for one in json.loads(out)["monitors"]] == [2, 2]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("x=a.json", "'x=a.json' is not ID=NAME"),
        ("1=hihg on {{host.name}}", "did you mean 'high on {{host.name}}'?"),
    ],
)
def test_a_member_that_nobody_is_says_what_was_meant(run, folder, said, text):
    root = folder(both_json=BOTH, a_json=GOOD, **{"s.csv": CSV})
    code, out, err = run("backtest", root, "--member", said, "--series", root / "s.csv", *WINDOW)

    assert code in (1, 64)
    assert (out, err.count("\n")) == ("", 1)
    assert text in err


def test_backtest_runs_what_datadog_would_refuse_only_if_it_is_forced(run, folder):
    wrong = GOOD | {"options": {"thresholds": {"critical": 80}}}
    root = folder(a_json=wrong, **{"s.csv": CSV})
    asked = ("backtest", root / "a.json", "--series", root / "s.csv", *WINDOW, "--json")
    words = "Datadog refuses this monitor: options.thresholds.critical: Alert threshold (80.0) does not match that used in the query (90.0).\n"

    code, out, err = run(*asked)
    assert (code, json.loads(out)["monitors"] if code == 0 else None) == (1, None)
    assert err.endswith(words)
    code, out, err = run(*asked, "--force")
    assert (code, bool(json.loads(out))) == (0, True)
    assert err.endswith(words)


def test_backtest_says_that_there_were_no_points(run, folder):
    root = folder(a_json=GOOD | {"query": "avg(last_5m):avg:n{*} by {host} > 90"}, **{"s.csv": CSV})
    code, _, err = run("backtest", root / "a.json", "--series", root / "s.csv", *WINDOW)

    assert (code, err) == (0, f"doghouse: {root / 'a.json'}: there are no points of n in that time and scope\n")


def test_backtest_says_that_no_series_has_the_tag_that_it_groups_by(run, folder):
    root = folder(a_json=GOOD | {"query": "avg(last_5m):avg:m{*} by {env} > 90"}, **{"s.csv": CSV})
    code, _, err = run("backtest", root / "a.json", "--series", root / "s.csv", *WINDOW)

    said = "no series of m has the tag env, which the query groups by"
    assert (code, err) == (0, f"doghouse: {root / 'a.json'}: {said}\n")


@pytest.mark.parametrize(
    ("window", "text"),
    [({"timezone": "Mars/Base"}, "'Mars/Base' is no time zone"), ({"day_starts": "25:00"}, "no time of day"), ("x", "is no object"),
     ({"hour_starts": 61}, "no minute"), ({"month_starts": 31}, "no day that every month has")],
)  # fmt: skip
def test_an_evaluation_window_that_cannot_be_is_one_sentence(run, folder, window, text):
    options = {"scheduling_options": {"evaluation_window": window}}
    root = folder(a_json=GOOD | {"query": "avg(current_1d):avg:m{*} > 90", "options": options}, **{"s.csv": CSV})
    for call in (("backtest", root / "a.json", "--series", root / "s.csv", *WINDOW), ("lint", root / "a.json")):
        code, out, err = run(*call)
        assert (code, text in out + err) == (1, True)


def test_backtest_takes_a_file_as_spreadsheets_write_it(run, folder):
    root = folder(a_json=GOOD, **{"s.csv": "\ufeff" + CSV.replace("\n", "\r\n")})
    code, out, _ = run("backtest", root / "a.json", "--series", root / "s.csv", *WINDOW, "--json")

    assert (code, len(json.loads(out)["transitions"])) == (0, 2)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("timestamp,metric,value,value\n1,m,1,2\n", "s.csv:1: has the column value twice"),
        ('timestamp,metric,value\n1,m,1\n2,m,"2\n3,m,3\n', "s.csv:4: is no CSV here: unexpected end of data"),
        (b"timestamp,metric,value\n1,m\xff,1\n", "s.csv:2: is neither Parquet nor text: the byte 0xff is no UTF-8"),
    ],
)
def test_a_file_of_series_that_is_wrong_is_one_sentence_with_its_line(run, folder, lines, said):
    root = folder(a_json=GOOD)
    (root / "s.csv").write_bytes(lines if isinstance(lines, bytes) else lines.encode())
    code, out, err = run("backtest", root / "a.json", "--series", root / "s.csv", *WINDOW)

    assert (code, out, err.count("\n"), said in err) == (1, "", 1, True)


def test_series_from_a_pipe_are_refused_in_one_sentence(run, folder):
    root = folder(a_json=GOOD)
    os.mkfifo(root / "pipe")
    code, out, err = run("backtest", root / "a.json", "--series", root / "pipe", *WINDOW)

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "pipe: is a pipe, and it is read more than once: save it to a file first" in err


@pytest.mark.parametrize(
    ("downtimes", "said"),
    [
        ([1], "d.json: downtime 1: a downtime is an object with a scope and a schedule"),
        ([DOWNTIME, {**DOWNTIME, "schedule": {**DOWNTIME["schedule"], "timezone": "Mars/X"}}], "d.json: downtime 2: schedule.timezone: 'Mars/X' is"),
    ],
)  # fmt: skip
def test_a_wrong_downtime_is_one_sentence(run, folder, downtimes, said):
    root = folder(a_json=GOOD, d_json=downtimes, **{"s.csv": CSV})
    code, out, err = run(
        "backtest", root / "a.json", "--series", root / "s.csv", "--downtimes", root / "d.json", *WINDOW
    )

    assert (code, out, err.count("\n"), said in err) == (1, "", 1, True)


def test_backtest_says_what_it_suggests_nothing_for(run, folder):
    check = {
        "type": "service check",
        "query": '"c".over("*").by("host").last(2).count_by_status()',
        "message": "@a@b.cc",
    }
    root = folder(a_json=check, **{"s.csv": CSV.replace(",m,", ",c,")})
    (root / "s.csv").write_text(f"timestamp,metric,value,tags\n{S},c,2,host:a\n")
    code, out, err = run("backtest", root / "a.json", "--series", root / "s.csv", *WINDOW, "--suggest", "--json")

    assert (code, json.loads(out)["suggestions"]) == (0, [])
    assert [one["to"] for one in json.loads(out)["transitions"]] == ["Alert"]
    assert err.endswith("a.json: --suggest varies thresholds and windows, which a service check does not have\n")


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("--from", "yesterday"), 64, "yesterday"),
        (
            ("--from", f"{S}000", "--to", f"{S + 60}000", "--series", "s.csv"),
            64,
            "seconds since 1970, not milliseconds",
        ),
        (("--from", str(S), "--to", str(S)), 64, "--from is not before --to"),
        (("--from", str(S), "--to", str(S + 60)), 64, "--series"),
        (("--from", str(S), "--to", str(S + 60), "--series", "nothing.csv"), 1, "nothing.csv: cannot be read"),
        (("--from", str(S), "--to", str(S + 60), "--timezone", "Mars/Base"), 64, "'Mars/Base' is no time zone"),
    ],
)
def test_what_backtest_cannot_use_is_one_sentence(run, folder, arguments, code, text):
    left, out, err = run("backtest", folder(a_json=GOOD) / "a.json", *arguments)

    assert (left, out, err.count("\n")) == (code, "", 1)
    assert text in err


TESTS = """\
monitor: {monitor: a}
start: 2026-03-02T10:00Z
tests:
  - name: alerts [/x] and recovers
    series: {"m{host:a}": 80 85 95 99 100 100 60 50x5}
    transitions: [+5m Alert, +%dm OK]
"""


@pytest.mark.parametrize(
    ("more", "place", "said"),
    [
        ("    states: {+20m: OK}", 7, "'+20m' is after the test's end, +12m: until says when that is"),
        ("    until: 2100-01-01", 7, "'2100-01-01' is more than ten years after the start"),
        (
            "members: {1: a.json}",
            7,
            "a.json holds 2 monitors: name one of them behind a #, such as a.json#[0], a.json#[1]",
        ),
        ("members: {1: b.json}", 7, "b.json is nested too deeply to be read"),
    ],
)
def test_a_test_that_cannot_be_what_was_meant_is_one_sentence(run, folder, more, place, said):
    text = TESTS.replace("{monitor: a}", json.dumps(GOOD)).replace("%d", "7") + more + "\n"
    root = folder(a_json=[GOOD, GOOD], b_json="[" * 100_000, **{"x.test.yaml": text})
    code, _, err = run("test", root / "x.test.yaml")

    assert (code, err.count("\n")) == (1, 1)
    assert f"x.test.yaml:{place}: {said}" in err


def test_a_notification_with_another_text_is_shown_with_its_text(run, folder):
    told = '    notifications: [{at: +5m, transition: Triggered, contains: ["100 %"]}]\n'
    monitor = GOOD | {"message": "first line @ops@example.com\nit is {{value}}"}
    text = TESTS.replace("{monitor: a}", json.dumps(monitor)).replace("%d", "7") + told
    code, out, _ = run("test", folder(**{"x.test.yaml": text}) / "x.test.yaml")

    assert code == 1
    assert "contains '100 %'" in out
    assert "got       +5m Triggered host:a → ops@example.com: first line @ops@example.com" in out
    assert "subject '[Monitor Alert] Triggered: high on a'" in out
    assert "  it is 91.8" in out


def test_a_transition_of_another_group_than_expected_is_shown_with_its_group(run, folder):
    text = TESTS.replace("{monitor: a}", json.dumps(GOOD)).replace("+5m Alert", "+5m Alert host:b").replace("%d", "7")
    code, out, _ = run("test", folder(**{"x.test.yaml": text}) / "x.test.yaml")

    assert code == 1
    assert "got       +5m Alert host:a (91.8)" in out


def test_test_prints_expected_and_got_side_by_side_and_exits_1(run, folder):
    root = folder(a_json=GOOD, **{"a.test.yaml": TESTS.replace("{monitor: a}", "a.json") % 9})
    code, out, _ = run("test", root / "a.test.yaml", "--junit", root / "out.xml")

    assert code == 1
    assert out.splitlines()[-1] == "0 passed, 1 failed"
    assert "expected  +5m Alert  line 6" in out
    assert "got       +5m Alert (91.8)" in out
    suite = ET.parse(root / "out.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")


def test_test_that_passes_exits_0(run, folder):
    root = folder(a_json=GOOD, **{"a.test.yaml": TESTS.replace("{monitor: a}", "a.json") % 8})
    code, out, _ = run("test", str(root / "*.test.yaml"))

    assert (code, out.splitlines()[-1]) == (0, "1 passed, 0 failed")


@pytest.mark.parametrize(
    ("transitions", "code"),
    [
        ('["+1m Alert host:b", "+1m Alert host:a"]', 0),
        ('["+1m Alert", "+1m Alert host:a"]', 0),
        ('["+1m Alert host:a", "+1m Alert host:a"]', 1),
        ('["+1m Alert host:a"]', 1),
        ("[+1m Alert, +1m Alert, +1m Alert]", 1),
    ],
)
def test_transitions_of_one_minute_may_stand_in_any_order(run, folder, transitions, code):
    tests = (
        "monitor: a.json\nstart: 2026-03-02T10:00Z\ntests:\n  - name: both\n"
        f'    series: {{"m{{host:a}}": 95, "m{{host:b}}": 95}}\n    transitions: {transitions}\n'
    )
    left, _, _ = run("test", folder(a_json=GOOD, **{"a.test.yaml": tests}) / "a.test.yaml")

    assert left == code


def test_a_pattern_that_matches_nothing_fails(run, folder):
    code, out, err = run("test", str(folder() / "*.yaml"))

    assert (code, out) == (1, "")
    assert "matches no file" in err


RULES = "- {name: ours, filter: {tags: [team:a]}, recipients: [slack-a]}\n"


def test_lint_takes_a_file_of_rules(run, folder):
    path = folder(a_json=GOOD | {"message": "nobody", "tags": ["team:a"]}, b_json=GOOD | {"message": "nobody"})
    (path / "rules.yaml").write_text(RULES)
    code, out, _ = run("lint", path / "a.json", "--rules", path / "rules.yaml")
    assert code == 0
    code, out, _ = run("lint", path / "b.json", "--rules", path / "rules.yaml")
    assert code == 1
    assert "nobody is mentioned when it alerts or recovers, and no notification rule routes it" in out


def test_backtest_tells_whom_rules_add(run, folder):
    root = folder(a_json=GOOD | {"message": "nobody", "tags": ["team:a"]}, **{"s.csv": CSV, "rules.yaml": RULES})
    given = ("backtest", root / "a.json", "--series", root / "s.csv", *WINDOW, "--json")
    assert json.loads(run(*given)[1])["notifications"] == []
    routed = json.loads(run(*given, "--rules", root / "rules.yaml")[1])["notifications"]
    assert [notification["recipients"] for notification in routed] == 2 * [["slack-a"]]


@pytest.mark.parametrize(
    "command", [("lint",), ("backtest", "--from", "now-1h", "--series", "points.csv")], ids=["lint", "backtest"]
)
def test_a_wrong_file_of_rules_is_one_sentence(run, folder, command):
    path = folder(a_json=GOOD)
    (path / "rules.yaml").write_text("- {name: ours, recipients: ['@a']}")
    (path / "points.csv").write_text(CSV)
    named = [str(path / word) if word == "points.csv" else word for word in command]
    code, _, err = run(named[0], path / "a.json", *named[1:], "--rules", path / "rules.yaml")
    assert code == 1
    assert f"--rules: {path / 'rules.yaml'}: rule 1 ('ours'): Invalid recipients" in err.replace("\n", " ")
