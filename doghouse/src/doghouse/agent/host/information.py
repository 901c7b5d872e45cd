"""What the Agent tells about its host: the `/intake/` body with tags, system and network (datadog-agent: comp/metadata/host; DataDog/gohai)."""

from __future__ import annotations

import json
import platform
import socket
import sys
from collections.abc import Mapping
from typing import Any

import psutil

from doghouse.agent.settings import AGENT_VERSION, Settings

REPORT_EVERY_S = (
    300  # ours; the Agent reports every 30 minutes, but a doghouse may start with an empty folder meanwhile
)


def report(settings: Settings, checks: Mapping[str, str]) -> dict[str, Any]:
    """The body that makes a host known: its tags, what it is, and which checks it runs (name → `OK` or `ERROR`)."""
    return {
        "agentVersion": AGENT_VERSION,
        "internalHostname": settings.hostname,
        "os": sys.platform,
        "agent-flavor": "agent",
        "python": sys.version,
        "systemStats": _system(),
        "meta": _names(settings),
        "host-tags": {"system": list(settings.host_tags)},
        "agent_checks": [[name, name, "", status, "", {}] for name, status in checks.items()],
        "install-method": {"tool": "doghouse", "tool_version": "doghouse", "installer_version": AGENT_VERSION},
        "gohai": json.dumps(gohai()),
    }


def gohai() -> dict[str, Any]:
    """CPU, memory, network, platform and file systems, with gohai's names and its habit of writing numbers as text."""
    memory = psutil.virtual_memory()
    frequency = psutil.cpu_freq()
    return {
        "cpu": {
            "cpu_cores": str(psutil.cpu_count(logical=False) or psutil.cpu_count() or 1),
            "cpu_logical_processors": str(psutil.cpu_count() or 1),
            "mhz": str(frequency.current) if frequency else "",
            "model_name": processor(),
        },
        "memory": {"total": f"{memory.total // 1024}kB", "swap_total": f"{psutil.swap_memory().total // 1024}kB"},
        "network": network(),
        "platform": {
            "hostname": socket.gethostname(),
            "kernel_name": platform.system(),
            "kernel_release": platform.release(),
            "kernel_version": platform.version(),
            "machine": platform.machine(),
            "os": f"{'GNU/' if sys.platform == 'linux' else ''}{platform.system()}",
            "processor": platform.machine(),
            "pythonV": platform.python_version(),
        },
        "filesystem": [
            {"name": part.device, "mounted_on": part.mountpoint, "kb_size": str(size)}
            for part in psutil.disk_partitions()
            if (size := _size_kb(part.mountpoint)) is not None
        ],
    }


def network() -> dict[str, Any]:
    """Each interface that is up and not the loopback's, and the first one's addresses; with none, the loopback's."""
    interfaces = []
    state = psutil.net_if_stats()
    for name, addresses in psutil.net_if_addrs().items():
        interface = {
            "name": name,
            "ipv4": [address.address for address in addresses if address.family == socket.AF_INET],
            "ipv6": [address.address.split("%")[0] for address in addresses if address.family == socket.AF_INET6],
            "macaddress": next((address.address for address in addresses if address.family == psutil.AF_LINK), ""),
        }
        if name in state and state[name].isup and any(not address.startswith("127.") for address in interface["ipv4"]):
            interfaces.append(interface)
    first = interfaces[0] if interfaces else {"ipv4": ["127.0.0.1"], "ipv6": [], "macaddress": ""}
    return {
        "interfaces": interfaces,
        "ipaddress": first["ipv4"][0],
        "ipaddressv6": next(iter(first["ipv6"]), ""),
        "macaddress": first["macaddress"],
    }


def processor() -> str:
    """The processor's name, or its architecture where the system doesn't tell."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _system() -> dict[str, Any]:
    return {
        "cpuCores": psutil.cpu_count(logical=False) or psutil.cpu_count() or 1,
        "machine": platform.machine(),
        "platform": sys.platform,
        "processor": processor(),
        "pythonV": platform.python_version(),
        "nixV": [platform.system(), platform.release(), ""],
        "macV": ["", ["", "", ""], ""],
        "fbsdV": ["", "", ""],
        "winV": ["", "", ""],
    }


def _names(settings: Settings) -> dict[str, Any]:
    aliases = settings.get("host_aliases")
    return {
        "socket-hostname": socket.gethostname(),
        "socket-fqdn": socket.getfqdn(),
        "hostname": settings.hostname,
        "agent-hostname": settings.hostname,
        "host_aliases": [str(alias) for alias in aliases] if isinstance(aliases, list) else [],
    }


def _size_kb(mountpoint: str) -> int | None:
    try:
        return psutil.disk_usage(mountpoint).total // 1024
    except OSError:
        return None
