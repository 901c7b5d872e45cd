"""Names and tags as Datadog keeps them: SEMANTICS M8 and M9, from its pages on custom metrics and tagging."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doghouse.tags import naming


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("my.metric", "my.metric"),
        ("My.Metric_2", "My.Metric_2"),
        ("a b-c/d", "a_b_c_d"),
        ("caf\u00e9", "caf"),
        ("caf\u00e9.size", "caf.size"),
        ("a__b", "a_b"),
        ("a - b", "a_b"),
        ("a_._b", "a.b"),
        ("a_..b.", "a..b."),
        ("a_", "a"),
        ("_1a", "a"),
        ("9", ""),
        ("", ""),
        ("x" * 350, "x" * 350),
        ("x" * 351, ""),
        ("\u00e9" * 175 + "x", ""),
    ],
)
def test_a_metrics_name_is_ascii_letters_digits_underscores_and_dots(sent: str, kept: str) -> None:
    assert naming.metric_name(sent) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("role:Web Server", "role:web_server"),
        ("env:staging:east", "env:staging:east"),
        ("env:", "env"),
        ("_x", "x"),
        ("1a:b", "a:b"),
        ("\u00c9tat:\u00fcber", "\u00e9tat:\u00fcber"),
        ("a-b.c/d_e", "a-b.c/d_e"),
        ("a,b(c)", "a_b_c"),
        ("a:b__c", "a:b_c"),
        ("a:testing DATADOG     OK", "a:testing_datadog_ok"),
        ("a:b_", "a:b"),
        ("a:_", "a"),
        (f"a:{'x' * 197} y", f"a:{'x' * 197}"),
        ("123", ""),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_tag_is_lower_case_and_starts_with_a_letter(sent: str, kept: str) -> None:
    assert naming.tag(sent) == kept


def test_tags_are_sorted_and_none_is_there_twice() -> None:
    assert naming.tags(["b:2", "B:2", "a", "7"]) == ("a", "b:2")


@settings(deadline=None)
@given(st.text())
def test_what_is_kept_once_is_kept_as_it_is(sent: str) -> None:
    assert naming.metric_name(naming.metric_name(sent)) == naming.metric_name(sent)
    assert re.fullmatch(r"([A-Za-z][A-Za-z0-9_.]{0,349})?", naming.metric_name(sent))
    assert naming.tag(naming.tag(sent)) == naming.tag(sent)
    assert not naming.tag(sent).endswith(":")


def test_a_host_is_kept_as_the_value_of_its_tag() -> None:
    assert [naming.host(sent) for sent in ("Web-1", "host-1", "", "1.example.com")] == [
        "web-1",
        "host-1",
        "",
        "1.example.com",
    ]


@pytest.mark.parametrize("sent", ["a", "A", "ä", "aB-1."])
def test_a_tag_is_cut_where_it_is_too_long_whatever_it_is_made_of(sent: str) -> None:
    longest = naming.TAG_LIMIT
    text = sent * (longest + 1)
    assert [naming.tag(text[:length]) for length in (longest, longest + 1)] == [text[:longest].lower()] * 2
