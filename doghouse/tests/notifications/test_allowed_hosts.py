"""`doghouse up --webhooks-to`: the hosts that webhooks may be sent to besides this machine."""

from __future__ import annotations

import pytest

from doghouse.cli.up import checked_hosts
from doghouse.storage.config import OptionError


def test_hosts_stand_behind_each_other_or_each_for_itself() -> None:
    assert checked_hosts(["Hooks.example.com,10.0.0.5", "::1"]) == ("hooks.example.com", "10.0.0.5", "::1")


@pytest.mark.parametrize("text", ["", "a,", "https://hooks.example.com", "hooks.example.com:8080"])
def test_what_is_no_host_is_said(text: str) -> None:
    with pytest.raises(OptionError, match=r"--webhooks-to: '.*' is no host"):
        checked_hosts([text])
