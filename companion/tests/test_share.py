"""`my-metric share`: a public link to the timeboard, shown again, and revoked."""

from __future__ import annotations

import pytest
import urllib3

from .conftest import MyMetric


def status(link: str) -> int:
    """What a browser without keys gets."""
    return urllib3.request("GET", link).status


def test_a_link_is_made_once_opens_without_keys_and_ends_when_it_is_revoked(
    my_metric: MyMetric, recwarn: pytest.WarningsRecorder
) -> None:
    my_metric("apply", "--yes")
    first, second = (my_metric("share") for _ in range(2))
    assert first.code == 0
    assert first.out == second.out
    assert [str(warning.message) for warning in recwarn] == []
    link = first.out.strip()
    assert status(link) == 200
    revoked = my_metric("share", "--revoke")
    assert (revoked.code, revoked.out.split()) == (0, ["revoked", link])
    assert status(link) == 404
    assert my_metric("share", "--revoke").out.strip() == "the timeboard has no public link"
    assert my_metric("share").out.strip() != link


def test_without_a_timeboard_there_is_nothing_to_share(my_metric: MyMetric) -> None:
    ran = my_metric("share")
    assert ran.code == 1
    assert "my-metric apply" in ran.err
