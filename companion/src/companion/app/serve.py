"""`my-metric app`: the Flask app under gunicorn, traced as ddtrace documents it: by `ddtrace-run`, with service, env and version set."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from companion import __version__
from companion.app import shipping
from companion.app.options import Serving
from companion.demo.children import free_port, program
from companion.options import Options


def app(options: Options, serving: Serving) -> int:
    """Become the server: returns only where it cannot start. Raises Problem where the port is taken."""
    bound = free_port(serving.port)
    environment = {**os.environ, **settings(options, serving)}
    command = [
        str(program("ddtrace-run")), str(program("gunicorn")), "--bind", f"127.0.0.1:{bound}", "--workers", "1",
        "--worker-class", "gthread", "--threads", str(serving.threads), "--no-control-socket", "companion.app.web:create()",
    ]  # fmt: skip
    os.execve(command[0], command, environment)


def settings(options: Options, serving: Serving) -> Mapping[str, str]:
    """What ddtrace and the shipping of logs are told, by environment; keys are not among it, only where they are."""
    version = os.environ.get("DD_VERSION", __version__)
    variables = {"DD_SERVICE": serving.service, "DD_ENV": serving.env, "DD_VERSION": version}
    if serving.agent_url or options.api_url:  # with neither, ddtrace's own default: the Agent of this machine
        variables["DD_TRACE_AGENT_URL"] = serving.agent_url or str(options.api_url)
    if options.api_url:
        from doghouse.importing import check_url, find_keys

        keys = find_keys(options.keys_file)  # said now where it is missing, not by the app
        variables[shipping.URL] = check_url(options.api_url)
        variables[shipping.HOST] = options.host or socket.gethostname()
        if options.keys_file and keys:
            variables[shipping.KEYS_FILE] = str(Path(options.keys_file).resolve())
    return variables
