"""datadog.yaml with DD_ variables over it."""

import pytest

from doghouse.agent.aggregation.metric_types import Options
from doghouse.agent.errors import ConfigurationError
from doghouse.agent.options import histogram_options
from doghouse.agent.settings import DEFAULT_URL, load, valid_hostname

YAML = """\
api_key: from-the-file
hostname: web-1
dd_url: http://127.0.0.1:9
tags:
  - role:db
  - team:ops
env: prod
apm_config:
  enabled: false
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "datadog.yaml"
    path.write_text(YAML)
    return path


def test_what_datadog_yaml_says_is_read(file):
    settings = load(file, {})
    assert (settings.api_key, settings.hostname, settings.url) == ("from-the-file", "web-1", "http://127.0.0.1:9")
    assert settings.tags == ("role:db", "team:ops")
    assert settings.get("apm_config.enabled") is False
    assert settings.get("no.such.key") is None


def test_variables_of_the_environment_go_before_the_file(file):
    said = {
        "DD_HOSTNAME": "web-2",
        "DD_TAGS": "a:b c:d",
        "DD_API_KEY": "k",
        "DD_DD_URL": "http://127.0.0.1:8",
        "DD_APM_CONFIG_ENABLED": "true",
    }
    settings = load(file, said)
    assert (settings.hostname, settings.tags, settings.api_key, settings.url) == (
        "web-2",
        ("a:b", "c:d"),
        "k",
        "http://127.0.0.1:8",
    )
    assert settings.get("apm_config.enabled") is True


def test_the_command_line_goes_before_both(file):
    settings = load(
        file, {"DD_API_KEY": "k", "DD_URL": "http://127.0.0.1:8"}, url="http://127.0.0.1:7/", api_key="mine"
    )
    assert (settings.url, settings.api_key) == ("http://127.0.0.1:7", "mine")


def test_with_nothing_said_the_agent_reports_to_the_usual_doghouse():
    settings = load(None, {})
    assert settings.url == DEFAULT_URL
    assert settings.hostname
    assert settings.tags == ()


@pytest.mark.parametrize("said", ["a:b c:d", "a:b,c:d", '["a:b", "c:d"]', " a:b  c:d "])
def test_tags_in_a_variable_are_words_or_json(said):
    assert load(None, {"DD_TAGS": said}).tags == ("a:b", "c:d")


def test_host_tags_are_tags_and_extra_tags_and_env(file):
    assert load(file, {"DD_EXTRA_TAGS": "x:1 role:db"}).host_tags == ("role:db", "team:ops", "x:1", "env:prod")


def test_a_key_is_in_no_repr(file):
    assert "from-the-file" not in repr(load(file, {"DD_API_KEY": "secret"}))
    assert "secret" not in repr(load(file, {"DD_API_KEY": "secret"}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tags: [a\nhostname: x\n", "datadog.yaml:2: is not YAML"),
        ("- a\n- b\n", "datadog.yaml:1: must be a mapping of settings, found list"),
        ("hostname: not_a_host!\n", "hostname 'not_a_host!' is not a host name"),
        ("hostname: localhost\n", "hostname 'localhost' is not a host name"),
        ("hostname_file: /nowhere/at/all\n", "hostname_file cannot be read"),
    ],
)
def test_a_wrong_file_is_one_sentence_with_its_place(tmp_path, text, said):
    path = tmp_path / "datadog.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as problem:
        load(path, {})
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.yaml: cannot be read: No such file"):
        load(tmp_path / "none.yaml", {})


def test_an_empty_file_is_no_mistake(tmp_path):
    path = tmp_path / "datadog.yaml"
    path.write_text("# nothing\n")
    assert load(path, {}).url == DEFAULT_URL


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("web-1", True),
        ("a.b.example.com", True),
        ("1", True),
        ("-a", False),
        ("a_b", False),
        ("a" * 256, False),
        ("localhost", False),
    ],
)
def test_host_names_follow_rfc_1123(name, valid):
    assert valid_hostname(name) is valid


@pytest.mark.parametrize("said", ["[x:y, z:w]", '"x:y z:w"', '"x:y,z:w"'])
def test_a_list_may_be_words(tmp_path, said):
    path = tmp_path / "datadog.yaml"
    path.write_text(f"dogstatsd_tags: {said}\nhistogram_aggregates: max\nhistogram_percentiles: 0.5\n")
    settings = load(path, {"DD_HOSTNAME": "web-1"})
    assert settings.strings("dogstatsd_tags") == ("x:y", "z:w")
    assert histogram_options(settings) == Options(aggregates=("max",), percentiles=(50,))


@pytest.mark.parametrize("said", ["[0.5, x]", "[2]", "[0]", "[-0.1]"])
def test_percentiles_are_shares(tmp_path, said):
    path = tmp_path / "datadog.yaml"
    path.write_text(f"histogram_percentiles: {said}\n")
    with pytest.raises(ConfigurationError, match="must be a list of shares above 0 and at most 1, found"):
        histogram_options(load(path, {"DD_HOSTNAME": "web-1"}))
