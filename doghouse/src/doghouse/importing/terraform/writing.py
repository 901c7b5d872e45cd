"""A monitor as Terraform has it: the resource `datadog_monitor_json`, whose body is JSON in a heredoc."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def monitor_json(body: Mapping[str, Any]) -> str:
    """A monitor's body as a resource that is called after its name. In a heredoc nothing is escaped but `${` and `%{`, which begin templates."""
    name = re.sub(r"[^a-z0-9]+", "_", str(body.get("name") or "").lower()).strip("_") or "monitor"
    label = name if name[0].isalpha() else f"monitor_{name}"
    text = json.dumps(body, indent=2, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    inside = "\n".join(f"    {line}" for line in text.split("\n"))
    return f'resource "datadog_monitor_json" "{label}" {{\n  monitor = <<-EOF\n{inside}\n  EOF\n}}\n'
