"""`system.*` of this host through psutil, with the names and units of the Agent's own checks (docs: integrations/system)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import psutil

from doghouse.agent.aggregation.samples import FlushedSeries

EVERY_S = 15
MB, KB = 1024 * 1024, 1024
NOT_REAL = {"tmpfs", "devtmpfs", "squashfs", "overlay", "proc", "sysfs", "autofs", "cgroup", "cgroup2", "mqueue"}
_CPU = {
    "user": "user",
    "system": "system",
    "idle": "idle",
    "iowait": "iowait",
    "steal": "stolen",
    "guest": "guest",
    "irq": "interrupt",
}
_NETWORK = {
    "bytes_recv": "bytes_rcvd",
    "bytes_sent": "bytes_sent",
    "packets_recv": "packets_in.count",
    "packets_sent": "packets_out.count",
    "errin": "packets_in.error",
    "errout": "packets_out.error",
    "dropin": "packets_in.drop",
    "dropout": "packets_out.drop",
}
_DISK_IO = {
    "read_bytes": ("rkb_s", KB),
    "write_bytes": ("wkb_s", KB),
    "read_count": ("r_s", 1),
    "write_count": ("w_s", 1),
}

Reading = tuple[str, float, tuple[str, ...]]  # name, value, tags


class HostMetrics:
    """Reads the host; what is a rate needs a reading before it."""

    def __init__(self, hostname: str) -> None:
        self._hostname = hostname
        self._before: Mapping[str, Any] = {}

    def collect(self, now: float) -> list[FlushedSeries]:
        """The series of this moment (s UTC)."""
        after = {
            "at": time.monotonic(),
            "cpu": psutil.cpu_times(),
            "network": psutil.net_io_counters(pernic=True),
            "disks": psutil.disk_io_counters(perdisk=True) or {},
        }
        readings = [*_load(), *_memory(), *_disks(), ("system.uptime", now - psutil.boot_time(), ())]
        if self._before:
            readings += _rates(self._before, after)
        self._before = after
        return [
            FlushedSeries(name, "gauge", 0, self._hostname, tags, ((now, float(value)),))
            for name, value, tags in readings
        ]


def _load() -> Iterator[Reading]:
    cores = psutil.cpu_count() or 1
    yield "system.cpu.num_cores", cores, ()
    for minutes, load in zip((1, 5, 15), psutil.getloadavg(), strict=True):
        yield f"system.load.{minutes}", load, ()
        yield f"system.load.norm.{minutes}", load / cores, ()


def _memory() -> Iterator[Reading]:
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    yield "system.mem.total", memory.total / MB, ()
    yield "system.mem.free", memory.free / MB, ()
    yield "system.mem.used", (memory.total - memory.free) / MB, ()
    yield "system.mem.usable", memory.available / MB, ()
    yield "system.mem.pct_usable", memory.available / memory.total, ()
    for name in ("cached", "buffers", "shared", "slab"):
        if hasattr(memory, name):
            yield f"system.mem.{'buffered' if name == 'buffers' else name}", getattr(memory, name) / MB, ()
    yield "system.swap.total", swap.total / MB, ()
    yield "system.swap.free", swap.free / MB, ()
    yield "system.swap.used", swap.used / MB, ()
    if swap.total:
        yield "system.swap.pct_free", swap.free / swap.total, ()


def _disks() -> Iterator[Reading]:
    for part in psutil.disk_partitions(all=False):
        if part.fstype in NOT_REAL:
            continue
        try:
            usage = psutil.disk_usage(part.mountpoint)
        except OSError:
            continue
        tags = (f"device:{part.device}", f"device_name:{part.device.rpartition('/')[2]}")
        yield "system.disk.total", usage.total / KB, tags
        yield "system.disk.used", usage.used / KB, tags
        yield "system.disk.free", usage.free / KB, tags
        if usage.total:
            yield "system.disk.in_use", usage.used / (usage.used + usage.free), tags


def _rates(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reading]:
    seconds = after["at"] - before["at"]
    if seconds <= 0:
        return
    yield from _processor(before["cpu"], after["cpu"])
    for kind, names in (("network", _NETWORK), ("disks", _DISK_IO)):
        for device in after[kind].keys() & before[kind].keys():
            if device != "lo":
                yield from _device(kind, device, names, (before[kind][device], after[kind][device]), seconds)


def _device(
    kind: str, device: str, names: Mapping[str, Any], counters: tuple[Any, Any], seconds: float
) -> Iterator[Reading]:
    for field, named in names.items():
        grown = getattr(counters[1], field) - getattr(counters[0], field)
        name, unit = (f"system.net.{named}", 1) if kind == "network" else (f"system.io.{named[0]}", named[1])
        if grown >= 0:  # a counter that fell was reset
            yield name, grown / unit / seconds, (f"device:{device}",)


def _processor(before: Any, after: Any) -> Iterator[Reading]:
    """What the processors' time went into, in percent. A kernel's counter may run backwards a little; that counts as nothing."""
    spent = {name: max(getattr(after, name) - getattr(before, name), 0.0) for name in after._fields}
    total = sum(time for name, time in spent.items() if not name.startswith("guest"))  # guests' time is in user already
    if total > 0:
        for field, name in _CPU.items():
            if field in spent:
                yield f"system.cpu.{name}", 100 * min(spent[field] / total, 1.0), ()
