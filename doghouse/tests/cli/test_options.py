"""An option that has no effect with what else is given is refused, and so is a stretch of time that has no length."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from doghouse.cli import COMMANDS, application

WORDS = {
    "export": ("x",),
    "backtest": ("high.json", "--from", "0", "--series", "points.csv"),
    "diff": ("a", "b", "--from", "0", "--series", "points.csv"),
    "record": ("high.json", "--from", "0", "--out", "a.test.yaml", "--series", "points.csv"),
    "query": ("avg:x{*}",),
}
WITH = "With --datadog:"


def of_account() -> list[tuple[str, str, bool]]:
    """The commands' options whose help says that they are of an account: command, option, whether it is a switch."""
    named = []
    for name in COMMANDS:
        for option in get_command(application([name])).commands[name].params:  # type: ignore[attr-defined]
            if (getattr(option, "help", None) or "").startswith(WITH):
                named.append((name, option.opts[0], option.is_flag))
    return named


def ended(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(application([words[0]]), words)
    return result.exit_code, result.output


def test_each_option_of_an_account_is_refused_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = of_account()
    assert {name for name, _, _ in options} >= {"export", "backtest", "diff", "record"}
    for name, option, is_switch in options:
        code, said = ended(name, *WORDS[name], option, *(() if is_switch else ("60",)))
        assert (code, said) == (64, f"doghouse: {option} has no effect without --datadog\n"), name
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "x", "--datadog", "--data", "house"), "--data has no effect with --datadog"),
        (("export", "x", "--data", "house", "--url", "http://127.0.0.1:1"), "--url has no effect with --data"),
        (("query", "avg:x{*}", "--series", "a.csv", "--keys-file", "k"), "--keys-file has no effect with --series"),
        (("backtest", "a", "--from", "0", "--datadog", "--no-cache", "--cache", "c"), "--cache has no effect with --no-c"),
        (("diff", "a", "b", "--hosts", "h.json"), "--hosts has no effect without history: --series, --logs or"),
        (("record", *WORDS["record"], "--keys-file", "k"), "--keys-file has no effect without --datadog or --url"),
        (("query", "avg:x{*}", "--url", "foo"), "'foo' is not the address of a doghouse"),
        (("import", "a.csv", "--url", "http://[x"), "'http://[x' is not the address of a doghouse"),
        (
            ("backtest", *WORDS["backtest"], "--to", "1970-01-01"),
            "--from is not before --to: 1970-01-01T00:00:00+00:00 and 1970-01-01T00:00:00+00:00",
        ),
        (("query", "avg:x{*}", "--from", "9", "--to", "8"), "--from is not before --to: 1970-01-01T00:00:09+00:00 and"),
        (("export", "x", "--from", "1772445600000"), "--from is beyond the year 3000"),
    ],
)  # fmt: skip
def test_what_has_no_effect_or_no_length_is_wrong_use(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output = ended(*words)
    assert code == 64
    assert output.startswith(f"doghouse: {said}")
