"""Terraform's expressions. What they must come to was printed by `terraform console` (1.11.4)."""

import json
import time
from contextlib import suppress

import pytest
from growth import seconds

from doghouse.importing.terraform.language import work
from doghouse.importing.terraform.language.expressions import evaluate
from doghouse.importing.terraform.language.scope import Scope
from doghouse.importing.terraform.language.syntax import SyntaxProblemError, expression
from doghouse.importing.terraform.language.values import Namespace, Unknown, WrongError
from doghouse.importing.terraform.language.work import TooMuchError

NAMES = {
    "m": {"p": {"x": 1, "y": True}, "q": {"x": 2, "y": False}},
    "nowhere": Unknown("var.nowhere", "has no value"),
    "child": Namespace("module.child", {"names": ["p"], "extra": {"k": "v"}}.__getitem__),
}


def others(name):
    raise WrongError(f"there is no '{name}'")


@pytest.fixture
def work_out(tmp_path):
    (tmp_path / "names.tpl").write_text(
        '%{ for n in names ~}\nname ${n} "quoted" \\n\n%{ endfor ~}\nextra ${extra.k}\n'
    )
    (tmp_path / "broken.tpl").write_text("hi ${foo bar}\n")
    return lambda source: evaluate(expression(source), Scope(NAMES, others, tmp_path))


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("7 / 2", 3.5),
        ("-7 % 3", -1),
        ("5-1", 4),
        ("(1 + 2) * 3 - 4", 5),
        ('1 == 1.0 && "a" != "b" || false', True),
        ('1 == "1"', False),
        ('!true ? 1 : "x"', "x"),
        ('[for k, v in m : "${k}=${v.x}" if v.y]', ["p=1"]),
        ("{ for k, v in m : upper(k) => v.x }", {"P": 1, "Q": 2}),
        ('{ for v in ["a", "b", "a"] : v => "1"... }', {"a": ["1", "1"], "b": ["1"]}),
        ('[for i, v in ["a", "b"] : "${i}${v}"]', ["0a", "1b"]),
        ('{ "a b" = 1, (join("", ["x", "y"])) = 2, c : 3 }', {"a b": 1, "xy": 2, "c": 3}),
        ("[{ a = 1 }, { a = 2 }][*].a", [1, 2]),
        ("[{ a = 1 }, { a = 2 }].*.a", [1, 2]),
        ("null[*]", []),
        ('try(m.z.x, m["p"].x)', 1),
        ("can(m.z)", False),
        ("merge({ a = 1 }, { b = 2 }, null)", {"a": 1, "b": 2}),
        ('lookup({ a = 1 }, "z", "d")', "d"),
        ("flatten([[1, [2]], [3]])", [1, 2, 3]),
        ('join(",", [for i in range(3) : i * 2])', "0,2,4"),
        ('setproduct(["a", "b"], [1, 2])', [["a", 1], ["a", 2], ["b", 1], ["b", 2]]),
        ('toset(["z", "a", "z"])', ["a", "z"]),
        ('element(["a", "b"], 3)', "b"),
        ('coalesce("", null, "x")', "x"),
        ('compact(["a", "", null])', ["a"]),
        ('zipmap(["a", "b"], [1, 2])', {"a": 1, "b": 2}),
        (
            r'yamldecode("a: yes\nb: 0x1F\nc: 0o17\nd: 017\ne: 1_000\nf: 12:30\ng: .5\nh: 1e3\nn: Null")',
            {"a": True, "b": 31, "c": 15, "d": 17, "e": "1_000", "f": "12:30", "g": 0.5, "h": 1000, "false": None},
        ),
        (r'yamldecode("- &a {x: 1}\n- <<: *a\n  y: 2\n- *a")', [{"x": 1}, {"x": 1, "true": 2}, {"x": 1}]),
        (r'yamldecode("1: a\ntrue: b")', {"1": "a", "true": "b"}),
        ('yamldecode("2024-01-01")', "2024-01-01T00:00:00Z"),
        (
            r'yamlencode({a = 1.5, b = [1, "x", null], c = {d = "two\nlines"}, e = "", f = [], g = {}})',
            '"a": 1.5\n"b":\n- 1\n- "x"\n- null\n"c":\n  "d": |-\n    two\n    lines\n"e": ""\n"f": []\n"g": {}\n',
        ),
        ('formatdate("EEEE, DD MMM YY h:mm AA", "2024-02-03T14:05:06Z")', "Saturday, 03 Feb 24 14:05 PM"),
        ("""formatdate("YYYY-MM-DD'T'hh:mm:ssZ", "2024-02-03T04:05:06Z")""", "2024-02-03T04:05:06Z"),
        ('timeadd("2024-02-03T04:05:06Z", "-1h30m5s")', "2024-02-03T02:35:01Z"),
        ('timecmp("2024-02-03T04:05:06Z", "2024-02-03T05:05:06+01:00")', 0),
        ('cidrsubnet("10.0.0.0/16", 8, 2)', "10.0.2.0/24"),
        ('cidrsubnets("10.0.0.0/16", 4, 4)', ["10.0.0.0/20", "10.0.16.0/20"]),
        ('cidrhost("10.0.0.0/24", 5)', "10.0.0.5"),
        ('cidrnetmask("10.0.0.0/20")', "255.255.240.0"),
        ('uuidv5("dns", "example.com")', "cfbff0d1-9375-5685-968c-48ce8b15ae17"),
        ('textdecodebase64(textencodebase64("hi", "UTF-16LE"), "UTF-16LE")', "hi"),
        ('filemd5("broken.tpl") == md5(file("broken.tpl"))', True),
        ('tolist(["a", 1])', ["a", "1"]),
        ('distinct([1, "1"])', ["1"]),
        ('tomap({a = 1, b = "x"})', {"a": "1", "b": "x"}),
        ("""title("foo's bar")""", "Foo'S Bar"),
        ('format("%g", 0.00001)', "1e-05"),
        ('abspath("/x/../y")', "/y"),
        ('issensitive("x")', False),
        ('substr("hello", 1, 3)', "ell"),
        (r'regex("(?P<a>\\d)(?P<b>\\d)", "12")', {"a": "1", "b": "2"}),
        ('replace("hello world", "/(w)orld/", "$${1}x")', "hello wx"),
        ('formatlist("%s-%d", ["a", "b"], [1, 2])', ["a-1", "b-2"]),
        (
            'format("%05.1f|%8.3f|%-5s|%+d|%03d|%v|%q|%%", 3.14159, 1.5, "l", 3, 7, [1, "a"], "q")',
            '003.1|   1.500|l    |+3|007|[1,"a"]|"q"|%',
        ),
        ('title("foo-bar baz")', "Foo-Bar Baz"),
        (
            'jsonencode({ b = 1, a = "<&>", c = null, d = [1.5, true] })',
            r'{"a":"\u003c\u0026\u003e","b":1,"c":null,"d":[1.5,true]}',
        ),
        (r'yamldecode("a: 1\nb: [x, 2.50]\nc: yes")', {"a": 1, "b": ["x", 2.5], "c": True}),
        (
            '"${1.50}|${1e3}|${true}|${0.1 + 0.2}|${10 / 4}|${1e21}|${0.000001}"',
            "1.5|1000|true|0.3|2.5|1000000000000000000000|0.000001",
        ),
        ('"x %{ if true ~}  y  %{~ endif } z"', "x y z"),
        ('"%{ for k, v in { a = 1, b = 2 } }${k}:${v},%{ endfor }"', "a:1,b:2,"),
        (r'"$${x} %%{y} é \t| $$x $ % %%"', "${x} %{y} é \t| $$x $ % %%"),
        ('"a${"b${"c"}"}"', "abc"),
        (
            'templatefile("names.tpl", { names = ["p", "q"], extra = { k = "v" } })',
            'name p "quoted" \\n\nname q "quoted" \\n\nextra v\n',
        ),
        ('templatefile("names.tpl", child)', 'name p "quoted" \\n\nextra v\n'),
        ("max([5, 7]...)", 7),
    ],
)
def test_an_expression_is_what_terraform_makes_of_it(work_out, source, value):
    assert work_out(source) == value


@pytest.mark.parametrize(
    ("heredoc", "text"),
    [
        ('<<EOT\nplain ${"x"}\n\ttab \\n "q"\nEOT', 'plain x\n\ttab \\n "q"\n'),
        ("<<-EOT\n    x\n\n    y ${1}\n      z\n  EOT", "x\n\ny 1\n  z\n"),
        ("<<-EOT\n\t\tq\n\t\t  r\n  EOT", "q\n  r\n"),
        ("<<-EOT\n    %{ if true ~}\n\n    y\n    %{ endif }\n    w\n  EOT", "\ny\n\nw\n"),
        (
            "<<-EOT\n    %{ for x in [1,2] }\n    n ${x}   \n    %{~ endfor ~}\n    w\n  EOT",
            "    \n    n 1   \n\n    n 2   \n    w\n",
        ),
        (
            '<<-EOT\n    %{ for n in ["a", "b"] ~}\n    - ${n}\n    %{ endfor ~}\n    end\n  EOT',
            "    - a\n    - b\n    end\n",
        ),
        ("<<-EOT\n   ${~ 1 ~}\n   q\n  EOT", "1   q\n"),
        ("<<EOT\nA ${~ 1 ~}   \n\n  B\nEOT", "A1\n  B\n"),
        ("<<EOT\nEOT", ""),
        ("<<-EOT\n  {{#is_alert}} $${z} {{/is_alert}}\n EOT", "{{#is_alert}} ${z} {{/is_alert}}\n"),
    ],
)
def test_a_heredoc_loses_the_indentation_that_terraform_takes(work_out, heredoc, text):
    assert work_out(heredoc) == text


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("nowhere", "var.nowhere has no value"),
        ("nowhere.a[0]", "var.nowhere.a.0 has no value"),
        ('"a${nowhere}"', "var.nowhere has no value"),
        ("upper(nowhere)", "var.nowhere has no value"),
        ("templatefile(nowhere, {})", "var.nowhere has no value"),
        ("templatefile(child, {})", "module.child is known only after apply"),
        ("jsonencode({ a = nowhere })", "var.nowhere has no value"),
        ("nowhere ? 1 : 2", "var.nowhere has no value"),
        ("[for x in nowhere : x]", "var.nowhere has no value"),
        ("timestamp()", "timestamp() is known only after apply"),
        ('base64gzip("x")', "base64gzip(…) is a function that doghouse does not work out"),
    ],
)
def test_what_is_not_known_says_which_expression_and_why(work_out, source, why):
    value = work_out(source)
    assert isinstance(value, Unknown)
    assert value.sentence == f"not known before a plan: {why}"


def test_the_known_parts_of_a_text_stay(work_out):
    assert work_out('"a ${1 + 1} ${nowhere} b"').text == "a 2 ${var.nowhere} b"


@pytest.mark.parametrize(
    ("source", "known"),
    [
        ('trimspace(" a ${nowhere} ")', "a ${var.nowhere}"),
        ('chomp("a ${nowhere}\\n")', "a ${var.nowhere}"),
        ('format("%s of %s", 1 + 1, nowhere)', "2 of ${var.nowhere}"),
        ('join(", ", ["a", nowhere, "b"])', "a, ${var.nowhere}, b"),
        ('join(", ", nowhere)', None),
        ('format("%d", nowhere)', None),
        ("upper(nowhere)", None),
    ],
)
def test_functions_of_texts_hand_the_known_parts_on(work_out, source, known):
    value = work_out(source)
    assert isinstance(value, Unknown)
    assert (value.expression, value.text) == ("var.nowhere", known)


def test_an_unknown_element_leaves_the_others(work_out):
    assert work_out("[1, nowhere][0]") == 1
    assert work_out("length([1, nowhere])") == 2
    assert work_out("false && nowhere") is False
    assert work_out("true || nowhere") is True


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("nothing.at.all", "there is no 'nothing'"),
        ("m.z", "there is no 'z' among p, q"),
        ("[1][3]", "there is no element 3 in a list of 1"),
        ('1 + "a"', "'a' is no number"),
        ('tonumber("a")', "tonumber(): 'a' is no number"),
        ("1 / 0", "1 / 0 divides by zero"),
        ('"a ${[1]}"', "a list cannot stand in a text"),
        ('file("missing.txt")', "file(): missing.txt cannot be read: No such file or directory"),
        ('upper("a", "b")', "upper(): does not take such arguments"),
        ('templatefile("names.tpl", {})', "templatefile(): names.tpl names 'names', which it is not given"),
        ('templatefile("names.tpl")', "templatefile(): takes a file and an object with what it names"),
        ('templatefile("names.tpl", 5)', "templatefile(): 5 is no object with what names.tpl names"),
        ("max(5...)", "max(): what stands before '...' is no list"),
        ("max(child...)", "max(): what stands before '...' is no list"),
        ("<<EOT\nhi ${foo bar}\nEOT", "is not Terraform's language: 'bar' was not expected (column 19)"),
        ('templatefile("broken.tpl", {})', "is not Terraform's language: 'bar' was not expected (column 19)"),
        ('format("%s", "a", "b")', "format(): there are 2 arguments, and the text uses 1"),
        ('format("%d", 1.5)', "format(): %d takes a whole number, not 1.5"),
        ('format("%s", [])', "format(): %s takes a text, not a list"),
        ("slice([1], 0, 2)", "slice(): a list of 1 has no elements 0 to 2"),
        (
            'timeadd("2024-02-03T04:05:06Z", "1 day")',
            "timeadd(): '1 day' is no length of time such as '90m' or '1h30m'",
        ),
    ],
)
def test_what_terraform_would_refuse_is_a_sentence(work_out, source, text):
    with pytest.raises(WrongError) as caught:
        work_out(source)
    assert str(caught.value) == text


def test_nesting_without_end_is_a_sentence(work_out):
    with pytest.raises((WrongError, SyntaxProblemError), match="nested too deeply"):
        work_out("(" * 5000 + "1" + ")" * 5000)


@pytest.mark.parametrize("brought", ["*a{0}", "{{<<: *a{0}}}"], ids=["aliases", "merge keys"])
def test_aliases_of_a_document_have_the_budget_of_other_yaml(work_out, brought):
    lines = ["a0: &a0 {x: 1, y: [2]}"]
    lines += [f"a{n}: &a{n} {{{', '.join(f'k{m}: {brought.format(n - 1)}' for m in range(10))}}}" for n in range(1, 9)]
    with pytest.raises(
        WrongError, match=r"yamldecode\(\): line \d comes to more than 500,000 values, with its aliases"
    ):
        work_out(f"yamldecode({json.dumps(chr(10).join(lines))})")


@pytest.mark.parametrize("merged", ["<<: *a{0}", "<<: [*a{0}, *a{0}, *a{0}, *a{0}]"])
def test_merge_keys_that_merge_what_merges_have_the_budget_too(work_out, merged):
    lines = ["a0: &a0 {" + ", ".join(f"k{n}: 1" for n in range(2000)) + "}"]
    lines += [f"a{n}: &a{n} {{z{n}: 1, {merged.format(n - 1)}}}" for n in range(1, 300)]
    with pytest.raises(WrongError, match=r"comes to more than 500,000 values, with its aliases"):
        work_out(f"yamldecode({json.dumps(chr(10).join(lines))})")


@pytest.mark.parametrize("source", ["[" * 300 + "]" * 300, "- " * 300 + "x", "&a [*a]", "{[x]: 1}", "a: {<<: 1}"])
def test_yaml_that_terraform_cannot_have_is_a_sentence(work_out, source):
    with pytest.raises(WrongError, match=r"yamldecode\(\): |nested too deeply"):
        work_out(f"yamldecode({json.dumps(source)})")


def test_a_long_text_without_quotation_marks_is_no_number(work_out):
    assert work_out(f'yamldecode("a: {"x" * 5000}")') == {"a": "x" * 5000}


@pytest.mark.parametrize(
    "source",
    [
        'format("%3999999999d", 1)',
        'format("%.999999999f", 1)',
        'indent(3999999999, "a\\nb")',
        "setproduct(range(1000), range(1000), range(1000))",
        f'fileset("", "{"{a,b}" * 60}")',
        f'replace("{"a" * 10_000}", "a", "{"b" * 10_000}")',
        f'join("{"a" * 100_000}", range(1000))',
        '[for a in range(1000) : [for b in range(1000) : "0123456789"]]',
        f'"%{{ for a in range(1000) }}%{{ for b in range(1000) }}{"x" * 100}%{{ endfor }}%{{ endfor }}"',
    ],
)
def test_what_would_be_larger_than_any_file_is_refused_before_it_is_made(work_out, source):
    with pytest.raises(
        WrongError, match=r"would make [\d,]+ (characters|values|patterns); at most [\d,]+ are worked out"
    ):
        work_out(source)


@pytest.mark.parametrize(
    "twice", ['"${last}${last}"', "[last, last]", "{ a = last, b = last }", "concat([last], [last])"]
)
def test_what_doubles_with_each_line_is_refused(tmp_path, twice):
    def doubled():
        value = "0123456789"
        for _ in range(40):
            value = evaluate(expression(twice), Scope({"last": value}, others, tmp_path))

    with pytest.raises(WrongError, match="at most 10,000,000 are worked out"):
        doubled()


R = "range(1000)"


@pytest.mark.parametrize(
    "source",
    [
        f"[for a in {R} : [for b in {R} : [for c in {R} : c if false]]]",
        f"length([for a in {R} : [for b in {R} : [for c in {R} : c if false]]])",
        f'"%{{ for a in {R} }}%{{ for b in {R} }}%{{ for c in {R} }}%{{ endfor }}%{{ endfor }}%{{ endfor }}"',
        f"try([for a in {R} : [for b in {R} : [for c in {R} : c if false]]], 1)",
        f"can([for a in {R} : [for b in {R} : [for c in {R} : c if false]]])",
        f"[for a in {R} : [for b in {R} : length(big)]]",
        f'[for a in {R} : [for b in {R} : length(regexall("(a*)*b", text))]]',
        f"[for a in {R} : [for b in {R} : length(big[*].x)]]",
    ],
)
def test_what_would_take_longer_than_anyone_waits_is_refused(tmp_path, monkeypatch, source):
    monkeypatch.setattr(work, "MOST_STEPS", 100_000)
    names = {"big": [{"x": 1}] * 100_000, "text": "a" * 1_000_000}
    with pytest.raises(TooMuchError, match=r"takes too long: a root module has 100,000 steps"):
        evaluate(expression(source), Scope(names, others, tmp_path))


@pytest.mark.parametrize("inner", ["c if false", "length(big)"])
def test_all_steps_of_a_root_module_are_taken_within_a_minute_of_a_processor(tmp_path, inner):
    source = f"[for a in {R} : [for b in {R} : [for c in {R} : {inner}]]]"
    before = time.process_time()
    with pytest.raises(TooMuchError):
        evaluate(expression(source), Scope({"big": [{"x": 1}] * 100_000}, others, tmp_path))
    assert time.process_time() - before < 60


@pytest.mark.parametrize(
    "source",
    [
        'regexall("(a*)*$", text)',
        'regexall("(a|aa)+$", text)',
        'can(regex("(x+x+)+y", text))',
        'replace(text, "/(a+)+b/", "")',
        'replace(text, "/^(([a-z])+.)+[A-Z]([a-z])+$/", "")',
        "format(zeros, 1)",
        "distinct(many)",
        "toset(many)",
        "setsubtract(many, many)",
        "setintersection(many, many)",
        "matchkeys(many, many, many)",
    ],
)
def test_a_function_takes_time_as_its_arguments_are_long_and_not_more(tmp_path, source):
    """Eight times as much may take eight times as long; a pattern that goes back, or a look at each for each, takes 64 times or for ever."""

    def took(size):
        names = {"text": "a" * size, "zeros": "%" + "0" * size, "many": [str(number) for number in range(size // 10)]}
        scope = Scope(names, others, tmp_path)

        def act():
            with suppress(WrongError):
                evaluate(expression(source), scope)

        return seconds(act)

    assert took(160_000) < 32 * took(20_000) + 0.01


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('replace("2026-03-09", "/(\\\\d+)-(?P<month>\\\\d+)-(\\\\d+)/", "$3.$${month}.$1")', "09.03.2026"),
        ('replace("a.b", "/\\\\./", "$$")', "a$b"),
        ('replace("abc", "/(b)/", "<$1>$${2}$none")', "a<b>c"),
        ('replace("abc", "/x*/", "-")', "-a-b-c-"),
        ('replace("größe", "/ö|ß/", "?")', "gr??e"),
        ('regexall("[[:alpha:]]+", "ab1cd")', ["ab", "cd"]),
        ('regex("(a)(b)?", "ac")', ["a", None]),
    ],
)
def test_patterns_are_those_of_re2(work_out, source, value):
    """Go's documentation of regexp says so (Regexp.Expand, ReplaceAllString); `terraform console` was not at hand for these."""
    assert work_out(source) == value


@pytest.mark.parametrize("pattern", ["(", "(?=a)", "(a)\\\\1", "[z-a]", "a{1001}"])
def test_a_pattern_that_re2_has_not_is_a_sentence(work_out, pattern):
    with pytest.raises(WrongError, match="is no pattern: "):
        work_out(f'regex("{pattern}", "a")')


def test_numbers_that_grow_without_end_are_a_sentence(tmp_path):
    def squared():
        value = 10
        for _ in range(60):
            value = evaluate(expression("last * last"), Scope({"last": value}, others, tmp_path))

    with pytest.raises(WrongError, match="is no number of at most 308 digits"):
        squared()
