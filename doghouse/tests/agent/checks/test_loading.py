"""Which class is a check's."""

import sys

import pytest

from doghouse.agent.checks import loading
from doghouse.agent.checks.builtin_modules import util
from doghouse.agent.checks.configuration import Instance


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module that can be imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    written = []

    def write(name, text):
        (tmp_path / f"{name}.py").write_text("from datadog_checks.base import AgentCheck\n" + text)
        written.append(name)
        return name

    yield write
    for name in written:
        sys.modules.pop(name, None)


def instance(name):
    return Instance(name, f"{name}:1", "conf.yaml", 15, {"i": 1}, {"a": 2})


def test_the_class_is_the_first_by_name_that_nothing_inherits_from(module):
    name = module("dh_several", "class Zebra(AgentCheck): pass\nclass Base(AgentCheck): pass\nclass Real(Base): pass\n")
    assert loading.find_class(name).__name__ == "Real"


def test_a_module_without_a_check_is_said_to_have_none(module):
    name = module("dh_none", "")
    with pytest.raises(loading.LoadError, match="has no class that inherits from AgentCheck"):
        loading.find_class(name)


def test_a_check_that_is_nowhere_is_named():
    with pytest.raises(
        loading.LoadError,
        match=r"no module datadog_checks\.dh_nowhere is installed, and no dh_nowhere\.py is in checks\.d",
    ):
        loading.find_class("dh_nowhere")


def test_an_import_that_fails_inside_a_check_is_told_with_its_place(module):
    name = module("dh_broken", "import no_such_library\n")
    with pytest.raises(loading.LoadError, match=r"no_such_library.*dh_broken\.py:2"):
        loading.find_class(name)


def test_a_syntax_error_is_one_sentence(module):
    name = module("dh_syntax", "def (:\n")
    with pytest.raises(loading.LoadError, match="SyntaxError"):
        loading.find_class(name)


def test_an_installed_integration_goes_before_a_file_of_checks_d(module, tmp_path):
    package = tmp_path / "datadog_checks" / "dh_wheel"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from datadog_checks.base import AgentCheck\nclass FromWheel(AgentCheck): pass\n"
    )
    module("dh_wheel", "class FromFile(AgentCheck): pass\n")
    import datadog_checks

    datadog_checks.__path__.append(str(tmp_path / "datadog_checks"))
    try:
        assert loading.find_class("dh_wheel").__name__ == "FromWheel"
    finally:
        datadog_checks.__path__.remove(str(tmp_path / "datadog_checks"))
        sys.modules.pop("datadog_checks.dh_wheel")


def test_a_check_is_made_with_its_name_init_config_and_one_instance(module):
    check = loading.make(loading.find_class(module("dh_made", "class A(AgentCheck): pass\n")), instance("dh_made"))
    assert (check.name, check.init_config, check.instances, check.check_id) == (
        "dh_made",
        {"i": 1},
        ({"a": 2},),
        "dh_made:1",
    )


def test_an_old_check_that_takes_agent_config_is_made_too(module):
    signature = "self, name, init_config, agentConfig, instances=None"
    body = "super().__init__(name, init_config, instances)"
    text = f"class A(AgentCheck):\n    def __init__({signature}):\n        {body}\n"
    assert loading.make(loading.find_class(module("dh_old", text)), instance("dh_old")).instances == ({"a": 2},)


def test_a_constructor_that_raises_is_told_with_its_place(module):
    text = "class A(AgentCheck):\n    def __init__(self, *args, **kwargs):\n        raise ValueError('no url')\n"
    with pytest.raises(loading.LoadError, match=r"A can't be made: ValueError: no url \(.*dh_raises\.py:4\)"):
        loading.make(loading.find_class(module("dh_raises", text)), instance("dh_raises"))


def test_checks_d_is_beside_conf_d(tmp_path):
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "checks.d").mkdir()
    (tmp_path / "more").mkdir()
    assert loading.search_path(tmp_path / "conf.d", str(tmp_path / "more"))[:2] == [
        str(tmp_path / "checks.d"),
        str(tmp_path / "more"),
    ]


def test_a_program_that_a_check_runs_may_have_to_say_something():
    module = util()
    assert module.get_subprocess_output(["echo", "a"]) == ("a\n", "", 0)
    assert module.subprocess_output(["false"], raise_on_empty=False) == ("", "", 1)
    with pytest.raises(module.SubprocessOutputEmptyError, match="expected output but had none"):
        module.get_subprocess_output(["true"])
