"""docs/agent.md lists what the PostgreSQL check covers: no more, no less."""

import re
from pathlib import Path

from doghouse.agent.postgres import activity, queries, relations

PAGE = Path(__file__).parents[4] / "docs" / "agent.md"


def test_the_page_lists_every_metric_of_the_postgresql_check_with_its_tags():
    table = PAGE.read_text().split("<!-- postgres metrics -->")[1].split("<!-- end of postgres metrics -->")[0]
    listed = set()
    for line in table.strip().splitlines()[2:]:
        _, _, _, tags, metrics, _ = line.split("|")
        listed.add((frozenset(re.findall(r"`([\w.]+)`", tags)), frozenset(re.findall(r"`([\w.]+)`", metrics))))
    every = (*queries.ALL, activity.select((), "datadog"), *relations.ALL)
    assert listed == {
        (frozenset(tag for _, tag in one.tags), frozenset(name for _, name, _ in one.metrics)) for one in every
    }
