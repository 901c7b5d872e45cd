"""`agent integration install -w WHEEL`: the demands of the Agent's installer, and what it does."""

import stat
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from doghouse.agent.commands import integration
from doghouse.agent.errors import ConfigurationError

METADATA = (
    "Metadata-Version: 2.1\nName: datadog-lab-extra\nVersion: 1.0.0\nRequires-Dist: datadog-checks-base>=37.20.0\n"
)
PACKAGE = "datadog_checks/lab_extra/"
INFO = "datadog_lab_extra-1.0.0.dist-info/"
FILES = {
    f"{PACKAGE}__init__.py": "from datadog_checks.base import AgentCheck\nclass Lab(AgentCheck):\n    def check(self, _):\n        self.gauge('lab', 1)\n",
    f"{PACKAGE}data/conf.yaml.example": "instances:\n  - {}\n",
    f"{PACKAGE}data/profiles/one.yaml": "a: 1\n",
    f"{PACKAGE}data/picture.png": "no configuration",
    f"{INFO}METADATA": METADATA,
    f"{INFO}WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}RECORD": "",
}


@pytest.fixture
def wheel(tmp_path):
    def write(changes=None, without=()):
        path = tmp_path / "datadog_lab_extra-1.0.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in (FILES | (changes or {})).items():
                if not name.startswith(tuple(without) or ("\0",)):
                    archive.writestr(name, text)
        return path

    return write


def test_a_wheel_that_the_agent_would_install(wheel):
    found = integration.read(wheel())
    assert (found.package, found.version, found.check) == ("datadog-lab-extra", "1.0.0", "lab_extra")
    assert set(found.configuration) == {"conf.yaml.example", "profiles/one.yaml"}


@pytest.mark.parametrize(
    ("changes", "without", "said"),
    [
        (
            {f"{INFO}METADATA": METADATA.replace("datadog-checks-base", "requests")},
            (),
            "does not require datadog-checks-base",
        ),
        ({f"{INFO}METADATA": METADATA.replace("1.0.0", "new")}, (), "its version must begin with a number, found new"),
        ({}, (INFO,), "it has no *.dist-info/METADATA"),
    ],
)
def test_a_wheel_that_the_agent_would_refuse(wheel, changes, without, said):
    with pytest.raises(ConfigurationError) as problem:
        integration.read(wheel(changes, without))
    assert said in str(problem.value)


OTHER = "lab_extra-1.0.0.dist-info/"


@pytest.mark.parametrize(
    ("changes", "without", "said"),
    [
        (
            {f"{OTHER}METADATA": METADATA.replace("datadog-lab", "lab")},
            (INFO,),
            "begins with datadog-, not as lab-extra does",
        ),
        (
            {"datadog_lab_extra-1.0.dist-info/METADATA": METADATA.replace("1.0.0", "1.0")},
            (INFO,),
            "has the form 1.2.3, not 1.0",
        ),
        ({"datadog_checks/__init__.py": ""}, (), "may hide every other integration"),
        ({}, (f"{PACKAGE}data",), "it has no datadog_checks/lab_extra/data/"),
    ],
)
def test_what_the_agent_takes_is_advice(wheel, changes, without, said):
    (advice,) = integration.read(wheel(changes, without)).advice
    assert said in advice
    assert integration.read(wheel()).advice == ()


def test_a_file_that_is_no_wheel_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        integration.read(tmp_path / "x.whl")
    (tmp_path / "x.whl").write_text("text")
    with pytest.raises(ConfigurationError, match="is not a wheel"):
        integration.read(tmp_path / "x.whl")


@pytest.mark.slow
def test_a_wheel_is_installed_configured_and_runs(wheel, tmp_path):
    """In an environment of its own, so that this one stays as it is."""
    venv.create(tmp_path / "env", with_pip=True, system_site_packages=False)
    python = tmp_path / "env" / "bin" / "python"
    packages = next((tmp_path / "env" / "lib").glob("python*/site-packages"))
    (packages / "ours.pth").write_text(
        "".join(f"import site; site.addsitedir({path!r})\n" for path in sys.path if path.endswith("site-packages"))
    )
    existing = tmp_path / "conf.d" / "lab_extra.d" / "conf.yaml.example"
    existing.parent.mkdir(parents=True)
    existing.write_text("old")

    def agent(*arguments):
        command = [python, "-m", "doghouse", "agent", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=100)

    done = agent("integration", "install", "-w", wheel(), "--conf", tmp_path / "conf.d")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("Successfully installed datadog-lab-extra 1.0.0\n")
    assert existing.read_text() == FILES[f"{PACKAGE}data/conf.yaml.example"]
    assert (existing.parent / "profiles" / "one.yaml").is_file()
    assert "already installed" in agent("integration", "install", "-w", wheel(), "--conf", tmp_path / "conf.d").stdout
    (existing.parent / "conf.yaml").write_text("instances:\n  - {}\n")
    ran = agent("check", "lab_extra", "--conf", tmp_path / "conf.d")
    assert '"metric": "lab"' in ran.stdout, ran.stderr
    assert agent("integration", "remove", "datadog-lab-extra").returncode == 0
    assert not Path(packages / PACKAGE).exists()


def test_only_a_local_wheel_can_be_installed(doghouse_agent):
    code, _, err = doghouse_agent("integration", "install", "datadog-x==1.0.0")
    assert code == 64
    assert "give -w WHEEL" in err


def hostile(tmp_path, *entries):
    """A wheel with further entries, each a name, or a ZipInfo, and its content."""
    path = tmp_path / "datadog_lab_extra-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (*FILES.items(), *entries):
            archive.writestr(name, text)
    return path


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("/etc/cron.d/x", "", "has a file outside of itself"),
        ("datadog_checks/../../x", "", "has a file outside of itself"),
        ("a\\..\\..\\x", "", "has a file outside of itself"),
        ("C:/x", "", "has a file outside of itself"),
        ("a\nb", "", "has a file outside of itself"),
        (link("datadog_checks/lab_extra/data/auto.yaml"), "/etc/passwd", "which is a link or no file"),
        (
            f"{PACKAGE}data/conf.yaml.example",
            "instances: []",
            "has datadog_checks/lab_extra/data/conf.yaml.example twice",
        ),
        (f"{PACKAGE}data/CONF.yaml.example", "", "which are one file on some systems"),
        (f"{INFO}METADATA", METADATA, "METADATA twice"),
        ("other-1.0.0.dist-info/METADATA", METADATA, "it has 2 *.dist-info/METADATA, expected one"),
        (f"{PACKAGE}data/auto_conf.yaml", "#" * (11 << 20), "auto_conf.yaml is larger than 10 MB"),
    ],
)
def test_a_wheel_with_what_no_wheel_has_is_refused(tmp_path, name, content, said):
    with pytest.raises(ConfigurationError) as raised:
        integration.read(hostile(tmp_path, (name, content)))
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (METADATA.replace("lab-extra", "../../x"), "its name must be words with - between them"),
        (METADATA.replace("lab-extra", "."), "its name must be words with - between them"),
        (METADATA.replace("lab-extra", "other"), "its metadata are those of another package"),
        (METADATA.replace("1.0.0", "1.0.1"), "its metadata are those of another package"),
        ("Metadata-Version: 2.1\n\n" + METADATA, "found none"),
        (METADATA.replace("Requires-Dist: ", "Summary: Requires-Dist: "), "does not require datadog-checks-base"),
    ],
    ids=["a path", "a dot", "another name", "another version", "in the description", "in another field"],
)
def test_a_wheel_is_what_its_own_metadata_say(wheel, metadata, said):
    with pytest.raises(ConfigurationError) as raised:
        integration.read(wheel({f"{INFO}METADATA": metadata}))
    assert said in str(raised.value)


def test_metadata_elsewhere_in_a_wheel_are_not_its_own(wheel):
    found = integration.read(wheel({f"{PACKAGE}data/METADATA": METADATA.replace("lab-extra", "other")}))
    assert found.package == "datadog-lab-extra"


def test_a_wheel_that_says_it_is_enormous_is_not_unpacked(tmp_path):
    path = hostile(tmp_path, *((f"{PACKAGE}{number}.bin", bytes(64 << 20)) for number in range(17)))
    with pytest.raises(ConfigurationError, match="comes to more than 1 GB"):
        integration.read(path)


def test_a_wheel_of_very_many_files_is_not_read(tmp_path):
    with pytest.raises(ConfigurationError, match="has 10,008 files, expected at most 10,000"):
        integration.read(hostile(tmp_path, *((f"{PACKAGE}{number}", "") for number in range(10_001))))
