"""What is published: the same bytes twice, with licences and pages; and when a tag may be released."""

from __future__ import annotations

import re
import subprocess
import tarfile
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
from markdown_it import MarkdownIt

from scripts import dist, release
from scripts.docs import packages
from scripts.tests.docs.test_docs import targets

ROOT = packages.ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist") / "dist"
    dist.built_twice(folder)  # raises where two builds differ
    return folder


def test_a_wheel_and_an_sdist_of_each_package_are_built_the_same_twice(built: Path) -> None:
    names = sorted(re.sub(r"-\d+\.\d+\.\d+(-py3-none-any)?", "", path.name) for path in built.iterdir())
    assert names == sorted(
        f"{name}.{kind}"
        for name in ("datadog_my_metric", "doghouse", "my_metric_companion")
        for kind in ("tar.gz", "whl")
    )


@pytest.mark.parametrize("name", ["doghouse", "my_metric_companion"])
def test_the_licence_lies_in_wheel_and_sdist(built: Path, name: str) -> None:
    (wheel,), (sdist,) = built.glob(f"{name}-*.whl"), built.glob(f"{name}-*.gz")
    licence = (ROOT / "LICENSE").read_bytes()
    with ZipFile(wheel) as archive:
        (inside,) = (member for member in archive.namelist() if member.endswith("/licenses/LICENSE"))
        assert archive.read(inside) == licence
    with tarfile.open(sdist) as archive:
        file = archive.extractfile(
            next(member for member in archive.getnames() if member.count("/") == 1 and member.endswith("/LICENSE"))
        )
        assert file is not None
        assert file.read() == licence


def test_what_the_wheel_holds_of_others_has_its_licence_beside_it(built: Path) -> None:
    (wheel,) = built.glob("doghouse-*.whl")
    with ZipFile(wheel) as archive:
        (notice,) = (member for member in archive.namelist() if member.endswith("/licenses/NOTICE"))
        assert "uPlot" in archive.read(notice).decode()
        assert "Permission is hereby granted" in archive.read(notice).decode()


@pytest.mark.parametrize("name", ["doghouse", "my_metric_companion", "datadog_my_metric"])
def test_the_page_of_a_package_is_markdown_whose_links_lead_out_of_no_repository(built: Path, name: str) -> None:
    (wheel,) = built.glob(f"{name}-*.whl")
    with ZipFile(wheel) as archive:
        text = archive.read(
            next(member for member in archive.namelist() if member.endswith(".dist-info/METADATA"))
        ).decode()
    metadata = Parser().parsestr(text)
    assert metadata["Description-Content-Type"] == "text/markdown"
    page = str(metadata.get_payload())
    assert MarkdownIt().parse(page)[0].tag == "h1"
    room = {"my_metric_companion": "companion", "datadog_my_metric": "my_metric"}.get(name, name)
    assert [target for target in targets(ROOT / room / "README.md") if not target.startswith("#")] == []


def test_every_package_and_extra_has_commands_that_are_run_from_its_wheel() -> None:
    assert list(dist.COMMANDS) == packages.packages()


@pytest.mark.slow
def test_an_extra_installed_alone_from_its_wheel_runs_its_commands(built: Path) -> None:
    """It needs a registry of packages: without one it is skipped, and says so. The others are tried by `make dist ARGS=--try`."""
    try:
        assert dist.tried("doghouse[terraform]", built) > 1
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no registry of packages can be reached: {error}")


def test_every_licence_that_is_listed_is_of_a_version_that_is_locked() -> None:
    text = packages.DOCS.read_text("utf-8").partition("<!-- licences -->\n")[2].partition("|---|---|---|\n")[2]
    rows = re.findall(r"(?m)^\| ([\w.-]+) \| (\S+) \| (.+) \|$", text)
    texts = ((ROOT / name).read_text() for name in ("requirements-ray.txt", "requirements.txt"))
    locked = {
        name.lower(): version for text in texts for name, version in re.findall(r"(?m)^([\w.-]+)==([^ ;]+)", text)
    }
    assert len(rows) > 70
    assert [
        name for name, version, _ in rows if locked.get(name.lower().replace("_", "-").replace(".", "-")) != version
    ] == []
    assert [name for name, _, licence in rows if licence == "not said"] == []


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for path in release.VERSIONS:
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text('__version__ = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 1.2.3 / 2027-01-31\n\n- It is there.\n")
    return tmp_path


def test_a_tag_of_the_version_with_a_part_of_the_changelog_may_be_released(repository: Path) -> None:
    assert release.objections("v1.2.3", repository) == []


@pytest.mark.parametrize(
    ("tag", "objection"),
    [
        ("v1.2", "the tag v1.2 is no version: expected v1.2.3"),
        ("1.2.3", "the tag 1.2.3 is no version: expected v1.2.3"),
        ("v1.2.4", "doghouse/src/doghouse/__init__.py says 1.2.3, the tag 1.2.4"),
        ("v1.2.4", "CHANGELOG.md has no part '## 1.2.4 / YYYY-MM-DD'"),
    ],
)
def test_any_other_may_not(repository: Path, tag: str, objection: str) -> None:
    assert objection in release.objections(tag, repository)


@pytest.mark.parametrize("workflow", ["ci", "core", "release"])  # the others are Datadog's own, as ddev writes them
def test_no_workflow_runs_an_action_that_somebody_else_can_change(workflow: str) -> None:
    text = (ROOT / f".github/workflows/{workflow}.yml").read_text()
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert used
    assert [
        name for name, comment in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) or "# v" not in comment
    ] == []
