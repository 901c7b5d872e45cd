"""What a light installation says where a module is missing that an extra brings."""

import sys

import pytest
import typer

from doghouse import cli


@pytest.mark.parametrize("module", ["httpx", "duckdb"])
def test_a_module_of_the_server_is_said_with_its_extra(monkeypatch, capsys, module):
    app = typer.Typer()

    @app.command()
    def up():
        raise ModuleNotFoundError(f"No module named '{module}'", name=module)

    monkeypatch.setattr(sys, "argv", ["doghouse"])
    monkeypatch.setattr(cli, "application", lambda commands: app)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"doghouse: this needs {module}: pip install './doghouse[server]'\n"
