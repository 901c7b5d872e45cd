"""The stand-in for Datadog's PostgreSQL check, on every server that is installed here (Debian's, and those of the wheel)."""

import json
import os
import signal
import subprocess

import pytest
import yaml

from ..conftest import command, eventually
from ..postgresql import PASSWORD, installed, running

SERVERS = installed()
pytestmark = [
    pytest.mark.skipif(not SERVERS, reason="no PostgreSQL: apt-get install postgresql"),
    pytest.mark.slow,  # about a minute, with all its servers
]
GAUGES = {
    "running", "connections", "commits", "rollbacks", "disk_read", "buffer_hit", "rows_returned", "rows_fetched",
    "rows_inserted", "rows_updated", "rows_deleted", "deadlocks", "temp_bytes", "temp_files", "database_size",
    "before_xid_wraparound", "db.count", "max_connections", "percent_usage_connections", "uptime", "wal_age", "wal_count",
    "wal_size", "control.checkpoint_delay", "activity.wait_event", "snapshot.xmin", "wal_receiver.connected",
}  # fmt: skip
COUNTS = {
    "deadlocks.count", "conflicts.lock", "bgwriter.checkpoints_timed", "bgwriter.buffers_alloc", "bgwriter.write_time",
    "archiver.archived_count", "slru.blks_hit", "wal.records", "wal.bytes", "sessions.count", "blk_read_time",
}  # fmt: skip


@pytest.fixture(scope="module", params=list(SERVERS))
def server(request):
    with running(SERVERS[request.param]) as up:
        with up.connect() as connection:
            connection.execute("CREATE DATABASE shop")
        yield up


@pytest.fixture(scope="module")
def one_server():
    with running(next(iter(SERVERS.values()))) as up:
        with up.connect() as connection:
            connection.execute("CREATE DATABASE shop")
        with up.connect("shop") as connection:
            connection.execute("CREATE TABLE orders (id int PRIMARY KEY, what text)")
            connection.execute("CREATE SCHEMA archive CREATE TABLE orders (id int)")
            connection.execute("INSERT INTO orders SELECT n, 'x' FROM generate_series(1, 7) n")
            connection.execute("SELECT pg_stat_force_next_flush()")
            connection.execute("ANALYZE orders")
            connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'of-the-tests'")
            connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO datadog")
        yield up


def run_check(server, root, *arguments, init_config=None, code=0, **options):
    """Run the check with these options, as `agent check` does: its JSON object and what it logged."""
    instance = {"host": "127.0.0.1", "port": server.port, "username": "datadog", "password": PASSWORD, **options}
    (root / "conf.d" / "postgres.d").mkdir(parents=True, exist_ok=True)
    written = yaml.safe_dump({"init_config": init_config, "instances": [instance]})
    (root / "conf.d" / "postgres.d" / "conf.yaml").write_text(written)
    asked = command("check", "postgres", "--conf", root / "conf.d", "--json", "-l", "warn", *arguments)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DD_")}
    environment |= {"HOME": str(root), "DD_HOSTNAME": "web-1"}
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == code, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return json.loads(done.stdout)[0], done.stderr


@pytest.fixture(scope="module")
def collected(server, tmp_path_factory):
    return run_check(server, tmp_path_factory.mktemp("pg"), "--check-rate", tags=["team:ops"], dbname="shop")


@pytest.fixture
def collect(tmp_path):
    return lambda server, *arguments, **options: run_check(server, tmp_path, *arguments, **options)


def metrics(result, name):
    return [one for one in result["aggregator"]["metrics"] if one["metric"] == f"postgresql.{name}"]


def tags_of(result, name, key):
    return {tag.split(":", 1)[1] for one in metrics(result, name) for tag in one["tags"] if tag.startswith(f"{key}:")}


def test_names_and_types_are_those_of_the_integration(collected):
    result, log = collected
    types = {one["metric"].removeprefix("postgresql."): one["type"] for one in result["aggregator"]["metrics"]}
    assert {name for name, kind in types.items() if kind == "gauge"} >= GAUGES
    assert {name for name, kind in types.items() if kind == "count"} >= COUNTS
    assert log == ""
    assert result["runner"]["LastError"] == ""


def test_each_metric_has_the_tags_server_port_and_what_the_server_says_of_itself(collected, server):
    (count, _) = metrics(collected[0], "db.count")
    keys = {tag.split(":")[0] for tag in count["tags"]}
    assert keys == {
        "team", "server", "port", "postgresql_version", "system_identifier", "replication_role", "database_hostname", "database_instance",
    }  # fmt: skip
    assert {"server:127.0.0.1", f"port:{server.port}", "team:ops", "replication_role:master"} <= set(count["tags"])
    assert count["host"] == "web-1"  # a local server's metrics are the Agent's host's


def test_what_is_counted_for_each_database_has_a_tag_db(collected):
    assert tags_of(collected[0], "connections", "db") == {"postgres", "shop"}
    assert metrics(collected[0], "db.count")[0]["points"][0][1] == 2


def test_the_service_check_says_ok_with_the_tag_db_of_the_instance(collected):
    check = collected[0]["aggregator"]["service_checks"][0]
    assert (check["check"], check["status"], check["message"]) == ("postgres.can_connect", 0, "")
    assert "db:shop" in check["tags"]


def test_the_version_is_submitted_as_metadata(collected):
    (inventory,) = collected[0]["inventories"].values()
    assert int(inventory["version.major"]) >= 15


@pytest.mark.parametrize(
    ("options", "databases"),
    [
        ({"ignore_databases": ["sh%"]}, {"postgres", "template0", "template1"}),
        ({"dbstrict": True, "dbname": "shop"}, {"shop"}),
        ({"collect_default_database": False, "ignore_databases": ["postgres", "template%"]}, {"shop"}),
        ({"ignore_databases": []}, {"postgres", "shop", "template0", "template1"}),
    ],
)
def test_the_options_choose_the_databases(one_server, collect, options, databases):
    assert tags_of(collect(one_server, **options)[0], "connections", "db") == databases


def test_what_is_switched_on_is_collected(one_server, collect):
    without, _ = collect(
        one_server, collect_database_size_metrics=False, collect_count_metrics=False, collect_wal_metrics=False
    )
    assert not any(
        metrics(without, name) for name in ("database_size", "table.count", "wal_count", "transactions.open")
    )
    switched = {"collect_activity_metrics": True, "collect_checksum_metrics": True, "collect_function_metrics": True}
    result, log = collect(one_server, "--check-rate", dbname="shop", **switched)
    assert tags_of(result, "transactions.open", "app") == {"datadog-agent"}
    assert metrics(result, "checksums.checksum_failures")
    assert tags_of(result, "checksums.enabled", "enabled") == {"true"}
    assert tags_of(result, "table.count", "schema") == {"public", "archive"}
    assert tags_of(result, "table.count", "db") == {"shop"}
    assert log == ""


@pytest.mark.parametrize(
    ("relations", "schemas"),
    [
        (["orders"], {"public", "archive"}),
        ([{"relation_regex": "^or"}], {"public", "archive"}),
        ([{"relation_name": "orders", "schemas": ["archive"]}], {"archive"}),
        ([{"relation_name": "no'such\\table"}], set()),
    ],
)
def test_relations_are_chosen_by_name_regex_and_schema(one_server, collect, relations, schemas):
    result, log = collect(one_server, dbname="shop", relations=relations)
    assert tags_of(result, "live_rows", "schema") == schemas
    assert tags_of(result, "total_size", "schema") == schemas
    assert log == ""


def test_a_relations_metrics_are_tagged_with_table_schema_index_and_db(one_server, collect):
    result, _ = collect(one_server, dbname="shop", relations=["orders"])
    (live,) = [one for one in metrics(result, "live_rows") if "schema:public" in one["tags"]]
    assert live["points"][0][1] == 7
    assert {"table:orders", "db:shop"} <= set(live["tags"])
    assert tags_of(result, "individual_index_size", "index") == {"orders_pkey"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"relations": [5]}, "relations: each entry is a table's name or a mapping, found 5"),
        ({"relations": [{"schemas": ["x"]}]}, "relations: give either relation_name or relation_regex"),
        ({"relations": [{"relation_name": "a", "relkind": "r"}]}, "relations: relkind must be a list, found 'r'"),
        ({"port": "many"}, "port must be a whole number, found 'many'"),
        ({"tags": "a:b"}, "tags must be a list, found 'a:b'"),
        ({"custom_queries": "nope"}, "custom_queries must be a list, found 'nope'"),
        ({"custom_queries": ["SELECT 1"]}, "custom_queries: query 1 must be a mapping with query and columns"),
    ],
)
def test_a_wrong_option_is_one_sentence(one_server, collect, options, said):
    result, _ = collect(one_server, code=1, **options)
    assert said in result["runner"]["LastError"]


CUSTOM = {
    "query": "SELECT what, count(*), sum(id) FROM orders GROUP BY what",
    "columns": [
        {"name": "what", "type": "tag"},
        {"name": "orders.total", "type": "gauge"},
        {"name": "orders.ids", "type": "count"},
    ],
    "tags": ["of:tests"],
}


def test_custom_queries_become_metrics_with_their_tags_and_the_instances(one_server, collect):
    result, log = collect(one_server, dbname="shop", custom_queries=[CUSTOM], tags=["team:ops"])
    (total,), (ids,) = metrics(result, "orders.total"), metrics(result, "orders.ids")
    assert (total["type"], total["points"][0][1], ids["type"], ids["points"][0][1]) == ("gauge", 7, "count", 28)
    assert {"what:x", "of:tests", "team:ops", "db:shop"} <= set(total["tags"])
    assert metrics(result, "commits") == []
    assert log == ""


def test_global_custom_queries_are_used_too_and_nothing_else_if_it_is_said(one_server, collect):
    result, _ = collect(
        one_server, dbname="shop", only_custom_queries=True, init_config={"global_custom_queries": [CUSTOM]}
    )
    assert {one["metric"] for one in result["aggregator"]["metrics"]} == {
        "postgresql.orders.total",
        "postgresql.orders.ids",
        "postgresql.running",
    }


def test_a_custom_query_that_is_wrong_is_told_and_the_rest_goes_on(one_server, collect):
    wrong = {"query": "SELECT nothing FROM nowhere", "columns": [{"name": "x", "type": "gauge"}]}
    result, log = collect(one_server, custom_queries=[wrong])
    assert 'Not all metrics may be available: relation "nowhere" does not exist' in log
    assert metrics(result, "connections")
    assert result["aggregator"]["service_checks"][0]["status"] == 0


def test_missing_grants_are_told_and_what_is_allowed_is_collected(one_server, collect):
    result, log = collect(one_server, username="stranger")
    assert "The stranger user has not been granted the pg_monitor role" in log
    assert "Not all metrics may be available: permission denied for function pg_ls_waldir" in log
    assert metrics(result, "connections")
    assert not metrics(result, "wal_count")
    assert result["aggregator"]["service_checks"][0]["status"] == 0


def test_a_wrong_password_is_critical_with_the_servers_words(one_server, collect):
    result, _ = collect(one_server, code=1, password="wrong")
    (check,) = result["aggregator"]["service_checks"]
    assert check["status"] == 2
    assert 'password authentication failed for user "datadog"' in check["message"]
    assert "password authentication failed" in result["runner"]["LastError"]


def test_a_server_that_is_not_there_is_critical(one_server, collect):
    result, _ = collect(one_server, code=1, port=1)
    assert "connection refused" in result["aggregator"]["service_checks"][0]["message"].lower()


def test_a_slow_query_is_cut_off(one_server, collect):
    slow = {"query": "SELECT 1 FROM pg_sleep(20)", "columns": [{"name": "x", "type": "gauge"}]}
    _, log = collect(one_server, custom_queries=[slow], query_timeout=200)
    assert "canceling statement due to statement timeout" in log


def test_options_without_anything_behind_them_are_told(one_server, collect):
    _, log = collect(one_server, dbm=True)
    assert "doghouse's postgres check has nothing for the option dbm" in log


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["shut-down", "crash"])
def test_a_lost_server_is_critical_and_found_again_when_it_is_back(one_server, checks, running_agent, intake, how):
    instance = {
        "host": "127.0.0.1",
        "port": one_server.port,
        "username": "datadog",
        "password": PASSWORD,
        "min_collection_interval": 1,
    }
    checks.add("postgres", None, yaml.safe_dump({"instances": [instance]}))

    def errors():
        listed = [json.loads(path.read_text())["checks"] for path in (checks.root / "home").rglob("status.json")]
        # on a slow machine the first status is written before the check is made
        return listed[0][0] if listed and listed[0] else {"runs": 0, "errors": 0, "error": ""}

    with running_agent() as process:
        eventually(lambda: errors()["runs"] >= 1)
        one_server.stop(how)
        try:
            failed = eventually(lambda: errors()["errors"] >= 2 and errors())
            assert failed["error"]
        finally:
            one_server.up().close()
        eventually(lambda: errors()["errors"] >= 2 and not errors()["error"])
    statuses = [
        one["status"]
        for body in intake.bodies("/api/v1/check_run")
        for one in body
        if one["check"] == "postgres.can_connect"
    ]
    assert statuses[0] == 0
    assert 2 in statuses
    assert statuses[-1] == 0
    assert PASSWORD not in process.log.read_text()


def test_commits_are_counted_per_second(one_server, checks, running_agent, intake):
    every_s, made = 2, 300
    instance = {"host": "127.0.0.1", "port": one_server.port, "username": "datadog", "password": PASSWORD}
    checks.add(
        "postgres",
        None,
        yaml.safe_dump({"instances": [instance | {"min_collection_interval": every_s, "dbname": "shop"}]}),
    )
    with running_agent(), one_server.connect("postgres") as connection:
        eventually(  # the first run also connects, so that its sample is late
            lambda: '"runs": 2' in "".join(path.read_text() for path in (checks.root / "home").rglob("status.json"))
        )
        for _ in range(made):
            connection.execute("SELECT 1")
        connection.execute("SELECT pg_stat_force_next_flush()")
        intake.wait(lambda _: any(rate > made / every_s / 2 for rate in rates(intake, "postgres")), within=60)
    # samples are an interval apart, give or take what a busy machine makes of it; some commits are the check's own
    assert 0.75 * made <= sum(rates(intake, "postgres")) * every_s < 1.5 * made


def rates(intake, database):
    found = [one for one in intake.series("postgresql.commits") if f"db:{database}" in one["tags"]]
    assert {one["type"] for one in found} <= {3}
    return [point["value"] for one in found for point in one["points"]]
