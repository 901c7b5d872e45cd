"""Which files a Terraform folder is read from: the JSON syntax, OpenTofu's names, override files, installed modules, and what is wrong on which line."""

import json

import pytest

from doghouse.importing.monitor_files import collect
from doghouse.importing.terraform.language import templates
from doghouse.importing.things import DowntimeInFile, MonitorInFile, Note, RuleInFile, SloInFile
from doghouse.importing.verdicts import lint_all

MONITOR = {"name": "n", "type": "metric alert", "query": "avg(last_5m):avg:m{*} > 90", "message": "@a@example.com"}
HCL = "".join(f"  {key} = {json.dumps(value)}\n" for key, value in MONITOR.items())


@pytest.fixture
def read(tmp_path):
    """Writes files, and reads the folder that they are in."""

    def made(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if isinstance(text, str) else json.dumps(text, indent=1))
        return list(collect(str(tmp_path)))

    return made


def said(things):
    """What lint says of things: the file's name with the line, the address, and the text."""
    return [
        f"{one.place(line).rpartition('/')[2]} {problem.text}"
        for one in lint_all(things)
        for problem, line in zip(one.problems, one.lines, strict=True)
    ]


def resource(name="cpu", **attributes):
    return {"resource": {"datadog_monitor": {name: {**MONITOR, **attributes}}}}


def hcl(name="cpu", more=""):
    return f'resource "datadog_monitor" "{name}" {{\n{HCL}{more}}}\n'


def test_the_json_syntax_says_the_same_as_the_other(read):
    """developer.hashicorp.com/terraform/language/syntax/json: texts are templates, objects in resources are blocks, arrays may stand at each level."""
    document = {
        "//": "written by a program",
        "variable": {"hosts": {"type": "map(number)", "default": {"a": "90", "b": 80}}, "raw": {"default": "${x}"}},
        "locals": [{"tags": ["raw:${var.raw}"]}],
        "resource": [
            {
                "datadog_monitor": {
                    "cpu": [
                        {
                            **MONITOR,
                            "//": "no attribute",
                            "for_each": "${var.hosts}",
                            "query": "avg(last_5m):avg:m{host:${each.key}} > ${each.value}",
                            "tags": "${local.tags}",
                            "monitor_thresholds": {"critical": "${each.value}"},
                            "dynamic": {
                                "scheduling_options": {
                                    "for_each": [0],
                                    "iterator": "at",
                                    "content": {"evaluation_window": [{"hour_starts": "${at.value}"}]},
                                }
                            },
                            "lifecycle": {"prevent_destroy": True},
                        }
                    ]
                }
            }
        ],
    }
    written = """
    variable "hosts" {
      type    = map(number)
      default = { a = "90", b = 80 }
    }
    resource "datadog_monitor" "cpu" {
      for_each = var.hosts
      name     = "n"
      type     = "metric alert"
      query    = "avg(last_5m):avg:m{host:${each.key}} > ${each.value}"
      message  = "@a@example.com"
      tags     = ["raw:$${x}"]
      monitor_thresholds { critical = each.value }
      dynamic "scheduling_options" {
        for_each = [0]
        iterator = at
        content {
          evaluation_window { hour_starts = at.value }
        }
      }
    }
    """
    things = read({"json/main.tf.json": document, "hcl/main.tf": written})
    bodies = [one.body for one in things]
    assert [one["tags"] for one in bodies] == [["raw:${x}"]] * 4
    assert bodies[:2] == bodies[2:]


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (
            resource(query="avg(last_5m):avg:m{*} > ${var.x}"),
            "main.tf.json:7 datadog_monitor.cpu there is no variable 'x'",
        ),
        (resource(tags=["${1 +}"]), "is not Terraform's language"),
        ('{"resource": [}', "main.tf.json:1 is not JSON: Expecting value"),
        (
            '{"resource":\n {"datadog_monitor": 3}}',
            "main.tf.json:2 is not Terraform's JSON: an object was expected here",
        ),
        ("[" * 200_000, "main.tf.json is nested too deeply to be read"),
        ('{"resource": ' * 200_000 + "1" + "}" * 200_000, "main.tf.json is nested too deeply to be read"),
        ({"variable": {"x": {"type": "map("}}}, "main.tf.json:4 the type 'map(' is not Terraform's language"),
    ],
)
def test_what_is_wrong_in_the_json_syntax_has_its_line(read, document, text):
    assert any(text in one for one in said(read({"main.tf.json": document})))


def test_a_zero_in_an_optional_field_is_a_value_in_both_syntaxes(read):
    zeros = (
        "  evaluation_delay = 0\n  timeout_h = 0\n  new_host_delay = 0\n  monitor_thresholds {\n    warning = 0\n  }\n"
    )
    things = read(
        {
            "a.tf": hcl("a", zeros),
            "b.tf.json": resource(
                "b", evaluation_delay=0, timeout_h=0, new_host_delay=0, monitor_thresholds={"warning": 0}
            ),
        }
    )
    first, second = (one.body["options"] for one in things)
    assert first == second
    assert (first["evaluation_delay"], first["timeout_h"], first["new_host_delay"]) == (0, 0, 0)
    assert first["thresholds"] == {"warning": 0.0}


def test_a_tofu_file_is_read_in_the_place_of_the_tf_file_beside_it(read):
    """opentofu.org/docs/language/files"""
    things = read(
        {
            "a.tf": hcl("a"),
            "a.tofu": hcl("tofu"),
            "b.tf.json": resource("b"),
            "b.tofu.json": resource("tofu_json"),
            "c.tofu": hcl("alone"),
            ".hidden.tf": hcl("hidden"),
        }
    )
    assert [one.where.rpartition(".")[2] for one in things] == ["tofu", "tofu_json", "alone"]


def test_an_override_file_changes_what_the_others_say(read):
    """developer.hashicorp.com/terraform/language/files/override"""
    things = read(
        {
            "a.tf": hcl("a", "  monitor_thresholds {\n    critical = 90\n    warning = 80\n  }\n")
            + "locals {\n  x = 1\n}\n",
            "a_override.tf": 'resource "datadog_monitor" "a" {\n  query = "avg(last_5m):avg:m{*} > 91"\n'
            "  monitor_thresholds {\n    critical = 91\n  }\n}\nlocals {\n  x = 2\n}\n",
            "override.tf.json": resource("nobody"),
        }
    )
    [only] = [one for one in things if isinstance(one, MonitorInFile)]
    assert only.body["query"] == "avg(last_5m):avg:m{*} > 91"
    assert only.body["options"]["thresholds"] == {"critical": 91.0}
    assert said(things) == ["override.tf.json:4 there is no resource.datadog_monitor.nobody that it could override"]


def test_a_problem_of_what_an_override_changes_is_placed_at_the_resource(read):
    files = {"a.tf": "\n" + hcl("a"), "override.tf": 'resource "datadog_monitor" "a" {\n\n\n  query = "${var.x}"\n}\n'}
    assert said(read(files)) == ["a.tf:2 datadog_monitor.a there is no variable 'x'"]


def test_modules_that_terraform_init_has_fetched_are_read(read):
    call = 'module "label" {\n  source = "cloudposse/label/null"\n  name = "x"\n}\n'
    installed = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "label", "Dir": ".terraform/modules/label"}]}
    things = read(
        {
            "main.tf": call + hcl("a", "  count = module.label.on ? 1 : 0\n"),
            ".terraform/modules/modules.json": installed,
            ".terraform/modules/label/main.tf": 'variable "name" {}\noutput "on" {\n  value = var.name == "x"\n}\n'
            + hcl("inner"),
        }
    )
    assert [one.where.rpartition("/")[2] for one in things] == [
        "main.tf datadog_monitor.a[0]",
        "main.tf module.label.datadog_monitor.inner",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            'locals {\n  a = "it\'s ${join(",", ["a"])} \\"" # don\'t "\n  b = "never ends\n}\n',
            "a.tf:3 a quoted text does not end on its line",
        ),
        ('locals {\n  a = <<EOT\n  "\n}\n', "a.tf:2 the text of <<EOT does not end"),
        (
            hcl(more="  monitor_thresholds = { critical = 90 }\n"),
            "a.tf:6 datadog_monitor.cpu is a block: monitor_thresholds { … }, without '='",
        ),
        (
            hcl(more="  notify_no_dat = true\n"),
            "a.tf:6 datadog_monitor.cpu is not read: doghouse does not know this attribute of a monitor",
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_is(read, text, problem):
    assert problem in said(read({"a.tf": text}))


def test_a_heredoc_is_parsed_once_for_all_instances(read):
    templates.heredoc.cache_clear()
    message = "  message = <<-EOT\n    ${each.key} @a@example.com\n  EOT\n"
    text = hcl().replace('  message = "@a@example.com"\n', message + '  for_each = toset(["a", "b", "c"])\n')
    assert [one.body["message"] for one in read({"a.tf": text})] == [f"{key} @a@example.com" for key in "abc"]
    assert templates.heredoc.cache_info().misses == 1


RULE = """resource "datadog_monitor_notification_rule" "r" {
  name       = "team"
  recipients = ["slack-team"]
  filter {
    tags = ["team:shop"]
  }
}
"""


def test_a_notification_rule_is_read_and_tells_of_monitors_that_mention_nobody(read):
    silent = hcl().replace("@a@example.com", "look").replace("cpu", "{name}")
    shop, other = (
        silent.replace("{name}", "shop")[:-2] + '  tags = ["team:shop"]\n}\n',
        silent.replace("{name}", "other").replace("avg:", "max:"),
    )
    things = read({"a.tf": RULE + shop + other})
    [rule] = [one for one in things if isinstance(one, RuleInFile)]
    assert rule.body == {"name": "team", "recipients": ["slack-team"], "filter": {"tags": ["team:shop"]}}
    verdicts = {one.where.rpartition(".")[2]: [problem.rule for problem in one.problems] for one in lint_all(things)}
    assert verdicts["shop"] == []
    assert verdicts["other"] != []


def test_a_rule_that_is_not_known_as_a_whole_may_tell_of_everything(read):
    unknown = 'variable "team" {}\n' + RULE.replace("team:shop", "team:${var.team}")
    things = read({"a.tf": unknown + hcl().replace("@a@example.com", "look")})
    assert said(things) == [
        "a.tf:6 datadog_monitor_notification_rule.r not known before a plan: var.team has no default, and nothing gives it a value"
    ]


def test_a_rule_with_conditions_and_one_that_is_wrong(read):
    conditional = """resource "datadog_monitor_notification_rule" "r" {
  name = "team"
  filter {
    scope = "team:shop AND NOT env:dev"
  }
  conditional_recipients {
    conditions {
      scope      = "priority:p1"
      recipients = ["oncall", "slack-team"]
    }
    fallback_recipients = ["slack-quiet"]
  }
}
"""
    good, wrong = read({"a.tf": conditional, "b.tf": RULE.replace('"r"', '"w"').replace("slack-team", "@slack-team")})
    assert good.body["conditional_recipients"] == {
        "conditions": [{"scope": "priority:p1", "recipients": ["oncall", "slack-team"]}],
        "fallback_recipients": ["slack-quiet"],
    }
    assert said([good, wrong]) == [
        "b.tf:1 datadog_monitor_notification_rule.w Invalid recipients: Recipient handle should not start with '@'"
    ]


def test_an_objective_of_time_slices_and_one_of_counts_are_read_as_the_provider_sends_them(read):
    query = 'query {\n metric_query {\n name = "q"\n query = "sum:m{*}.as_count()"\n}\n}\n'
    threshold = 'thresholds {\n timeframe = "7d"\n target = 99\n}\n'
    slices = (
        'resource "datadog_service_level_objective" "s" {\n name = "s"\n type = "time_slice"\n'
        + threshold
        + 'sli_specification {\n time_slice {\n query {\n formula {\n formula_expression = "q"\n}\n'
        + query
        + '}\n comparator = ">="\n threshold = 0\n query_interval_seconds = 60\n}\n}\n}\n'
    )
    counts = (
        'resource "datadog_service_level_objective" "c" {\n name = "c"\n type = "metric"\n'
        + threshold
        + 'sli_specification {\n count {\n good_events_formula {\n formula_expression = "q"\n}\n'
        + 'total_events_formula {\n formula_expression = "q * 2"\n}\n'
        + query
        + "}\n}\n}\n"
    )
    things = read({"a.tf": slices + counts})
    assert [type(one) for one in things] == [SloInFile, SloInFile]
    assert [one.verdict for one in lint_all(things)] == ["ok", "ok"]
    assert things[0].body["sli_specification"]["time_slice"]["threshold"] == 0


def test_a_downtime_of_the_first_version_names_a_monitor_by_its_id(read):
    downtime = 'resource "datadog_downtime" "d" {\n  scope = ["*"]\n  monitor_id = datadog_monitor.cpu.id\n  start = 2000000000\n  end = 2000003600\n}\n'
    monitor, quiet = read({"a.tf": hcl() + downtime})
    assert isinstance(quiet, DowntimeInFile)
    assert quiet.body["monitor_identifier"] == {"monitor_id": monitor.body["id"]}


def test_what_is_not_read_is_counted_by_type_in_the_json_syntax_too(read):
    [note] = read(
        {"a.tf.json": {"resource": {"datadog_dashboard_json": {"a": {"dashboard": "{}"}, "b": {"dashboard": "{}"}}}}}
    )
    assert isinstance(note, Note)
    assert note.text == "not read: 2 datadog_dashboard_json"


def test_more_instances_than_any_folder_has_are_refused(read):
    things = read({"main.tf": hcl(more="  count = 100000000\n")})
    assert said(things) == [
        "main.tf:6 datadog_monitor.cpu: would make 100,000,000 instances; at most 10,000 are worked out"
    ]
