"""plan, apply, destroy against a real doghouse, through the command that a person types."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from companion import provision, resources
from companion.client import Account
from companion.kinds.model import MARK
from companion.settings import Settings
from doghouse.importing import Keys
from doghouse.running import House

from ..conftest import MyMetric

KINDS = {"timeboard": 2, "monitor": 1, "downtime": 2, "host tags": 1}
SETTINGS = Settings(email="me@example.org", host="web-1", timezone="Europe/Berlin", tags=("env:lab", "role:web"))


def objects(account: Account) -> dict[str, list[dict[str, Any]]]:
    """Everything in the account, whoever made it."""
    downtimes = account.call("list_downtimes", page_limit=1000)["data"]
    return {
        "timeboard": sorted(
            account.call("list_dashboards", count=1000)["dashboards"], key=lambda one: str(one["title"])
        ),  # the integration's own first
        "monitor": account.call("list_monitors"),
        "downtime": [one for one in downtimes if one["attributes"]["status"] not in ("canceled", "ended")],
    }


def actions(document: dict[str, Any]) -> Counter[str]:
    return Counter(row["action"] for row in document["resources"])


def test_plan_then_apply_then_plan(my_metric: MyMetric) -> None:
    before = my_metric("plan", "--json")
    assert before.code == 2
    assert Counter(row["kind"] for row in before.document["resources"]) == KINDS
    assert actions(before.document) == {"create": 6}
    assert before.document["calls"]["write"] == 0
    applied = my_metric("apply", "--yes", "--json")
    assert applied.code == 0
    assert all(row["id"] for row in applied.document["resources"])
    assert applied.document["calls"]["write"] == 6
    after = my_metric("plan", "--json")
    assert after.code == 0
    assert actions(after.document) == {"none": 6}
    assert all(row["changes"] == [] for row in after.document["resources"])


def test_a_second_apply_makes_no_call_that_writes(my_metric: MyMetric) -> None:
    my_metric("apply", "--yes")
    again = my_metric("apply", "--yes", "--json")
    assert again.code == 0
    assert again.document["calls"]["write"] == 0


def test_plan_reads_for_a_person(my_metric: MyMetric) -> None:
    first = my_metric("plan")
    assert first.code == 2
    assert "create  timeboard  My Metric" in first.out
    assert "Plan: 6 to create, 0 to update, 0 unchanged.   Apply with: my-metric apply" in first.out
    assert "░ nights   ▒ weekend" in first.out
    my_metric("apply", "--yes")
    assert my_metric("plan").out.endswith("Nothing to do.\n")


def test_apply_does_not_act_unasked_where_nobody_can_be_asked(my_metric: MyMetric, account: Account) -> None:
    ran = my_metric("apply")
    assert ran.code == 64
    assert "--yes" in ran.err
    assert not any(objects(account).values())


def test_what_was_changed_by_hand_is_shown_by_field_and_put_right(my_metric: MyMetric, account: Account) -> None:
    my_metric("apply", "--yes")
    (monitor,) = objects(account)["monitor"]
    options = {**monitor["options"], "thresholds": {"critical": 800, "warning": 450}, "renotify_interval": 10}
    account.call("update_monitor", monitor_id=monitor["id"], body={"options": options, "priority": 1})
    (row,) = [row for row in my_metric("plan", "--json").document["resources"] if row["action"] == "update"]
    assert row["kind"] == "monitor"
    assert {change["field"]: (change["from"], change["to"]) for change in row["changes"]} == {
        "options.thresholds.warning": (450, 500),
        "options.renotify_interval": (10, 0),
        "priority": (1, 3),
    }
    assert my_metric("apply", "--yes").code == 0
    assert my_metric("plan").code == 0


def test_a_field_that_was_added_by_hand_is_taken_out_again(my_metric: MyMetric, account: Account) -> None:
    my_metric("apply", "--yes")
    (monitor,) = objects(account)["monitor"]
    options = {**monitor["options"], "escalation_message": "wake up", "timeout_h": 4}
    account.call("update_monitor", monitor_id=monitor["id"], body={"options": options})
    (row,) = [row for row in my_metric("plan", "--json").document["resources"] if row["action"] == "update"]
    assert {change["field"] for change in row["changes"]} == {"options.escalation_message", "options.timeout_h"}
    my_metric("apply", "--yes")
    assert my_metric("plan").code == 0


def test_a_timeboard_and_a_downtime_that_drifted_are_put_right(my_metric: MyMetric, account: Account) -> None:
    my_metric("apply", "--yes")
    found = objects(account)
    board = account.call("get_dashboard", dashboard_id=found["timeboard"][0]["id"])
    account.call(
        "update_dashboard", dashboard_id=board["id"], body={**board, "title": "Mine", "widgets": board["widgets"][:2]}
    )
    nights = next(one for one in found["downtime"] if "nights" in one["attributes"]["message"])
    schedule = {key: nights["attributes"]["schedule"][key] for key in ("timezone", "recurrences")}
    schedule["recurrences"] = [{**schedule["recurrences"][0], "duration": "12h"}]
    body = {"data": {"type": "downtime", "id": nights["id"], "attributes": {"schedule": schedule}}}
    account.call("update_downtime", downtime_id=nights["id"], body=body)
    rows = {row["name"]: row for row in my_metric("plan", "--json").document["resources"] if row["action"] == "update"}
    assert {change["field"] for change in rows["My Metric"]["changes"]} == {"title", "widgets[2]", "widgets[3]"}
    assert [change["field"] for change in rows["Out of office: nights"]["changes"]] == [
        "schedule.recurrences[0].duration"
    ]
    my_metric("apply", "--yes")
    assert my_metric("plan").code == 0


def test_a_downtime_that_somebody_made_for_the_monitor_is_no_drift_of_it(my_metric: MyMetric, account: Account) -> None:
    """Datadog lists it in options.silenced (recorded: v1 get_a_monitor_s_details_with_downtime_…)."""
    my_metric("apply", "--yes")
    (monitor,) = objects(account)["monitor"]
    options = {**monitor["options"], "silenced": {"host:web-1": 1_900_000_000}}
    account.call("update_monitor", monitor_id=monitor["id"], body={"options": options})
    assert account.call("get_monitor", monitor_id=monitor["id"])["options"]["silenced"]
    assert my_metric("plan").code == 0


@pytest.mark.parametrize("field", ["is_read_only", "restricted_roles", "tags", "notify_list"])
def test_each_field_of_a_timeboard_that_a_person_sets_is_drift(
    my_metric: MyMetric, account: Account, field: str
) -> None:
    my_metric("apply", "--yes")
    board = account.call("get_dashboard", dashboard_id=objects(account)["timeboard"][0]["id"])
    role = "11111111-1111-1111-1111-111111111111"
    value = {"is_read_only": True, "restricted_roles": [role], "tags": ["team:a"], "notify_list": ["me@example.org"]}[
        field
    ]
    account.call("update_dashboard", dashboard_id=board["id"], body={**board, field: value})
    (row,) = [row for row in my_metric("plan", "--json").document["resources"] if row["action"] == "update"]
    assert [change["field"] for change in row["changes"]] == [field]
    my_metric("apply", "--yes")
    assert my_metric("plan").code == 0


def test_ids_that_the_server_gives_to_widgets_are_no_drift(my_metric: MyMetric, account: Account) -> None:
    my_metric("apply", "--yes")
    board = account.call("get_dashboard", dashboard_id=objects(account)["timeboard"][0]["id"])
    widgets = [{**widget, "id": 7_000_000 + number} for number, widget in enumerate(board["widgets"])]
    account.call("update_dashboard", dashboard_id=board["id"], body={**board, "widgets": widgets})
    assert my_metric("plan").code == 0


def where_it_is(hour: int) -> str:
    """A zone in which it is this hour of the day now."""
    ahead = (hour - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}"  # their signs are turned round


@pytest.mark.parametrize(("hour", "runs"), [(13, False), (22, True)])
def test_another_timezone_updates_the_downtimes_that_run_and_those_that_do_not(
    my_metric: MyMetric, account: Account, hour: int, runs: bool
) -> None:
    """Datadog refuses another start of one that runs, so that it is made anew."""
    zone = where_it_is(hour)
    at_home = my_metric.with_arguments("--timezone", zone)
    at_home("apply", "--yes")
    status = {one["id"]: one["attributes"]["status"] for one in objects(account)["downtime"]}
    if runs or datetime.now(ZoneInfo(zone)).weekday() < 5:  # at the weekend one runs all day
        assert ("active" in status.values()) == runs
    moved = my_metric.with_arguments("--timezone", "Pacific/Kiritimati")
    rows = [row for row in moved("plan", "--json").document["resources"] if row["action"] == "update"]
    assert {row["kind"] for row in rows} == {"downtime"}
    assert moved("apply", "--yes").code == 0
    assert moved("plan").code == 0
    now = {one["id"] for one in objects(account)["downtime"]}
    assert len(now) == len(status)
    assert now >= {id for id, said in status.items() if said == "scheduled"}


def test_destroy_removes_what_was_made_and_nothing_else(my_metric: MyMetric, account: Account) -> None:
    account.call("create_dashboard", body={"title": "Not ours", "layout_type": "ordered", "widgets": []})
    theirs = {
        "type": "metric alert",
        "query": "avg(last_5m):avg:a{*} > 1",
        "name": "Not ours",
        "tags": ["managed-by:you"],
    }
    account.call("create_monitor", body=theirs)
    account.call("create_host_tags", host_name="web-1", source="users", body={"tags": ["team:theirs"]})
    before = objects(account)
    my_metric("apply", "--yes")
    destroyed = my_metric("destroy", "--yes", "--json")
    assert actions(destroyed.document) == {"delete": 6}
    assert destroyed.document["calls"]["write"] == 6
    after = objects(account)
    assert {kind: [one["id"] for one in ones] for kind, ones in after.items()} == {
        kind: [one["id"] for one in ones] for kind, ones in before.items()
    }
    assert account.call("get_host_tags", host_name="web-1", source="users")["tags"] == ["team:theirs"]
    assert my_metric("destroy", "--yes", "--json").document["resources"] == []


def test_the_monitor_goes_before_what_silences_it(my_metric: MyMetric) -> None:
    my_metric("apply", "--yes")
    kinds = [row["kind"] for row in my_metric("destroy", "--yes", "--json").document["resources"]]
    assert kinds.index("monitor") < kinds.index("downtime")


def test_a_tag_that_the_host_had_before_us_outlives_us(my_metric: MyMetric, account: Account) -> None:
    account.call("create_host_tags", host_name="web-1", source="users", body={"tags": ["env:lab", "team:theirs"]})
    my_metric("apply", "--yes")
    tags = account.call("get_host_tags", host_name="web-1", source="users")["tags"]
    assert sorted(tags) == ["env:lab", "my-metric-tags:role:web", "role:web", "team:theirs"]
    assert my_metric("plan").code == 0
    my_metric("destroy", "--yes")
    assert sorted(account.call("get_host_tags", host_name="web-1", source="users")["tags"]) == [
        "env:lab",
        "team:theirs",
    ]


def test_a_tag_that_left_the_settings_leaves_the_host(my_metric: MyMetric, account: Account) -> None:
    my_metric("apply", "--yes")
    fewer = my_metric.with_arguments("--tag", "env:lab")
    (row,) = [row for row in fewer("plan", "--json").document["resources"] if row["kind"] == "host tags"]
    assert row["changes"] == [{"field": "tags", "from": "role:web", "to": None}]
    fewer("apply", "--yes")
    tags = account.call("get_host_tags", host_name="web-1", source="users")["tags"]
    assert sorted(tags) == ["env:lab", "my-metric-tags:env:lab"]


def test_duplicates_are_reported_and_nothing_is_chosen_from_them(my_metric: MyMetric, account: Account) -> None:
    my_metric("apply", "--yes")
    board = account.call("get_dashboard", dashboard_id=objects(account)["timeboard"][0]["id"])
    copy = account.call(
        "create_dashboard", body={key: board[key] for key in ("title", "description", "layout_type", "widgets")}
    )
    for command in ("plan", "apply"):
        ran = my_metric(command, "--json", *(["--yes"] if command == "apply" else []))
        assert ran.code == 1
        assert board["id"] in ran.err
        assert copy["id"] in ran.err
    assert len(objects(account)["timeboard"]) == 3
    assert actions(my_metric("destroy", "--yes", "--json").document)["delete"] == 7


def test_a_mark_counts_only_as_a_line_of_its_own(my_metric: MyMetric, account: Account) -> None:
    description = f"Nobody's: it only speaks of {MARK} in passing"
    account.call(
        "create_dashboard", body={"title": "a", "layout_type": "ordered", "widgets": [], "description": description}
    )
    assert actions(my_metric("plan", "--json").document) == {"create": 6}


def test_what_was_made_by_hand_can_be_adopted(my_metric: MyMetric, account: Account) -> None:
    body = {"title": "By hand", "layout_type": "ordered", "widgets": [], "description": "posted with Postman"}
    id = account.call("create_dashboard", body=body)["id"]
    assert my_metric("adopt", "timeboard", id).code == 0
    adopted = account.call("get_dashboard", dashboard_id=id)
    assert adopted["description"] == f"posted with Postman\n\n{MARK}"
    assert adopted["title"] == "By hand"
    row = next(row for row in my_metric("plan", "--json").document["resources"] if row["kind"] == "timeboard")
    assert (row["action"], row["id"]) == ("update", id)
    my_metric("apply", "--yes")
    assert objects(account)["timeboard"][0]["id"] == id
    assert len(objects(account)["timeboard"]) == 2


def test_a_monitor_and_a_downtime_can_be_adopted(my_metric: MyMetric, account: Account) -> None:
    query = "avg(last_5m):avg:my_metric{*} by {host} > 900"
    monitor = account.call("create_monitor", body={"type": "query alert", "query": query, "name": "x", "tags": ["a:b"]})
    assert my_metric("adopt", "monitor", str(monitor["id"])).code == 0
    assert account.call("get_monitor", monitor_id=monitor["id"])["tags"] == ["a:b", MARK]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(
        timespec="seconds"
    )  # the start of one that is active cannot be changed
    attributes = {
        "scope": "*",
        "monitor_identifier": {"monitor_id": monitor["id"]},
        "message": "by hand",
        "schedule": {"start": tomorrow},
    }
    downtime = account.call("create_downtime", body={"data": {"type": "downtime", "attributes": attributes}})["data"][
        "id"
    ]
    which = my_metric("adopt", "downtime", downtime)
    assert which.code == 64
    assert "nights, weekend" in which.err
    assert my_metric("adopt", "downtime", downtime, "--as", "nights").code == 0
    applied = my_metric("apply", "--yes")
    assert applied.code == 0, applied.err
    assert my_metric("plan").code == 0
    found = objects(account)
    assert [one["id"] for one in found["monitor"]] == [monitor["id"]]
    assert downtime in [one["id"] for one in found["downtime"]]
    assert len(found["downtime"]) == 2


def test_an_objective_can_be_adopted_and_keeps_all_that_it_was(my_metric: MyMetric, account: Account) -> None:
    by_hand = {
        "type": "metric",
        "name": "by hand",
        "description": "of somebody",
        "tags": ["team:bread"],
        "query": {"numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()"},
        "thresholds": [{"timeframe": "30d", "target": 99}],
    }
    id = account.call("create_slo", body=by_hand)["data"][0]["id"]
    ran = my_metric("adopt", "slo", id, "--with", "bakery")
    assert ran.code == 0, ran.err
    adopted = account.call("get_slo", slo_id=id)["data"]
    assert {key: adopted[key] for key in ("name", "description", "query")} == {
        key: by_hand[key] for key in ("name", "description", "query")
    }
    assert sorted(adopted["tags"]) == sorted(["team:bread", MARK, f"{MARK}/bakery-in-time"])
    row = next(row for row in my_metric("plan", "--json", "--with", "bakery").document["resources"] if row["id"] == id)
    assert (row["kind"], row["action"]) == ("slo", "update")


def test_a_second_one_is_not_adopted(my_metric: MyMetric, account: Account) -> None:
    my_metric("apply", "--yes")
    other = account.call("create_dashboard", body={"title": "b", "layout_type": "ordered", "widgets": []})["id"]
    ran = my_metric("adopt", "timeboard", other)
    assert ran.code == 1
    assert "carries the mark already" in ran.err
    assert my_metric("adopt", "timeboad", other).code == 64
    assert my_metric("adopt", "monitor", "abc").code in (1, 64)


def test_adopting_once_more_leaves_a_timeboard_what_it_became(my_metric: MyMetric, account: Account) -> None:
    id = account.call("create_dashboard", body={"title": "a", "layout_type": "ordered", "widgets": []})["id"]
    for _ in range(2):
        assert my_metric("adopt", "timeboard", id).code == 0
        assert account.call("get_dashboard", dashboard_id=id)["description"] == MARK
    as_another = my_metric("adopt", "timeboard", id, "--as", "apm")
    assert as_another.code == 1
    assert f"({id}) carries the mark {MARK} already" in as_another.err
    assert account.call("get_dashboard", dashboard_id=id)["description"] == MARK


def test_an_objective_without_the_bakery_is_said_to_come_with_it(my_metric: MyMetric) -> None:
    ran = my_metric("adopt", "slo", "abc")
    assert ran.code == 64
    assert "--with bakery" in ran.err


def test_nothing_is_written_when_one_object_would_be_refused(
    my_metric: MyMetric, account: Account, tmp_path: Path
) -> None:
    shutil.copytree(resources.assets_folder(Settings()), tmp_path / "assets")
    (file,) = (tmp_path / "assets/monitors").glob("*.json")
    file.write_text(file.read_text().replace('"critical": 800', '"critical": 900'))
    ran = my_metric("apply", "--yes", "--assets", str(tmp_path / "assets"))
    assert ran.code == 1
    assert (
        "options.thresholds.critical Alert threshold (900.0) does not match that used in the query (800.0)" in ran.err
    )
    assert not any(objects(account).values())


@pytest.mark.parametrize("together", [2, 4])
def test_applies_at_the_same_time_make_one_of_each(house: House, account: Account, together: int) -> None:
    """All plan before any acts, so that each believes that everything is missing."""
    planned = threading.Barrier(together)
    problems: list[Exception] = []

    def one() -> None:
        try:
            with Account(Keys(house.api_key, house.app_key), api_url=house.url, site="") as mine:
                steps = provision.plan(mine, resources.read(SETTINGS, datetime.now(UTC)))
                planned.wait(60)
                provision.apply(mine, steps, lambda _: None)
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=one) for _ in range(together)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert problems == []
    assert {kind: len(ones) for kind, ones in objects(account).items()} == {"timeboard": 2, "monitor": 1, "downtime": 2}
    steps = provision.plan(account, resources.read(SETTINGS, datetime.now(UTC)))
    assert [step.action for step in steps] == ["none"] * 6


def test_an_apply_that_looked_before_an_older_one_could_be_seen_leaves_no_double(
    house: House, account: Account
) -> None:
    now = datetime.now(UTC)
    slow, quick = (provision.plan(account, resources.read(SETTINGS, now)) for _ in range(2))
    house.clock.set(now.timestamp() + 1)
    provision.apply(account, quick, lambda _: None)
    house.clock.set(now.timestamp())  # a server takes the time of creation before it stores
    provision.apply(account, slow, lambda _: None)
    assert {kind: len(ones) for kind, ones in objects(account).items()} == {"timeboard": 2, "monitor": 1, "downtime": 2}
    steps = provision.plan(account, resources.read(SETTINGS, now))
    assert [step.action for step in steps] == ["none"] * 6


def test_status_says_what_is_there(my_metric: MyMetric, account: Account) -> None:
    assert {row["status"] for row in my_metric("status", "--json").document["resources"]} == {"missing"}
    my_metric("apply", "--yes")
    (monitor,) = objects(account)["monitor"]
    account.call("update_monitor", monitor_id=monitor["id"], body={"name": "other"})
    said = my_metric("status", "--json").document
    states = {row["name"]: row["status"] for row in said["resources"]}
    assert Counter(states.values()) == {"ok": 5, "drifted": 1}
    assert "no point in the past" in said["last_point"]["note"]
    text = my_metric("status").out
    assert "drifted  monitor" in text
    assert "Sat 00:00 to Mon" in text or "until" in text


def test_open_prints_the_address_of_exactly_the_last_minutes(my_metric: MyMetric, house: House) -> None:
    assert my_metric("open").code == 1
    my_metric("apply", "--yes")
    url = my_metric("open", "--last", "5m").out.strip()
    address, _, query = url.partition("?")
    assert address.startswith(f"{house.url}/dashboard/")
    given = dict(part.split("=") for part in query.split("&"))
    assert int(given["to_ts"]) - int(given["from_ts"]) == 5 * 60 * 1000
    assert given["live"] == "true"
    assert my_metric("open", "--last", "five").code == 64
    assert my_metric("open", "--last", "99999w").code == 64


def test_without_an_email_the_plan_says_that_nobody_is_told(my_metric: MyMetric, settings_file: Path) -> None:
    settings_file.write_text("timezone: Europe/Berlin\n")
    assert "Nobody is told yet" in my_metric("plan").out


def test_tags_without_a_host_are_said_to_be_set_nowhere(my_metric: MyMetric, settings_file: Path) -> None:
    settings_file.write_text("email: me@example.org\ntags: [env:lab]\n")
    assert "The tags are set nowhere yet: set 'host'" in my_metric("plan").out
