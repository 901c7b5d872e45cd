"""`.tf` files as they lie in a folder: what is read of them, where each problem is, what is not known before a plan."""

import json
import sys
from pathlib import Path

import pytest

from doghouse.importing.monitor_files import collect, named_monitor, named_rules
from doghouse.importing.terraform import instances, modules
from doghouse.importing.terraform.language.expressions import evaluate
from doghouse.importing.things import DowntimeInFile, MonitorInFile, Note, SloInFile, Unread
from doghouse.importing.verdicts import lint_all
from doghouse.monitors.notification_rules import RuleError
from doghouse.slos.files import objective
from doghouse.testing.places import TestFileError
from doghouse.testing.running import run

EXAMPLE = Path(__file__).parents[3] / "docs" / "terraform"
MONITOR = """resource "datadog_monitor" "{name}" {{
  {meta}
  name    = "{name}"
  type    = "metric alert"
  query   = "{query}"
  message = "{message}"
}}
"""


def monitor(name="cpu", query="avg(last_5m):avg:m{*} > 90", message="@a@example.com", meta=""):
    return MONITOR.format(name=name, query=query, message=message, meta=meta)


@pytest.fixture
def folder(tmp_path):
    """Writes files, and reads the folder that they are in."""

    def read(files, **options):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text) if isinstance(text, bytes) else path.write_text(text)
        return list(collect(str(tmp_path), **options))

    return read


def problems(things, at=""):
    """What lint says of things, as `FILE:LINE ADDRESS: FIELD SEVERITY TEXT`, without the folder."""
    said = [
        f"{one.place(line)}: {problem.field} {problem.severity} {problem.text}"
        for one in lint_all(things)
        for problem, line in zip(one.problems, one.lines, strict=True)
    ]
    return [one.replace(f"{at}/", "").replace(str(at), ".") for one in said]


def test_the_example_of_the_docs_is_read_whole():
    things = list(collect(str(EXAMPLE)))
    bodies = {one.where.removeprefix(f"{EXAMPLE}/"): one.body for one in things if isinstance(one, MonitorInFile)}
    assert list(bodies) == [
        "main.tf datadog_monitor.cpu",
        "main.tf datadog_monitor.both",
        'queue/main.tf module.queue["mails"].datadog_monitor.long',
        'queue/main.tf module.queue["orders"].datadog_monitor.long',
    ]
    cpu, both, _, orders = bodies.values()
    assert cpu == {
        "id": cpu["id"],
        "name": "CPU is high (prod)",
        "type": "metric alert",
        "query": "avg(last_5m):avg:system.cpu.user{env:prod} by {host} > 90",
        "message": "{{#is_alert}}\n{{host.name}} is busy.\n{{/is_alert}}\n@shop@example.com",
        "tags": ["env:prod", "team:shop"],
        "options": {
            "thresholds": {"critical": 90.0, "warning": 80.0},
            "include_tags": True,
            "new_host_delay": 300,
            "notify_no_data": False,
            "require_full_window": True,
        },
    }
    assert orders["query"] == "max(last_10m):max:queue.length{queue:orders} > 100"
    assert orders["tags"] == ["env:prod", "queue:orders", "team:shop"]
    assert both["query"] == f"{cpu['id']} && {orders['id']}"
    [night] = [one for one in things if isinstance(one, DowntimeInFile)]
    assert night.body["schedule"]["recurrences"][0]["duration"] == "12h"
    [slo] = [one for one in things if isinstance(one, SloInFile)]
    assert slo.body["monitor_ids"] == [orders["id"]]
    assert [one.text for one in things if isinstance(one, Note)] == ["not read: 1 datadog_dashboard_json"]
    assert problems(things, EXAMPLE)[2:] == [
        "main.tf:51 datadog_monitor.both: message note not known before a plan: var.pager has no default, and nothing gives it a value",
        ".: note not read: 1 datadog_dashboard_json".replace(": note", ":  note"),
    ]


def test_the_examples_unit_tests_pass():
    assert [one.differences for one in run(EXAMPLE / "cpu.test.yaml", named_monitor)] == [[]]


RULE = """resource "datadog_monitor_notification_rule" "team" {
  name       = "team"
  recipients = ["slack-team"]
  filter {
    scope = "TEAM"
  }
}
"""
ROUTED = """
monitor: .#datadog_monitor.cpu
rules: .
start: 2026-03-02T10:00Z
tests:
  - name: the team is told
    series: {m: "95x10"}
    notifications: [{at: +5m, transition: Triggered, to: [a@example.com, slack-team]}]
"""


def test_a_unit_test_takes_its_notification_rules_from_terraform(folder, tmp_path):
    folder({"a.tf": monitor(), "rules.tf": RULE.replace("TEAM", "NOT team:other"), "cpu.test.yaml": ROUTED})
    [result] = run(tmp_path / "cpu.test.yaml", named_monitor, named_rules)
    assert not result.differences


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("team:", "rules.tf datadog_monitor_notification_rule.team: the scope 'team:' cannot be read"),
        (
            "team:${var.team}",
            "rules.tf datadog_monitor_notification_rule.team: filter.scope is not known before a plan",
        ),
    ],
)
def test_a_rule_of_terraform_that_is_wrong_or_unknown_is_said_at_the_tests_line(folder, tmp_path, scope, said):
    folder({"a.tf": monitor(), "rules.tf": 'variable "team" {}\n' + RULE.replace("TEAM", scope), "b.test.yaml": ROUTED})
    with pytest.raises(TestFileError) as error:
        run(tmp_path / "b.test.yaml", named_monitor, named_rules)
    assert error.value.line == 3
    assert said in str(error.value)


@pytest.mark.parametrize("named", ["", "a.tf"])
def test_a_folder_without_notification_rules_says_so(folder, tmp_path, named):
    folder({"a.tf": monitor()})
    with pytest.raises(RuleError, match="holds no notification rule"):
        named_rules(tmp_path / named)


def test_a_problem_has_the_file_and_the_line_of_its_attribute(folder, tmp_path):
    things = folder({"a.tf": "\n\n" + monitor(query="avg(last_5m):agv:m{*} > 90"), "b.tf": monitor("b", message="hi")})
    wrong, silent, *_ = problems(things, tmp_path)
    assert wrong.startswith("a.tf:7 datadog_monitor.cpu: query error")
    assert silent.startswith("b.tf:6 datadog_monitor.b: message warning nobody is mentioned")


def test_a_problem_within_a_heredoc_has_its_own_line(folder, tmp_path):
    text = monitor().replace('"@a@example.com"', "<<-EOT\n    @a@example.com\n\n    {{#is_alert}} hot\n  EOT")
    [problem] = problems(folder({"a.tf": text}), tmp_path)
    assert problem.startswith("a.tf:9 datadog_monitor.cpu: message error {{#is_alert}} is never closed")


def test_a_thresholds_line_is_that_of_the_block(folder, tmp_path):
    text = monitor(query="avg(last_5m):avg:m{*} > 90", meta="monitor_thresholds {\n    critical = 80\n  }")
    [problem] = problems(folder({"a.tf": text}), tmp_path)
    assert problem.startswith("a.tf:3 datadog_monitor.cpu: options.thresholds.critical error")


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        (
            {"a.tf": 'variable "x" {}\n' + monitor(query="avg(last_5m):avg:m{*} > ${var.x}")},
            "a.tf:6 datadog_monitor.cpu: query note not known before a plan: var.x has no default, and nothing gives it a value",
        ),
        (
            {
                "a.tf": monitor(query="avg(last_5m):avg:m{h:${aws_instance.a.id}} > 1")
                + 'resource "aws_instance" "a" {}\n'
            },
            "a.tf:5 datadog_monitor.cpu: query note not known before a plan: aws_instance.a.id is known only after apply",
        ),
        (
            {"a.tf": monitor(message="@a@example.com ${data.aws_region.here.name}")},
            "a.tf:6 datadog_monitor.cpu: message note not known before a plan: data.aws_region.here.name is read from a provider",
        ),
        (
            {"a.tf": 'variable "x" {}\n' + monitor(meta="for_each = var.x")},
            "a.tf:3 datadog_monitor.cpu[?]: for_each note how many there are of it is not known before a plan: "
            "var.x has no default, and nothing gives it a value",
        ),
        (
            {"a.tf": 'variable "x" {}\n' + monitor(meta="count = var.x ? 1 : 0")},
            "a.tf:3 datadog_monitor.cpu[?]: count note how many there are of it is not known before a plan: var.x has no default, and nothing gives it a value",
        ),
        (
            {"a.tf": monitor(meta="tags = [base64gzip(1)]")},
            "a.tf:2 datadog_monitor.cpu: tags note not known before a plan: base64gzip(…) is a function that doghouse does not work out",
        ),
        (
            {"a.tf": 'module "m" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n' + monitor()},
            'a.tf:1:  note module.m is not read: its source "terraform-aws-modules/vpc/aws" is not a folder of this repository',
        ),
        (
            {"a.tf": monitor(), "terraform.tfvars": "\nx = 1\n"},
            "terraform.tfvars:2:  note 'x' is set, and no variable of . has that name",
        ),
        (
            {"a.tf": monitor() + 'resource "datadog_synthetics_test" "a" {}\n'},
            ".:  note not read: 1 datadog_synthetics_test",
        ),
    ],
)
def test_what_is_not_known_or_not_read_is_said_and_is_no_error(folder, tmp_path, files, problem):
    things = folder(files)
    assert problems(things, tmp_path) == [problem]
    assert "wrong" not in [one.verdict for one in lint_all(things)]


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"a.tf": monitor() + "resource {\n"}, "a.tf:9: is not Terraform's language: the end was not expected"),
        ({"a.tf": "x = \n"}, "a.tf:1: is not Terraform's language"),
        ({"a.tf": 'x = "a\ny = 1\n"\n'}, "a.tf:1: a quoted text does not end on its line"),
        ({"a.tf": "x = 1\nx = 2\n"}, "a.tf:2: 'x' is given a second time"),
        ({"a.tf": b"x = \xff\n"}, "a.tf:1: is no text: the byte 0xff is no UTF-8"),
        ({"a.tf": b"x = 1\n\0"}, "a.tf:2: is no text: it holds a zero byte"),
        (
            {"a.tf": monitor(meta="priority = var.nope")},
            "a.tf:2 datadog_monitor.cpu: priority error there is no variable 'nope'",
        ),
        (
            {"a.tf": "locals {\n  a = local.b\n  b = local.a\n}\n" + monitor(message="${local.a}")},
            "a.tf:10 datadog_monitor.cpu: message error local.a depends on itself: local.a → local.b → local.a",
        ),
        (
            {"a.tf": monitor(meta='for_each = ["a"]')},
            "a.tf:2: datadog_monitor.cpu: for_each is a list: expected a map, or a set of texts",
        ),
        (
            {"a.tf": monitor(meta="count = -1")},
            "a.tf:2: datadog_monitor.cpu: count is -1: expected a whole number, 0 or more",
        ),
        (
            {"a.tf": 'module "m" {\n  source = "./nowhere"\n}\n'},
            "a.tf:1: module.m: its source './nowhere' has no .tf file",
        ),
        (
            {"a.tf": monitor().replace('"@a@example.com"', "<<EOT\nhi ${foo bar}\nEOT")},
            "a.tf:6 datadog_monitor.cpu: message error is not Terraform's language: 'bar' was not expected",
        ),
        ({"a.tf": 'module "m" {\n  source = "./"\n}\n'}, "modules are called within each other more than 20 times"),
        *(
            (
                {"a.tf": monitor(), "terraform.tfvars.json": '{"x": ' + "[" * depth + "]" * depth + "}"},
                "terraform.tfvars.json: is nested too deeply to be read",
            )
            for depth in (5_000, 200_000)
        ),
        ({"a.tf": monitor(), "terraform.tfvars": "x = \n"}, "terraform.tfvars:1: is not Terraform's language"),
        (
            {"a.tf": 'variable "n" {\n  type = number\n  default = "many"\n}\n' + monitor(meta="timeout_h = var.n")},
            "timeout_h error var.n: 'many' is no number",
        ),
        (
            {"a.tf": 'resource "datadog_monitor_json" "j" {\n  monitor = "{"\n}\n'},
            "a.tf:2 datadog_monitor_json.j: monitor is not JSON",
        ),
    ],
)
def test_wrong_files_are_one_sentence_with_their_line(folder, tmp_path, files, problem):
    things = folder(files)
    said = [f"{one.where}: {one.text}".replace(f"{tmp_path}/", "") for one in things if isinstance(one, Unread)]
    assert any(problem in one for one in [*said, *problems(things, tmp_path)]), (said, problems(things, tmp_path))
    assert "wrong" in [one.verdict for one in lint_all(things)]


def test_a_broken_file_does_not_hide_the_others(folder):
    things = folder({"a.tf": "resource {\n", "b.tf": monitor()})
    assert [type(one) for one in things] == [MonitorInFile, Unread]


def test_tfvars_are_read_in_terraforms_order_and_named_ones_last(folder, tmp_path):
    files = {
        "a.tf": "".join(f'variable "{name}" {{\n  default = "default"\n}}\n' for name in "abcd")
        + monitor(message="@a@example.com ${var.a} ${var.b} ${var.c} ${var.d}"),
        "terraform.tfvars": 'b = "own"\nc = "own"\nd = "own"\n',
        "x.auto.tfvars.json": '{"c": "auto", "d": "auto"}',
        "vars/prod.tfvars": 'd = "named"\n',
    }
    [found] = folder(files, var_files=[tmp_path / "vars" / "prod.tfvars"])
    assert found.body["message"] == "@a@example.com default own auto named"


def test_a_module_that_is_called_is_read_through_its_caller_alone(folder):
    files = {
        "a.tf": 'module "m" {\n  source = "./m"\n  count  = 2\n  name   = "n${count.index}"\n}\n',
        "m/m.tf": 'variable "name" {}\n'
        + monitor(message="@a@example.com").replace('name    = "cpu"', "name    = var.name"),
        "other/o.tf": monitor("o"),
    }
    found = [one for one in folder(files) if isinstance(one, MonitorInFile)]
    assert [(one.body["name"], one.where.rpartition(" ")[2]) for one in found] == [
        ("n0", "module.m[0].datadog_monitor.cpu"),
        ("n1", "module.m[1].datadog_monitor.cpu"),
        ("o", "datadog_monitor.o"),
    ]


@pytest.fixture
def worked_out(monkeypatch):
    """The texts of the expressions that are worked out, each as often as it is."""
    texts = []

    def counted(expression, scope):
        texts.append(expression.text)
        return evaluate(expression, scope)

    for module in (modules, instances):
        monkeypatch.setattr(module, "evaluate", counted)
    return texts


def test_an_argument_of_a_module_is_worked_out_once(folder, worked_out):
    files = {
        "a.tf": 'module "m" {\n  source = "./m"\n  names  = [for n in range(3) : "n${n}"]\n}\n',
        "m/m.tf": 'variable "names" {}\n'
        + monitor(message="${var.names[each.key]}", meta="for_each = toset([0, 1, 2])"),
    }
    assert [one.body["message"] for one in folder(files)] == ["n0", "n1", "n2"]
    assert sum("range(3)" in one for one in worked_out) == 1


def test_what_a_for_each_comes_to_is_worked_out_once(folder, worked_out):
    each = 'for_each = { for n in ["a", "b", "c"] : n => "@${n}@example.com" }'
    others = "".join(monitor(name, message='${datadog_monitor.cpu["b"].message}') for name in "xyz")
    found = folder({"a.tf": monitor(message="${each.value}", meta=each) + others})
    assert [one.body["message"] for one in found][3:] == ["@b@example.com"] * 3
    assert sum("for n in" in one for one in worked_out) == 1


def test_an_argument_that_is_wrong_is_wrong_wherever_it_is_used(folder, tmp_path):
    files = {
        "a.tf": 'module "m" {\n  source = "./m"\n  text   = var.nope\n}\n',
        "m/m.tf": 'variable "text" {}\n'
        + monitor("a", message="${var.text}")
        + monitor("b", message="${var.text}", query="avg(last_5m):avg:n{*} > 90"),
    }
    assert [one.rpartition("error ")[2] for one in problems(folder(files), tmp_path)] == [
        "there is no variable 'nope'"
    ] * 2


def test_types_convert_and_fill_in_what_is_optional(folder):
    kind = 'map(object({ most = number, who = optional(string, "a@example.com"), quiet = optional(bool) }))'
    text = f'variable "q" {{\n  type = {kind}\n  default = {{ a = {{ most = "5" }}, b = {{ most = 6, who = "b@example.com" }} }}\n}}\n'
    text += monitor(
        query="avg(last_5m):avg:m{*} > ${each.value.most}",
        message="@${each.value.who} ${each.value.quiet == null}",
        meta="for_each = var.q",
    )
    found = folder({"a.tf": text})
    assert [one.body["query"][-2:] + one.body["message"] for one in found] == [
        " 5@a@example.com true",
        " 6@b@example.com true",
    ]


def test_texts_become_the_numbers_and_booleans_of_the_providers_schema(folder):
    meta = (
        'require_full_window = "false"\n  timeout_h = "2"\n  notify_by = ["b", "a"]\n  monitor_threshold_windows {}\n'
    )
    options = folder({"a.tf": monitor(meta=meta)})[0].body["options"]
    assert (options["require_full_window"], options["timeout_h"], options["notify_by"]) == (False, 2, ["a", "b"])
    assert "threshold_windows" not in options


def test_an_slo_alert_finds_its_objective(folder):
    text = monitor(query='error_budget(\\"${datadog_service_level_objective.o.id}\\").over(\\"7d\\") > 75')
    text = text.replace("metric alert", "slo alert") + (
        'resource "datadog_service_level_objective" "o" {\n  name = "o"\n  type = "monitor"\n  monitor_ids = [datadog_monitor.cpu.id]\n'
        '  thresholds {\n    timeframe = "7d"\n    target = 99\n  }\n}\n'
    )
    alert, slo = folder({"a.tf": text})
    assert alert.body["query"] == f'error_budget("{slo.body["id"]}").over("7d") > 75'
    assert slo.body["monitor_ids"] == [alert.body["id"]]
    assert [one.verdict for one in lint_all([alert, slo])] == ["ok", "ok"]


def test_null_is_absent_and_not_unknown(folder, tmp_path):
    text = 'variable "x" {\n  default = null\n}\n' + monitor(meta="timeout_h = var.x")
    things = folder({"a.tf": text})
    assert "timeout_h" not in things[0].body["options"]
    assert problems(things, tmp_path) == []


def test_a_folder_with_nothing_in_it_says_what_was_expected(folder, tmp_path):
    [only] = folder({})
    assert isinstance(only, Unread)
    assert "holds no monitor: expected a monitor with type and query" in only.text


def test_a_tf_file_that_is_named_stands_for_its_folder(folder, tmp_path):
    folder({"a.tf": monitor(message="${local.m}"), "b.tf": 'locals {\n  m = "@b@example.com"\n}\n'})
    [found] = collect(str(tmp_path / "a.tf"))
    assert found.body["message"] == "@b@example.com"


def test_without_the_library_it_says_what_to_install(folder, tmp_path, monkeypatch):
    from doghouse.importing.terraform.language import syntax

    syntax._parser.cache_clear()
    monkeypatch.setitem(sys.modules, "hcl2", None)
    try:
        [only] = folder({"a.tf": monitor()})
    finally:
        syntax._parser.cache_clear()
    assert only.text == "holds .tf files, and reading .tf files needs a parser: pip install './doghouse[terraform]'"


def test_a_file_that_is_too_large_is_not_read(folder, monkeypatch):
    monkeypatch.setattr("doghouse.importing.terraform.language.syntax.LARGEST", 1 << 20)
    [only] = folder({"a.tf": "#" * (1 << 20) + "\n"})
    assert only.text == "is larger than 1 MB and is not read"


@pytest.mark.parametrize(
    ("named", "result"),
    [
        (".#datadog_monitor.a", "a"),
        ('main.tf#module.m["x"].datadog_monitor.b', ValueError),
        (".", ValueError),
        (".#datadog_monitor.c", ValueError),
        ("plain.json", "y"),
        ("plain.json#y", "y"),
        ("plain.json#x", ValueError),
    ],
)
def test_a_test_file_names_a_monitor_by_its_address(folder, tmp_path, named, result):
    folder({"main.tf": monitor("a") + monitor("b"), "plain.json": json.dumps({"name": "y", "type": "x", "query": "y"})})
    if result is ValueError:
        with pytest.raises(ValueError, match=r"monitors: name one|holds no monitor"):
            named_monitor(tmp_path, named)
    else:
        body, _ = named_monitor(tmp_path, named)
        assert body["name"] == result


def test_an_alert_names_the_slo_that_stands_beside_it(folder):
    query = 'burn_rate(\\"${datadog_service_level_objective.answers.id}\\").over(\\"7d\\").long_window(\\"1h\\").short_window(\\"5m\\") > 14.4'
    slo = (
        'resource "datadog_service_level_objective" "answers" {\n  name = "answers"\n  type = "metric"\n  query {\n'
        '    numerator = "sum:good{*}.as_count()"\n    denominator = "sum:all{*}.as_count()"\n  }\n'
        '  thresholds {\n    timeframe = "7d"\n    target = TARGET\n  }\n}\n'
    )
    alert = monitor("burns", query).replace("metric alert", "slo alert")
    for target, verdicts in (("99.9", ["ok", "ok"]), ("90", ["wrong", "ok"])):
        things = folder({"main.tf": alert + slo.replace("TARGET", target)})
        [found], [objective] = ([one for one in things if isinstance(one, kind)] for kind in (MonitorInFile, SloInFile))
        assert f'burn_rate("{objective.body["id"]}")' in found.body["query"]
        assert [one.verdict for one in lint_all(things)] == verdicts


SLO = """resource "datadog_service_level_objective" "answers" {
  name = "answers"
  type = "metric"
  query {
    numerator   = "sum:good{*}.as_count()"
    denominator = "sum:all{*}.as_count()"
  }
  thresholds {
    timeframe = "7d"
    target    = TARGET
  }
}
variable "target" {}
"""


@pytest.mark.parametrize(("target", "verdict"), [("99.9", "ok"), ("101", "wrong"), ("var.target", "ok")])
def test_an_slo_is_read_once(folder, monkeypatch, target, verdict):
    bodies = []
    monkeypatch.setattr("doghouse.importing.verdicts.objective", lambda body: bodies.append(body) or objective(body))
    [linted] = lint_all(folder({"main.tf": SLO.replace("TARGET", target)}))
    assert (linted.verdict, len(bodies)) == (verdict, 1)


CORRECTION = """resource "datadog_slo_correction" "deploy" {
  slo_id   = SLO
  category = "Deployment"
  start    = 1772445600
  end      = 1772449200
}
"""
ANSWERS = "datadog_service_level_objective.answers.id"


def test_a_correction_is_a_part_of_its_slo(folder):
    rule = CORRECTION.replace(
        "end      = 1772449200", 'rrule = "FREQ=DAILY"\n  duration = 600\n  timezone = "Europe/Paris"'
    )
    weekly = rule.replace('"deploy"', '"nights"')
    [slo] = folder({"main.tf": SLO.replace("TARGET", "99"), "b.tf": (CORRECTION + weekly).replace("SLO", ANSWERS)})
    once, again = objective(slo.body).corrections
    assert (once.start, once.end, once.rrule) == (1772445600, 1772449200, None)
    assert (again.rrule, again.duration, again.timezone) == ("FREQ=DAILY", 600, "Europe/Paris")


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (CORRECTION.replace("SLO", '"abc"'), "b.tf datadog_slo_correction.deploy is for an SLO that is not here, and is left out"),
        (CORRECTION.replace("SLO", ANSWERS).replace('"Deployment"', '"Deploy"'), "b.tf:3 Invalid payload: category 'Deploy' is not one of"),
        (CORRECTION.replace("SLO", ANSWERS).replace("1772449200", "1772445600"), "b.tf:3 Invalid payload: end must be later than start"),
        (
            CORRECTION.replace("SLO", ANSWERS).replace("1772449200", "var.end"),
            "b.tf datadog_slo_correction.deploy end is not known before a plan: var.end",
        ),
    ],
)  # fmt: skip
def test_a_correction_that_is_wrong_or_unknown_or_of_another_slo_is_said(folder, tmp_path, correction, said):
    things = folder({"main.tf": SLO.replace("TARGET", "99"), "b.tf": correction + 'variable "end" {}\n'})
    [slo] = [one for one in things if isinstance(one, SloInFile)]
    assert objective(slo.body).corrections == ()
    [other] = [one for one in things if isinstance(one, Note | Unread)]
    assert f"{other.where} {other.text}".replace(f"{tmp_path}/", "").startswith(said)


def test_what_is_not_known_of_an_slo_is_said_and_is_no_error(folder, tmp_path):
    things = folder({"main.tf": SLO.replace("TARGET", "var.target")})
    assert problems(things, tmp_path) == [
        "main.tf:10 datadog_service_level_objective.answers: thresholds.target note "
        "not known before a plan: var.target has no default, and nothing gives it a value"
    ]
