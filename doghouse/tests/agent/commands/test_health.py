"""`agent health`: what is well and what is not, of each Agent that runs."""

import pytest

from doghouse.agent.commands.health import health


def status(*checks, problem=""):
    """A status with checks, each its id and whether it runs and has been skipped."""
    listed = [{"id": id, "running": running, "skipped": skipped} for id, running, skipped in checks]
    return {"checks": listed, "forwarder": {"last_problem": problem}}


@pytest.mark.parametrize(("running", "skipped"), [(False, 0), (True, 0), (False, 3)])
def test_a_check_is_well_unless_it_runs_while_it_should_run_again(running, skipped):
    text = "Agent health: PASS\n=== 2 healthy components ===\ncheck cpu:1, forwarder"
    assert health([status(("cpu:1", running, skipped))]) == (text, True)


def test_a_check_that_hangs_and_requests_that_cannot_be_delivered_are_not():
    text = (
        "Agent health: FAIL\n=== 1 healthy components ===\ncheck disk:1\n"
        "=== 2 unhealthy components ===\ncheck cpu:1, forwarder"
    )
    assert health([status(("cpu:1", True, 1), ("disk:1", False, 0), problem="no")]) == (text, False)


def test_one_agent_that_is_not_well_is_enough_wherever_it_stands():
    sick, well = status(problem="no"), status()
    for order in ([sick, well], [well, sick]):
        text, is_well = health(order)
        assert not is_well
        assert (text.count("PASS"), text.count("FAIL"), text.count("=== 0 healthy components ===")) == (1, 1, 1)
    assert health([well, well])[1]
