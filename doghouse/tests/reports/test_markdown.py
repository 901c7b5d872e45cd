"""Markdown for a comment: it fits, and other people's words in it stay words."""

from __future__ import annotations

import json
import re

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from doghouse.reports.findings import Finding
from doghouse.reports.markdown import OPEN, listed
from doghouse.reports.markdown.texts import LARGEST, plain, table

RENDERER = MarkdownIt("gfm-like", {"linkify": False})


def rendered(text: str) -> str:
    return RENDERER.render(text)


def words(html: str) -> str:
    """The text of a page without its tags, as one reads it."""
    import html as entities

    return entities.unescape(re.sub(r"<[^>]*>", "", html)).replace("\u200b", "").strip()


SIGNS = st.text(st.sampled_from("ab1 \\`*_|<>[]()!#@&;:~$-+=.\n\"'/{}"))


@given(st.text() | SIGNS)
@example("|")
@example("\\|")
@example("| --- |")
@example("a [b](javascript:alert(1)) ![c](d)")
@example("<!-- a --> <script>b</script>")
@example("__init__ a_b *c* ~d~ `e`")
def test_a_text_is_one_cell_that_reads_as_it_was_written(text: str) -> None:
    html = rendered("\n".join(table(["h"], [[f"x {plain(text)} x"]])))
    (cell,) = re.findall(r"<td>(.*?)</td>", html, re.DOTALL)
    assert "<" not in cell
    assert words(cell).split() == ["x", *_line(text).split(), "x"]


def _line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+", " ", text).replace("\u200b", "")


@given(SIGNS)
def test_a_text_mentions_nobody_and_no_issue(text: str) -> None:
    written = words_with_breaks(rendered(plain(text)))
    assert not re.search(r"(?<!\w)@\w|#\d", written)


def words_with_breaks(html: str) -> str:
    import html as entities

    return entities.unescape(re.sub(r"<[^>]*>", "", html))


def test_usual_names_stand_as_they_are() -> None:
    for name in ("cpu_high", "[prod] CPU is high", "High (95%) on web-1", "a > b < c", "disk & net", "my__name"):
        assert plain(name) == name


def test_lint_has_an_item_a_problem_with_its_place_the_worst_first(repository, run) -> None:
    shown = run("lint", repository / "monitors", "--format", "markdown")
    items = [line for line in shown.stdout.splitlines() if line.startswith("- ")]
    assert shown.exit_code == 1
    counts = "4 monitors: 3 ok, 1 wrong, 0 not evaluated · 1 problem suppressed"
    assert shown.stdout.startswith(f"### Lint fails\n\n{counts}\n")
    assert [re.search(r"<code>(monitors/many.json):\d+</code>", item) is not None for item in items] == [True, True]
    assert [item.split("**")[1] for item in items] == ["error", "warning"]
    assert rendered(shown.stdout).count("<li>") == 2
    assert "cpu \\| 100%, &lt;b>@&#8203;here&lt;/b> #&#8203;12 <code>" in items[0]


def test_unit_tests_say_what_was_expected(repository, run) -> None:
    shown = run("test", repository / "tests", "--format", "markdown")
    assert shown.stdout.startswith("### Unit tests fail\n\n1 passed, 1 failed, 1 not read\n")
    assert "\n- **error** expected no transition; got " in shown.stdout
    assert "<br>it stays <code>tests/fine.test.yaml:10</code>\n" in shown.stdout


def test_what_is_well_says_so_in_two_lines(repository, run) -> None:
    shown = run("lint", "fine.json", "--format", "markdown")
    assert shown.stdout.split("\n\n") == ["### Lint passes", "1 monitor: 1 ok, 0 wrong, 0 not evaluated\n"]


def test_a_backtest_has_a_row_a_monitor(repository, run) -> None:
    points = "".join(f"m,{1_772_445_600 + 60 * n},{95 if n > 9 else 5}\n" for n in range(20))
    (repository / "points.csv").write_text(f"metric,timestamp,value\n{points}")
    span = ("--series", repository / "points.csv", "--from", "1772445600", "--to", "1772446800")
    shown = run("backtest", "fine.json", *span, "--format", "markdown")
    assert "| fine | 1 | " in shown.stdout


def test_many_monitors_with_the_same_problem_are_one_item(repository, run) -> None:
    body = json.loads((repository / "monitors" / "many.json").read_text())[0]
    (repository / "monitors" / "many.json").write_text(json.dumps([body | {"name": f"m{n}"} for n in range(40)]))
    shown = run("lint", "many.json", "--format", "markdown").stdout
    assert shown.count("'nope' is no option") == 1
    assert "<br>and 37 more\n" in shown


def test_some_problems_are_seen_and_the_others_folded() -> None:
    lines = listed([Finding("error", f"text {n}", "a.json", n) for n in range(OPEN + 5)], LARGEST)
    text = "\n".join(lines)
    assert (
        text.index(f"text {OPEN - 1}") < text.index("<summary>5 more problems</summary>") < text.index(f"text {OPEN}")
    )


@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 200))
def test_a_report_fits_and_what_has_no_room_is_counted(errors: int, notes: int, length: int) -> None:
    found = [Finding("error", f"{n} {'@' * length}a", "a.json", 1) for n in range(errors)]
    found += [Finding("note", f"{n} {'x' * length}", "a.json", 1) for n in range(notes)]
    text = "\n".join(listed(found, LARGEST))
    assert len(text) <= LARGEST
    left = {word: int(number) for number, word in re.findall(r"(\d+) (problem|note)s?(?= and| more,)", text)}
    assert text.count("- **error**") + left.get("problem", 0) == errors
    assert text.count("- **note**") + left.get("note", 0) == notes
