"""action.yml: its steps run with bash as they stand, in a made-up GitHub environment with an API on a local port."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts import action_comment
from scripts.tests.example import GOOD
from scripts.tests.example import TESTS as EXAMPLE

ROOT = Path(__file__).resolve().parents[3]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]
TOKEN = "made-up"
DEADLINE_S = 120
WRONG = GOOD | {"name": "$(touch pwned) `touch pwned` @here", "message": "{{#is_alert}}x"}
TESTS = EXAMPLE.replace("cpu.json", "../monitors/cpu.json")
Comment = dict[str, Any]


@dataclass
class Api:
    """GitHub's comments on pull request 7, as far as the action asks for them."""

    url: str = ""
    comments: list[Comment] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refuses: int = 0

    def answer(self, method: str, path: str, body: Any, token: str) -> tuple[int, Any]:
        self.asked.append((method, path.partition("?")[0]))
        if token != f"Bearer {TOKEN}":
            return 401, {}
        if self.refuses and method != "GET":
            return self.refuses, {"message": "Resource not accessible by integration"}
        if method == "GET":
            page = int(re.search(r"&page=(\d+)", path)[1])  # type: ignore[index]
            return 200, self.comments[(page - 1) * 100 : page * 100]
        if method == "POST":
            self.comments.append({"id": len(self.comments) + 1, "body": body["body"], "user": {"type": "Bot"}})
            return 201, self.comments[-1]
        (mine,) = [comment for comment in self.comments if path.endswith(f"/comments/{comment['id']}")]
        mine["body"] = body["body"]
        return 200, mine


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            status, answer = api.answer(self.command, self.path, body, self.headers["Authorization"])
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = _do

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Job:
    """A checkout of a pull request on a runner."""

    workspace: Path
    runner: Path
    api: Api
    event: dict[str, Any]

    @property
    def summary(self) -> str:
        path = self.runner / "summary.md"
        return path.read_text() if path.exists() else ""

    def run(self, **inputs: str) -> tuple[int, str]:
        """All steps, as the runner goes through them: the exit code of the job, and its log."""
        values = {name: str(declared.get("default", "")) for name, declared in ACTION["inputs"].items()} | {
            "token": TOKEN
        }
        values |= {name.replace("_", "-"): value for name, value in inputs.items()}
        (self.runner / "event.json").write_text(json.dumps(self.event))
        outputs: dict[str, dict[str, str]] = {}
        failed, log = 0, ""
        for step in STEPS:
            condition = step.get("if", "")
            if condition == "inputs.lint == 'true'" and values["lint"] != "true":
                continue
            assert condition in ("", "always()", "inputs.lint == 'true'")
            if failed and condition != "always()":
                continue
            env = {name: filled(value, values, outputs) for name, value in step.get("env", {}).items()}
            output = self.runner / "output"
            output.write_text("")
            script = self.runner / "step.sh"
            script.write_text(step["run"])
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                cwd=self.workspace, env=self.environment(output) | env, text=True, timeout=DEADLINE_S,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            log += done.stdout
            failed = failed or done.returncode
            if "id" in step:
                outputs[step["id"]] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return failed, log

    def environment(self, output: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.runner),
            "RUNNER_TEMP": str(self.runner),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_EVENT_NAME": "pull_request" if "pull_request" in self.event else "push",
            "GITHUB_EVENT_PATH": str(self.runner / "event.json"),
            "GITHUB_STEP_SUMMARY": str(self.runner / "summary.md"),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_REPOSITORY": "acme/monitors",
            "GITHUB_API_URL": self.api.url,
        }


def filled(text: str, inputs: dict[str, str], outputs: dict[str, dict[str, str]]) -> str:
    """The expressions of the action, which are of two kinds."""
    text = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: inputs[match[1]], text)
    text = re.sub(
        r"\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}", lambda match: outputs.get(match[1], {}).get(match[2], ""), text
    )
    assert "${{" not in text
    return text


@pytest.fixture
def job(tmp_path: Path, api: Api) -> Job:
    workspace, runner = tmp_path / "workspace", tmp_path / "runner"
    for folder in (workspace / "monitors", workspace / "tests", runner / "doghouse-venv" / "bin"):
        folder.mkdir(parents=True)
    (runner / "doghouse-venv" / "bin" / "doghouse").symlink_to(Path(sys.executable).parent / "doghouse")
    (workspace / "monitors" / "cpu.json").write_text(json.dumps(GOOD, indent=2))
    (workspace / "tests" / "cpu.test.yaml").write_text(TESTS)
    git(workspace, "init", "-q", "-b", "main")
    base = commit(workspace)
    return Job(workspace, runner, api, {"pull_request": {"number": 7, "base": {"sha": base}}})


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder: Path) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "change")
    return git(folder, "rev-parse", "HEAD").strip()


def change(job: Job, monitor: dict[str, str]) -> None:
    (job.workspace / "monitors" / "cpu.json").write_text(json.dumps(monitor, indent=2))
    commit(job.workspace)


def test_a_pull_request_gets_one_comment_which_the_next_run_updates(job: Job) -> None:
    change(job, GOOD | {"query": "avg(last_5m):avg:m{*} > 80"})
    assert job.run()[0] == 0
    (first,) = job.api.comments
    assert first["body"].startswith(action_comment.MARKER)
    assert "### Lint passes" in first["body"]
    assert "1 passed, 0 failed" in first["body"]

    change(job, WRONG)
    code, log = job.run()
    (second,) = job.api.comments
    assert code == 1
    assert "::error file=monitors/cpu.json,line=" in log
    assert "### Lint fails" in second["body"]
    assert [method for method, _ in job.api.asked] == ["GET", "POST", "GET", "PATCH"]
    assert job.summary == ""


def test_the_comment_says_what_the_change_does(job: Job) -> None:
    change(job, GOOD | {"name": "cpu is high", "query": "avg(last_5m):avg:m{*} > 80"})
    job.run()
    (only,) = job.api.comments
    report = only["body"].partition("### Lint passes")[0]
    assert "cpu is high" in report
    assert "90" in report
    assert "80" in report


def test_without_the_right_to_comment_the_summary_has_the_report(job: Job) -> None:
    job.api.refuses = 403
    code, log = job.run()
    assert code == 0
    assert job.api.comments == []
    assert "### Lint passes" in job.summary
    assert "GitHub answered 403 to the comment, there is no right to" in log


def test_with_nobody_to_ask_the_summary_has_the_report(job: Job) -> None:
    job.api.url = "http://127.0.0.1:9"
    assert job.run()[0] == 0
    assert "### Lint passes" in job.summary


def test_a_pull_request_is_annotated_where_the_change_brings_something(job: Job) -> None:
    (job.workspace / "monitors" / "old.json").write_text(json.dumps(GOOD | {"name": "old", "options": {"nope": 1}}))
    job.event["pull_request"]["base"]["sha"] = commit(job.workspace)
    change(job, WRONG)
    _, log = job.run()
    annotated = re.findall(r"^::(?:error|warning) file=([\w/.]+),", log, re.M)
    assert annotated == ["monitors/cpu.json"]
    assert "|   monitors/old.json:1  options.nope  warning" in log


def test_a_push_is_annotated_with_all_that_lint_finds(job: Job) -> None:
    job.event = {"ref": "refs/heads/main"}
    change(job, WRONG)
    code, log = job.run()
    assert code == 1
    assert "\n::error file=monitors/cpu.json,line=" in f"\n{log}"


def test_a_push_has_a_summary_and_asks_nothing(job: Job) -> None:
    job.event = {"ref": "refs/heads/main"}
    assert job.run()[0] == 0
    assert "### Lint passes" in job.summary
    assert job.api.asked == []


def test_it_is_read_only_where_no_comment_is_wanted(job: Job) -> None:
    assert job.run(comment="false")[0] == 0
    assert job.api.asked == []
    assert "### Lint passes" in job.summary
    assert git(job.workspace, "status", "--porcelain") == ""


def test_a_comment_of_somebody_else_with_the_marker_is_left_alone(job: Job) -> None:
    theirs = {"id": 900, "body": action_comment.MARKER, "user": {"type": "User"}}
    job.api.comments = [theirs, *({"id": n, "body": "x", "user": {"type": "Bot"}} for n in range(1000, 1120))]
    job.run()
    assert job.api.comments[0]["body"] == action_comment.MARKER
    assert job.api.comments[-1]["body"].startswith(action_comment.MARKER + "\n")
    change(job, WRONG)
    job.run()
    assert len(job.api.comments) == 122


def test_texts_of_inputs_and_of_monitors_run_nothing(job: Job) -> None:
    (job.workspace / "monitors" / "cpu.json").write_text(json.dumps(WRONG))
    (job.workspace / "tests" / "$(touch pwned).test.yaml").write_text("a: '::stop-commands::x'\n::add-mask::x\n")
    code, log = job.run(paths="monitors\n$(touch pwned)\n`touch pwned`", base='"; touch pwned; "')
    assert code != 0
    assert list(job.workspace.rglob("pwned")) == []
    assert not re.search(r"^\s*::(?!error|warning|notice)", log, re.M)


def test_no_expression_stands_in_a_script() -> None:
    assert [step["name"] for step in STEPS if "${{" in step["run"]] == []


def test_it_uses_no_action_of_others_and_needs_no_token_but_to_comment() -> None:
    assert [step for step in STEPS if "uses" in step] == []
    assert [step["name"] for step in STEPS if "inputs.token" in str(step.get("env"))] == ["Comment"]
    assert TOKEN not in str(ACTION)


def test_fail_on_never_reports_and_lets_the_job_pass(job: Job) -> None:
    change(job, WRONG)
    assert job.run(fail_on="never")[0] == 0
    assert "### Lint fails" in job.api.comments[0]["body"]


def test_a_wrong_option_fails_and_says_so(job: Job) -> None:
    code, log = job.run(fail_on="everything")
    assert code == 64
    assert "| doghouse: --fail-on" in log


@pytest.mark.parametrize("size", [100, 65_000, 65_536, 80_000, 300_000])
def test_a_comment_is_never_too_long(size: int) -> None:
    whole = "\n".join(["<details><summary>s</summary>", "", *["x" * 99] * (size // 100), "", "</details>"])
    text = action_comment.body(whole)
    assert len(text) <= action_comment.LARGEST
    assert text.count("<details>") == text.count("</details>")
    assert ("does not fit" in text) == (len(whole) > action_comment.LARGEST - 60)
