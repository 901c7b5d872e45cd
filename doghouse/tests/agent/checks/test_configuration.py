"""Which files of conf.d are read, and what they configure."""

import pytest

from doghouse.agent.checks import configuration
from doghouse.agent.errors import ConfigurationError

ONE = "init_config:\ninstances:\n  - tags: [a:b]\n    min_collection_interval: 45\n"


def put(root, name, text):
    path = root / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text)
    return path


def names(found):
    return [one.name for one in found.instances]


@pytest.mark.parametrize(
    ("file", "read"),
    [
        ("web.d/conf.yaml", True),
        ("web.d/anything.yaml", True),
        ("web.d/conf.yml", True),
        ("web.yaml", True),
        ("web.d/conf.yaml.default", True),
        ("web.d/conf.yaml.example", False),
        ("web.d/conf.yaml.bak", False),
        ("web/conf.yaml", False),
    ],
)
def test_files_are_read_by_their_names(tmp_path, file, read):
    put(tmp_path, file, ONE)
    assert names(configuration.read(tmp_path)) == (["web"] if read else [])


def test_the_default_file_is_read_only_where_there_is_no_other(tmp_path):
    put(tmp_path, "web.d/conf.yaml.default", ONE)
    put(tmp_path, "web.d/conf.yaml", "instances: [{a: 1}, {a: 2}]")
    assert [one.instance for one in configuration.read(tmp_path).instances] == [{"a": 1}, {"a": 2}]


def test_every_instance_of_every_file_of_a_check_runs(tmp_path):
    put(tmp_path, "web.d/a.yaml", "instances: [{a: 1}, {a: 2}]")
    put(tmp_path, "web.d/b.yaml", "init_config: {x: y}\ninstances: [{a: 3}]")
    assert [(dict(one.init_config), one.instance["a"]) for one in configuration.read(tmp_path).instances] == [
        ({}, 1),
        ({}, 2),
        ({"x": "y"}, 3),
    ]


def test_the_same_instance_twice_runs_once(tmp_path):
    put(tmp_path, "web.d/a.yaml", "instances: [{a: 1}, {a: 1}]")
    assert len(configuration.read(tmp_path).instances) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", 15),
        ("min_collection_interval: 45", 45),
        ("min_collection_interval: 0", 15),
        ("min_collection_interval: -3", 15),
        ("min_collection_interval: 2.9", 2),
    ],
)
def test_the_interval_is_the_instances_own_and_15_seconds_without_one(tmp_path, said, seconds):
    put(
        tmp_path,
        "web.d/conf.yaml",
        f"init_config: {{min_collection_interval: 99}}\ninstances:\n  - name: x\n    {said}\n",
    )
    assert [one.interval for one in configuration.read(tmp_path).instances] == [seconds]


def test_an_id_is_of_the_content_so_that_comments_do_not_change_it(tmp_path):
    path = put(tmp_path, "web.d/conf.yaml", ONE)
    before = configuration.read(tmp_path).instances[0].id
    path.write_text("# a comment\n" + ONE)
    assert configuration.read(tmp_path).instances[0].id == before
    path.write_text(ONE.replace("45", "15"))
    assert configuration.read(tmp_path).instances[0].id != before


def test_an_instance_may_have_keys_of_any_type_and_their_order_does_not_matter(tmp_path):
    path = put(tmp_path, "web.d/conf.yaml", "instances:\n  - {a: 1, 2: b, ~: c, 2026-12-01: {x: d, true: e}}\n")
    [instance] = configuration.read(tmp_path).instances
    path.write_text("instances:\n  - {2026-12-01: {true: e, x: d}, ~: c, 2: b, a: 1}\n")
    assert [other.id for other in configuration.read(tmp_path).instances] == [instance.id]


def test_an_id_has_the_check_and_the_instances_name():
    assert configuration.check_id("web", {"name": "front"}, {}).startswith("web:front:")


def test_a_file_with_logs_alone_or_for_containers_configures_no_check(tmp_path):
    put(tmp_path, "web.d/logs.yaml", "logs:\n  - type: file\n    path: /x\n")
    put(tmp_path, "redis.d/auto_conf.yaml", "ad_identifiers: [redis]\ninstances: [{host: '%%host%%'}]\n")
    assert configuration.read(tmp_path) == configuration.Configured((), ())


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("instances:\n  - a: 1\n   b: 2\n", 3, "is not YAML"),
        ("instances:\n  - a: [1\n", 3, "is not YAML"),
        ("init_config:\n", 1, "instances must be a list with an item for each instance of web, found nothing"),
        ("init_config:\ninstances: []\n", 2, "found an empty list"),
        ("init_config:\ninstances:\n  a: 1\n", 2, "found dict"),
        (
            "init_config:\ninstances:\n  - ok: 1\n  - word\n",
            4,
            "instances[1] must be a mapping of options, found 'word'",
        ),
        ("init_config: 5\ninstances:\n  - ok: 1\n", 1, "init_config must be a mapping of options, found 5"),
        (
            "instances:\n  - a: 1\n    min_collection_interval: '45'\n",
            3,
            "min_collection_interval must be a number of whole seconds, found '45'",
        ),
        ("just text\n", 1, "must be a mapping with init_config and instances"),
        ("instances:\n  - a: !!python/object:os.system {}\n", 2, "is not YAML"),
        ("a: \x00\n", 1, "is not YAML"),
    ],
)
def test_a_wrong_file_is_one_sentence_with_file_and_line_and_the_others_are_read(tmp_path, text, line, said):
    path = put(tmp_path, "web.d/conf.yaml", text)
    put(tmp_path, "other.d/conf.yaml", ONE)
    found = configuration.read(tmp_path)
    assert names(found) == ["other"]
    (problem,) = found.problems
    assert (problem.path, problem.line) == (str(path), line)
    assert said in problem.what
    assert "\n" not in str(problem)


def test_a_file_that_is_not_text_is_one_sentence(tmp_path):
    (tmp_path / "web.d").mkdir()
    (tmp_path / "web.d" / "conf.yaml").write_bytes(b"\xff\xfe\x00a")
    (problem,) = configuration.read(tmp_path).problems
    assert str(problem).endswith("save it as UTF-8")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="is not a folder with configurations of checks"):
        configuration.read(tmp_path / "nowhere")
