"""The modules that the Agent gives to Python checks: `aggregator`, `datadog_agent`, `tagger`, `_util`, bound to one Submissions.

They must be installed before `datadog_checks.base` is imported: it would take its own stubs otherwise.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from doghouse.agent.aggregation.samples import Kind
from doghouse.agent.aggregation.submissions import Submissions
from doghouse.agent.checks.cache import Cache
from doghouse.agent.errors import AgentError
from doghouse.agent.settings import AGENT_VERSION, Settings

# Agent: pkg/collector/python/datadog_agent.go; what log() gets is Python's number, 7 is the Agent's TRACE
_LEVELS = {7: logging.DEBUG}
_EVENT = (
    "msg_title", "msg_text", "priority", "host", "alert_type", "aggregation_key", "source_type_name", "event_type",
)  # fmt: skip
_logger = logging.getLogger("doghouse.agent.checks")


class NoChecks(AgentError):
    """Checks can't be run in this process."""


def install(submissions: Submissions, settings: Settings, cache: Cache, started: float) -> None:
    """Make the modules importable. Raises NoChecks if datadog-checks-base is missing, or was imported already with its stubs."""
    if "datadog_checks.base.agent" in sys.modules and not sys.modules["datadog_checks.base.agent"].AGENT_RUNNING:
        raise NoChecks("datadog_checks.base was imported before the Agent's modules were there")
    logging.getLogger("doghouse").propagate = False  # checks' base sends what reaches the root's log back here
    sys.modules["aggregator"] = aggregator(submissions)
    sys.modules["datadog_agent"] = datadog_agent(submissions, settings, cache, started)
    sys.modules["tagger"] = tagger()
    sys.modules["_util"] = util()
    try:
        import datadog_checks.base  # noqa: F401
    except ImportError as error:
        raise NoChecks(
            f"checks need the package datadog-checks-base[deps] (pip install './doghouse[agent]'): {error}"
        ) from None


def _module(name: str, members: dict[str, Any]) -> ModuleType:
    module = ModuleType(name)
    for key, value in members.items():
        setattr(module, key, value)
    return module


def aggregator(to: Submissions) -> ModuleType:
    """What checks submit to."""

    def submit_metric(
        _check: Any,
        check_id: str,
        kind: int,
        name: str,
        value: float,
        tags: Sequence[str],
        hostname: str,
        flush_first: bool = False,
    ) -> None:
        to.metric(check_id, kind, name, value, _texts(tags), hostname, flush_first)

    def submit_service_check(
        _check: Any, check_id: str, name: str, status: int, tags: Sequence[str], hostname: str, message: str
    ) -> None:
        to.service_check(check_id, name, status, _texts(tags), hostname, message)

    def submit_event(_check: Any, check_id: str, event: dict[str, Any]) -> None:
        to.event(check_id, _event(event))

    def submit_event_platform_event(_check: Any, check_id: str, _raw: str | bytes, track: str) -> None:
        to.platform_event(check_id, track)

    def bucket(several: bool) -> Callable[..., None]:
        def submit(
            _check: Any,
            check_id: str,
            name: str,
            count: int,
            lower: float,
            upper: float,
            monotonic: bool,
            hostname: str,
            tags: Sequence[str],
            flush_first: bool = False,
        ) -> None:
            bounds = (lower, upper)
            to.bucket(
                check_id, name, count, bounds, bool(monotonic), hostname, _texts(tags), bool(flush_first), several
            )

        return submit

    members: dict[str, Any] = {kind.name: int(kind) for kind in Kind if kind <= Kind.HISTORATE}
    members |= {
        "submit_metric": submit_metric,
        "submit_service_check": submit_service_check,
        "submit_event": submit_event,
        "submit_event_platform_event": submit_event_platform_event,
        "submit_histogram_bucket": bucket(several=False),
        "submit_histogram_bucket_multi": bucket(several=True),
    }
    return _module("aggregator", members)


def _texts(tags: Sequence[Any]) -> list[str]:
    """The tags that are text. Anything else among them is left out silently, as the Agent does (rtloader: py_tag_to_c)."""
    return [tag for tag in tags if isinstance(tag, str)]


def _event(submitted: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an event that the Agent reads, where they are text (rtloader: submit_event)."""
    fields: dict[str, Any] = {name: submitted[name] for name in _EVENT if isinstance(submitted.get(name), str)}
    if isinstance(when := submitted.get("timestamp"), int) and when:
        fields["timestamp"] = when
    return fields | {"tags": _texts(submitted.get("tags") or ())}


def datadog_agent(to: Submissions, settings: Settings, cache: Cache, started: float) -> ModuleType:
    """What checks ask the Agent."""

    def log(message: str, level: int = logging.INFO) -> None:
        _logger.log(_LEVELS.get(level, level), "%s", message)

    def send_log(line: str, check_id: str) -> None:
        attributes = json.loads(line)
        to.log(check_id, attributes if isinstance(attributes, dict) else {"message": line})

    members: dict[str, Any] = {
        "get_config": settings.get,
        "get_hostname": lambda: settings.hostname,
        "get_version": lambda: AGENT_VERSION,
        "get_clustername": lambda: str(settings.get("cluster_name") or ""),
        "get_host_tags": lambda: json.dumps({"system": list(settings.host_tags)}),
        "get_process_start_time": lambda: started,
        "headers": lambda *_, **__: {"User-Agent": f"Datadog Agent/{AGENT_VERSION}", "Accept": "text/html, */*"},
        "log": log,
        "send_log": send_log,
        "set_check_metadata": to.metadata,
        "set_external_tags": to.external_tags,
        "tracemalloc_enabled": lambda: False,
        "read_persistent_cache": cache.read,
        "write_persistent_cache": cache.write,
        # the Agent normalises SQL in Go; here it stays as it is, and is counted, never sent
        "obfuscate_sql": lambda query, *_: query,
        "obfuscate_sql_exec_plan": lambda plan, *_: plan,
        "obfuscate_mongodb_string": lambda command: command,
        "emit_agent_telemetry": lambda *_: None,
        "report_issue": lambda *_: None,
        "resolve_issue": lambda *_: None,
    }
    return _module("datadog_agent", members)


def tagger() -> ModuleType:
    """Tags of containers: there are none here."""
    return _module("tagger", {"LOW": 0, "ORCHESTRATOR": 1, "HIGH": 2, "tag": lambda *_: [], "get_tags": lambda *_: []})


def util() -> ModuleType:
    """How checks run other programs (rtloader/common/builtins/_util.c)."""

    class SubprocessOutputEmptyError(Exception):
        pass

    def get_subprocess_output(
        command: Sequence[str], raise_on_empty: bool = True, env: dict[str, str] | None = None
    ) -> tuple[str, str, int]:
        process = subprocess.run(list(command), capture_output=True, text=True, env=env, check=False)
        if raise_on_empty and not process.stdout:
            raise SubprocessOutputEmptyError("get_subprocess_output expected output but had none.")
        return process.stdout, process.stderr, process.returncode

    members = {
        "SubprocessOutputEmptyError": SubprocessOutputEmptyError,
        "get_subprocess_output": get_subprocess_output,
        "subprocess_output": get_subprocess_output,
    }
    return _module("_util", members)
