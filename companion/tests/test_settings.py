"""my-metric.yaml: what may stand in it, what goes before it, and what is said of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion.options import Options
from companion.problem import Problem
from companion.settings import load

from .conftest import MyMetric


def write(folder: Path, text: str) -> str:
    file = folder / "my-metric.yaml"
    file.write_text(text)
    return str(file)


def test_each_setting_is_read(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "email: a@example.com\nhost: web-1.example.com\ntimezone: Europe/Berlin\nsite: datadoghq.eu\ntags:\n- env:lab\n",
    )
    settings = load(file, {})
    assert settings.email == "a@example.com"
    assert settings.host == "web-1.example.com"
    assert settings.timezone == "Europe/Berlin"
    assert settings.site == "datadoghq.eu"
    assert settings.tags == ("env:lab",)


def test_a_file_that_is_not_there_is_nothing_unless_it_was_asked_for() -> None:
    assert load(None, {}).email is None
    with pytest.raises(Problem, match=r"nowhere\.yaml does not exist"):
        load("nowhere.yaml", {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n\ntimezone: Europe/Berln", "my-metric.yaml:3: timezone 'Europe/Berln' is not known (did you mean Europe/Berlin?)"),
        ("emial: a@example.com", "my-metric.yaml:1: emial is no setting (did you mean email?)"),
        ("email: a@example", "my-metric.yaml:1: email 'a@example' is not an address"),
        ("site: datadoghq.ue", "my-metric.yaml:1: site 'datadoghq.ue' is not known (did you mean datadoghq.eu?)"),
        ("host: my_host!", "my-metric.yaml:1: host 'my_host!' is not a host's name"),
        ("tags: env:lab", "my-metric.yaml:1: tags is 'env:lab', expected a list"),
        ("tags:\n  - env:lab\n  - Env:Lab", "tag 'Env:Lab' is not key:value in lower-case"),
        ("email: 5", "my-metric.yaml:1: email is 5, expected a text"),
        ("email: a@example.com\nemail: b@example.com", "my-metric.yaml:2: email stands here twice"),
        ("api_key: 0123", "my-metric.yaml:1: keys do not belong in this file"),
        ("- email", "my-metric.yaml:1: expected lines such as"),
        ("email: [", "my-metric.yaml:2: is not YAML"),
        ("email: 'a", "is not YAML"),
        ("email: !!python/object:os.system x", "my-metric.yaml:1: email has a YAML tag or reference that cannot be read"),
        ("host: web-1\nemail: !!int x", "my-metric.yaml:2: email has a YAML tag or reference that cannot be read"),
        ("tags: &a [*a]", "my-metric.yaml:1: has an alias within what it names"),
        ("{a: b}: c", "my-metric.yaml:1: a list or a map is no setting"),
        ("host: 12345", "my-metric.yaml:1: host is 12345, expected a text (in quotes)"),
        ("timezone: localtime", "my-metric.yaml:1: timezone 'localtime' is not known"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Problem) as problem:
        load(write(tmp_path, text + "\n"), {})
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)
    assert "0123" not in str(problem.value)


def test_a_flag_goes_before_the_environment_and_the_environment_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "site: us3.datadoghq.com\n")
    assert Options(config=file).settings().site == "us3.datadoghq.com"
    monkeypatch.setenv("DD_SITE", "us5.datadoghq.com")
    assert Options(config=file).settings().site == "us5.datadoghq.com"
    assert Options(config=file, site="datadoghq.eu").settings().site == "datadoghq.eu"


def test_a_wrong_flag_names_itself() -> None:
    with pytest.raises(Problem, match="--timezone: timezone 'Mars' is not known"):
        Options(timezone="Mars").settings()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--timezone", "berlin"), "--timezone: timezone 'berlin' is not known (did you mean Europe/Berlin?)"),
        (("--timezone", "new york"), "(did you mean America/New_York?)"),
        (("--site", "us3"), "(did you mean us3.datadoghq.com?)"),
        (("--site", "https://app.datadoghq.eu"), "(did you mean datadoghq.eu?)"),
        (("--tag", "a"), "--tag: tag 'a' is not key:value"),
        (("--email", "me"), "--email: email 'me' is not an address"),
    ],
)
def test_a_wrong_flag_is_wrong_use(offline: MyMetric, words: tuple[str, str], said: str) -> None:
    ran = offline("plan", *words)
    assert (ran.code, ran.err.count("\n")) == (64, 1)
    assert said in ran.err


def test_a_wrong_site_in_the_environment_is_wrong_use(offline: MyMetric, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DD_SITE", "datadoghq.ue")
    ran = offline("plan")
    assert (ran.code, ran.err) == (
        64,
        "my-metric: DD_SITE: site 'datadoghq.ue' is not known (did you mean datadoghq.eu?)\n",
    )


def test_an_empty_setting_is_a_missing_one(tmp_path: Path) -> None:
    assert load(write(tmp_path, "email:\n"), {}).email is None


def test_the_example_file_is_right() -> None:
    example = Path(__file__).parents[1] / "my-metric.example.yaml"
    settings = load(str(example), {})
    assert settings.email
    assert settings.tags


def test_a_command_ends_with_one_sentence_and_no_traceback(offline: MyMetric, tmp_path: Path) -> None:
    ran = offline("plan", "--config", write(tmp_path, "timezone: Europe/Berln\n"))
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("my-metric: ")
