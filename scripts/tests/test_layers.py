"""import-linter knows every module: one that stands in no layer could import whatever it likes."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERED = {
    name.strip()
    for contract in CONTRACTS
    if contract["type"] == "layers"
    for layer in contract["layers"]
    for part in layer.split("|")
    for name in part.split(":")
}


def children(package: Path) -> list[str]:
    """The modules and packages in a package, without its own `__init__`."""
    modules = [path.stem for path in package.glob("*.py") if path.stem != "__init__"]
    return sorted(modules + [path.parent.name for path in package.glob("*/__init__.py")])


def unlayered(package: Path, name: str) -> list[str]:
    """What of a package stands in no layer, as a whole or part by part."""
    missing = []
    for child in children(package):
        whole = f"{name}.{child}"
        if whole in LAYERED:
            continue
        parts = [f"{whole}.{one}" for one in children(package / child)]
        missing += [one for one in parts if one not in LAYERED] or ([] if parts else [whole])
    return missing


@pytest.mark.parametrize("room", ["doghouse", "companion"])
def test_every_module_stands_in_a_layer(room: str) -> None:
    assert unlayered(ROOT / room / "src" / room, room) == []


def test_a_module_in_no_layer_is_seen(tmp_path: Path) -> None:
    (tmp_path / "stray.py").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "__init__.py").touch()
    assert unlayered(tmp_path, "doghouse") == ["doghouse.folder", "doghouse.stray"]


def test_no_layer_names_a_module_that_is_gone() -> None:
    def there(name: str) -> bool:
        room = name.partition(".")[0]
        path = ROOT / room / "src" / Path(*name.split("."))
        return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()

    assert [name for name in sorted(LAYERED) if not there(name)] == []
