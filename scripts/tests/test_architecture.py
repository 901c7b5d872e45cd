"""docs/architecture.md names paths, and every one exists; CONTRIBUTING points there. Folders and modules stay small, and values are named by what they are."""

import ast
import re
from collections import Counter
from collections.abc import Container, Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [ROOT / room for room in ("doghouse", "companion", "my_metric", "bench", "deploy", "scripts")]
SOURCES = [ROOT / "doghouse/src", ROOT / "companion/src", ROOT / "my_metric/datadog_checks"]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
PATHS = sorted({text for text in re.findall(r"`([^`\s]+)`", PAGE) if re.fullmatch(r"[\w.-]+(/[\w.-]*)+", text)})


def test_every_path_that_the_page_names_exists() -> None:
    assert len(PATHS) > 40
    assert [path for path in PATHS if not (ROOT / path).exists()] == []


def test_every_folder_of_doghouse_is_on_the_map() -> None:
    source = ROOT / "doghouse" / "src" / "doghouse"
    folders = {f"doghouse/src/doghouse/{path.parent.name}/" for path in source.glob("*/__init__.py")}
    assert sorted(folders - set(PATHS) - {"doghouse/src/doghouse/coverage/"}) == []


def test_contributing_points_to_the_page() -> None:
    assert "docs/architecture.md" in (ROOT / "CONTRIBUTING.md").read_text()


def test_no_folder_but_those_of_recipes_has_more_than_15_modules() -> None:
    # a family, a rule a file
    recipes = {"doghouse/src/doghouse/queries/functions", "doghouse/src/doghouse/monitors/lint/rules"}
    modules = Counter(str(path.parent.relative_to(ROOT)) for room in ROOMS for path in room.rglob("*.py"))
    assert len(modules) > 120
    assert {folder for folder, count in modules.items() if count > 15} == recipes


def test_no_module_has_more_than_300_lines_and_half_of_them_under_100() -> None:
    lines = {path: path.read_text().count("\n") for room in SOURCES for path in room.rglob("*.py")}
    assert [(str(path.relative_to(ROOT)), count) for path, count in lines.items() if count > 300] == []
    assert median(lines.values()) < 100


def imports(name: str, path: Path, modules: Container[str]) -> Iterator[str]:
    """The modules that a module imports anywhere, for types alone too. `modules` are those that there are."""
    package = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = [*package[: len(package) + 1 - node.level], node.module] if node.level else [node.module]
            module = ".".join(part for part in parts if part)
            for alias in node.names:
                yield longer if (longer := f"{module}.{alias.name}") in modules else module


def test_no_modules_import_each_other() -> None:
    folders = {
        "doghouse/src/doghouse": 2,
        "companion/src/companion": 2,
        "bench": 0,
        "scripts": 0,
    }  # how many are above the package
    modules: dict[str, Path] = {}
    for folder, above in folders.items():
        for path in (ROOT / folder).rglob("*.py"):
            modules[".".join(path.relative_to(ROOT).with_suffix("").parts[above:]).removesuffix(".__init__")] = path
    graph = {name: {*imports(name, path, modules)} - {name} for name, path in modules.items()}
    assert graph["doghouse.monitors.objectives"] >= {"doghouse.monitors.definition", "doghouse.slos.measuring"}
    TopologicalSorter(graph).prepare()  # CycleError names the circle


def test_digits_are_those_from_0_to_9_everywhere() -> None:
    """`isdigit()`, and `\\d` in a pattern of text, take digits that `int()` refuses or that nobody meant: doghouse.numbers has the one way."""
    wide = re.compile(r"\.is(?:digit|decimal|numeric)\b|\\d")
    modules = [path for room in SOURCES for path in [*room.rglob("*.py"), *room.rglob("*.lark")]]
    wrong = [str(path.relative_to(ROOT)) for path in modules if wide.search(path.read_text())]
    assert wrong == ["doghouse/src/doghouse/numbers.py"]


# How a value was come by, or that there is one.
NO_NAMES = {"each", "found", "given", "got", "held", "kept", "made", "one", "rest", "said", "taken", "told", "wanted"}


def names(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each variable and argument. A class's fields are left out: they may be the names of a format."""
    nodes = list(ast.walk(ast.parse(source)))
    classes = (node.body for node in nodes if isinstance(node, ast.ClassDef))
    fields = {id(part.target) for body in classes for part in body if isinstance(part, ast.AnnAssign)}
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) if id(node) not in fields:
                yield node.lineno, name
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield node.lineno, name


def test_every_variable_and_argument_is_looked_at() -> None:
    source = """
class Shop:
    field: int
    def bake(self, argument, *more, key=lambda inner: inner):
        try:
            variable, (first, *others) = [(item := 1) for element in argument]
        except ValueError as error:
            match error:
                case [head, *tail]:
                    pass
                case {"key": whole, **remainder}:
                    pass
"""
    expected = "self argument more key inner variable first others item element error head tail whole remainder"
    assert sorted(name for _, name in names(source)) == sorted(expected.split())


def test_a_value_is_named_after_what_it_is() -> None:
    """ARCHITECTURE: not after how it was come by. No `found`, `held`, `said`, `told`, `one`."""
    rooms = ("doghouse/src", "companion/src", "bench", "scripts", "doghouse/tests/shared")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    # The goldens' scripts may not be edited: what they record has to come of the same code.
    files = [path for path in files if ROOT / "scripts/goldens" not in path.parents]
    assert len(files) > 500
    assert [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in files
        for line, name in names(path.read_text(encoding="utf-8"))
        if name in NO_NAMES
    ] == []
