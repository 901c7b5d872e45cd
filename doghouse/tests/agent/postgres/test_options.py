"""What an instance of the check of PostgreSQL asks for, without a server."""

import pytest

from doghouse.agent.postgres.options import parse
from doghouse.agent.postgres.relations import ALL, LOCKS, conditions
from doghouse.agent.postgres.relations import parse as relations


@pytest.mark.parametrize(
    ("said", "mode"),
    [({}, "allow"), ({"ssl": "Require"}, "require"), ({"ssl": "disable"}, "disable"), ({"ssl": True}, "allow")],
)
def test_how_the_connection_is_encrypted_is_one_of_libpqs_modes(said, mode):
    assert parse(said, "").ssl["sslmode"] == mode


def test_kinds_of_relations_narrow_locks_alone():
    (chosen,) = relations([{"relation_name": "orders", "relkind": ["r", "i"]}])
    assert "relkind IN ('r', 'i')" in conditions([chosen], LOCKS)
    assert not any("relkind" in conditions([chosen], select) for select in ALL if select is not LOCKS)
    assert "relkind" not in conditions(relations(["orders"]), LOCKS)
