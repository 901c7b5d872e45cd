"""Where the Agent takes its key and its folder of configurations from, and what it says where there is none."""

import json

import pytest

from doghouse.agent.errors import ConfigurationError
from doghouse.agent.options import conf_folder, with_key
from doghouse.agent.settings import load

URL = "http://localhost:8420"


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Each place that a key may be in, the first that counts first, and how it is put there."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("DD_API_KEY", "DOGHOUSE_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def file(path, key):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"api_key": key, "application_key": "other"}))

    return {
        "option": lambda: file(tmp_path / "keys.json", "option"),
        "environment": lambda: monkeypatch.setenv("DD_API_KEY", "environment"),
        "settings": lambda: (tmp_path / "datadog.yaml").write_text("api_key: settings\n"),
        "doghouse": lambda: monkeypatch.setenv("DOGHOUSE_API_KEY", "doghouse"),
        "default": lambda: file(tmp_path / "data" / "doghouse" / "keys.json", "default"),
    }


def asked(tmp_path):
    present = [path if path.exists() else None for path in (tmp_path / "datadog.yaml", tmp_path / "keys.json")]
    return with_key(present[0], URL, present[1])


@pytest.mark.parametrize("first", range(5))
def test_the_first_place_that_has_a_key_counts(sources, tmp_path, first):
    for name in list(sources)[first:]:
        sources[name]()
    settings = asked(tmp_path)
    assert (settings.api_key, settings.url) == (list(sources)[first], URL)


@pytest.mark.parametrize("only", ["option", "environment", "settings", "doghouse", "default"])
def test_a_key_may_be_in_any_place_alone(sources, tmp_path, only):
    sources[only]()
    assert asked(tmp_path).api_key == only


def test_that_there_is_no_key_is_said(sources, tmp_path):
    words = "API key: there is none: give --keys-file, DD_API_KEY, or api_key in datadog.yaml"
    with pytest.raises(ConfigurationError) as raised:
        asked(tmp_path)
    assert str(raised.value) == words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", ": is not JSON with api_key"),
        ("[]", ": is not JSON with api_key"),
        ("1", ": is not JSON with api_key"),
        ("\n{", ":2: is not JSON: Expecting property name enclosed in double quotes"),
        (None, ": cannot be read: No such file or directory"),
    ],
)
def test_a_file_without_a_key_is_said_with_its_name(sources, tmp_path, content, words):
    path = tmp_path / "keys.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError) as raised:
        with_key(None, URL, path)
    assert str(raised.value) == f"{path}{words}"


def test_configurations_are_where_the_settings_say_or_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"^conf.d: there is no such folder; give --conf DIR$"):
        conf_folder(load(None, {}))
    (tmp_path / "conf.d").mkdir()
    assert str(conf_folder(load(None, {}))) == "conf.d"
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(ConfigurationError, match=f"^{elsewhere}: there is no such folder"):
        conf_folder(load(None, {"DD_CONFD_PATH": str(elsewhere)}))
    elsewhere.mkdir()
    assert conf_folder(load(None, {"DD_CONFD_PATH": str(elsewhere)})) == elsewhere
