"""Monitors and dashboards as Terraform has them: the resources `datadog_monitor_json` and `datadog_dashboard_json`, whose body is JSON in a heredoc."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def monitor_json(body: Mapping[str, Any]) -> str:
    """A monitor's body as a resource that is called after its name."""
    return _resource("monitor", str(body.get("name") or ""), body)


def dashboard_json(body: Mapping[str, Any]) -> str:
    """A dashboard's body as a resource that is called after its title."""
    return _resource("dashboard", str(body.get("title") or ""), body)


def _resource(kind: str, called: str, body: Mapping[str, Any]) -> str:
    """In a heredoc nothing is escaped but `${` and `%{`, which begin templates."""
    name = re.sub(r"[^a-z0-9]+", "_", called.lower()).strip("_") or kind
    label = name if name[0].isalpha() else f"{kind}_{name}"
    text = json.dumps(body, indent=2, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    inside = "\n".join(f"    {line}" for line in text.split("\n"))
    return f'resource "datadog_{kind}_json" "{label}" {{\n  {kind} = <<-EOF\n{inside}\n  EOF\n}}\n'
