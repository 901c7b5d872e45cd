"""A review in each format: Markdown that fits a comment and calls nobody, annotations and SARIF with what is newly wrong on its line."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from doghouse.importing.things import MonitorInFile
from doghouse.reports import formats, writer
from doghouse.review.making import ReviewOptions, review
from doghouse.review.model import Review, Side

NASTY = "a|b `c` *d* <img src=x> @everyone #12 [x](http://example.com) cpu_high\n\n# heading"
BODY: dict[str, Any] = {
    "type": "metric alert",
    "query": "avg(last_5m):avg:m{*} > 90",
    "name": "high",
    "message": "{{value}} @ops@example.com",
}


def made(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Review:
    sides = [
        Side(
            name,
            [MonitorInFile(f"{n:04}.json", {**BODY, **body}, file=f"{n:04}.json") for n, body in enumerate(bodies)],
        )
        for name, bodies in (("base", before), ("head", after))
    ]
    return review(*sides, ReviewOptions())


def printed(result: Review, format: str) -> str:
    out = StringIO()
    writer(format, Review)(result, out)
    return out.getvalue()


def test_the_formats_of_a_review() -> None:
    assert formats(Review) == ["github", "gitlab", "json", "markdown", "sarif", "text"]


@pytest.mark.parametrize("number", [1, 30, 500])
@pytest.mark.parametrize("length", [10, 3_000, 70_000])  # a comment has at most 65,536
def test_markdown_fits_a_comment_and_counts_what_is_left_out(number: int, length: int) -> None:
    before = [{"name": f"monitor {n}"} for n in range(number)]
    after = [{"name": f"monitor {n}", "message": f"{'word ' * (length // 5)} @ops@example.com"} for n in range(number)]
    text = printed(made(before, after), "markdown")
    assert len(text) <= 65_536
    assert text.startswith(f"### {number} monitor{'s' * (number > 1)} changed; 0 unchanged\n")
    sections = len(re.findall(r"^#### monitor ", text, re.MULTILINE))
    headlines = len(re.findall(r"^- monitor ", text, re.MULTILINE))
    left = re.search(r"^- and ([\d,]+) more, for which there is no room here$", text, re.MULTILINE)
    assert sections + headlines + (int(left[1].replace(",", "")) if left else 0) == number
    assert sections > 0


def test_markdown_shows_names_and_texts_as_they_stand_and_calls_nobody() -> None:
    result = made([{"name": "x"}], [{"name": NASTY, "message": f"{NASTY} @ops@example.com", "tags": [NASTY]}])
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(printed(result, "markdown"))
    assert "<img" not in html
    assert "<a " not in html
    assert len(re.findall("<h[1-6]>", html)) == 2  # the title, and the monitor
    outside = re.sub(r"<(pre|code)>.*?</\1>", "", html, flags=re.DOTALL)
    assert not re.search(r"@\w", outside)
    assert "cpu_high" in outside


def test_markdown_names_no_monitor_that_did_not_change() -> None:
    text = printed(
        made([{"name": "quiet"}, {"name": "loud"}], [{"name": "quiet"}, {"name": "loud", "priority": 1}]), "markdown"
    )
    assert "loud" in text
    assert "quiet" not in text


def test_github_has_an_annotation_for_each_new_problem_and_each_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = printed(made([{}], [{"message": "{{#is_alert}} @ops@example.com"}]), "github").splitlines()
    assert lines == [
        "::error file=0000.json,title=high%3A message-unclosed-block::message: {{#is_alert}} is never closed by {{/is_alert}}",
        "::notice file=0000.json,title=monitor-changed::high: message",
        "1 monitor changed; 0 unchanged",
    ]


def test_sarif_has_what_is_newly_wrong_and_nothing_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    broken = {"message": "{{#is_alert}} @ops@example.com"}
    other = broken | {"query": "max(last_5m):max:m{*} > 1"}
    document = json.loads(printed(made([{}, other], [broken, other | {"priority": 1}]), "sarif"))
    (run,) = document["runs"]
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [("message-unclosed-block", "error")]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "0000.json"


def test_json_says_what_changed_by_field() -> None:
    document = json.loads(printed(made([{}], [{"priority": 2}]), "json"))
    (monitor,) = document["monitors"]
    assert (monitor["name"], monitor["change"]) == ("high", "changed")
    assert monitor["fields"] == [{"field": "priority", "from": None, "to": 2}]
    assert (document["version"], document["unchanged"]) == (1, 0)
