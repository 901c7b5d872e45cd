"""The arithmetic of `system.*`: readings that the system gives, and the figures that they come to."""

from collections import namedtuple
from types import SimpleNamespace

import psutil
import pytest

from doghouse.agent.host import information, metrics
from doghouse.agent.host.metrics import HostMetrics
from doghouse.agent.settings import load

MB, KB = 1 << 20, 1 << 10
Cpu = namedtuple("Cpu", "user system idle iowait steal guest irq nice")
FIRST = {
    "cpu": Cpu(10, 10, 70, 0, 0, 5, 0, 10),
    "net": {"eth0": (1000, 2000, 10, 20, 1, 2, 3, 4), "lo": (0,) * 8, "gone": (0,) * 8},
    "disk": {"sda": (10 * KB, 20 * KB, 5, 6)},
}
SECOND = {
    "cpu": Cpu(30, 20, 130, 5, 1, 15, 4, 9),  # nice went backwards: it counts as nothing
    "net": {"eth0": (1300, 2030, 40, 26, 4, 8, 9, 3), "lo": (9,) * 8, "new": (9,) * 8},
    "disk": {"sda": (40 * KB, 26 * KB, 8, 6)},
}
NET = namedtuple("Net", "bytes_recv bytes_sent packets_recv packets_sent errin errout dropin dropout")
DISK = namedtuple("Disk", "read_bytes write_bytes read_count write_count")


@pytest.fixture
def system(monkeypatch):
    """A system of two cores whose counters are FIRST, and SECOND three seconds later."""
    now = {"reading": FIRST, "at": 100.0}

    def give(name, value):
        monkeypatch.setattr(psutil, name, lambda *_, **__: value() if callable(value) else value)

    give("cpu_times", lambda: now["reading"]["cpu"])
    give("net_io_counters", lambda: {name: NET(*row) for name, row in now["reading"]["net"].items()})
    give("disk_io_counters", lambda: {name: DISK(*row) for name, row in now["reading"]["disk"].items()})
    give("cpu_count", 2)
    give("getloadavg", (1.0, 2.0, 4.0))
    give("boot_time", 400.0)
    give("virtual_memory", SimpleNamespace(total=100 * MB, free=20 * MB, available=50 * MB, cached=7 * MB, buffers=3 * MB))  # fmt: skip
    give("swap_memory", SimpleNamespace(total=8 * MB, free=6 * MB, used=2 * MB))
    parts = [("/dev/sda1", "/", "ext4"), ("tmpfs", "/run", "tmpfs"), ("/dev/gone", "/gone", "ext4")]
    give("disk_partitions", [SimpleNamespace(device=a, mountpoint=b, fstype=c) for a, b, c in parts])

    def usage(mountpoint):
        if mountpoint == "/gone":
            raise OSError
        return SimpleNamespace(total=100 * KB, used=60 * KB, free=20 * KB)  # the rest is kept for root

    monkeypatch.setattr(psutil, "disk_usage", usage)
    monkeypatch.setattr(metrics.time, "monotonic", lambda: now["at"])
    return now


def read(host, now=1000):
    return {(one.metric, *one.tags): one.points[0][1] for one in host.collect(now)}


def test_what_is_no_rate_is_there_at_once_in_the_agents_units(system):
    device = ("device:/dev/sda1", "device_name:sda1")
    assert read(HostMetrics("web-1")) == {
        ("system.cpu.num_cores",): 2,
        ("system.load.1",): 1,
        ("system.load.5",): 2,
        ("system.load.15",): 4,
        ("system.load.norm.1",): 0.5,
        ("system.load.norm.5",): 1,
        ("system.load.norm.15",): 2,
        ("system.mem.total",): 100,
        ("system.mem.free",): 20,
        ("system.mem.used",): 80,
        ("system.mem.usable",): 50,
        ("system.mem.pct_usable",): 0.5,
        ("system.mem.cached",): 7,
        ("system.mem.buffered",): 3,
        ("system.swap.total",): 8,
        ("system.swap.free",): 6,
        ("system.swap.used",): 2,
        ("system.swap.pct_free",): 0.75,
        ("system.disk.total", *device): 100,
        ("system.disk.used", *device): 60,
        ("system.disk.free", *device): 20,
        ("system.disk.in_use", *device): 0.75,
        ("system.uptime",): 600,
    }


def test_rates_are_what_grew_in_a_second_and_a_counter_that_fell_has_none(system):
    host = HostMetrics("web-1")
    before = read(host)
    system["reading"], system["at"] = SECOND, 103.0
    after = read(host)
    eth, sda = "device:eth0", "device:sda"
    rates = {name: value for name, value in after.items() if name not in before}
    assert rates == {
        ("system.cpu.user",): 20,
        ("system.cpu.system",): 10,
        ("system.cpu.idle",): 60,
        ("system.cpu.iowait",): 5,
        ("system.cpu.stolen",): 1,
        ("system.cpu.guest",): 10,
        ("system.cpu.interrupt",): 4,
        ("system.net.bytes_rcvd", eth): 100,
        ("system.net.bytes_sent", eth): 10,
        ("system.net.packets_in.count", eth): 10,
        ("system.net.packets_out.count", eth): 2,
        ("system.net.packets_in.error", eth): 1,
        ("system.net.packets_out.error", eth): 2,
        ("system.net.packets_in.drop", eth): 2,
        ("system.io.rkb_s", sda): 10,
        ("system.io.wkb_s", sda): 2,
        ("system.io.r_s", sda): 1,
        ("system.io.w_s", sda): 0,
    }


def test_readings_at_one_instant_have_no_rates(system):
    host = HostMetrics("web-1")
    before = read(host)
    system["reading"] = SECOND
    assert read(host) == before


def test_each_rate_is_between_two_readings_that_follow_each_other(system):
    host = HostMetrics("web-1")
    read(host)
    system["reading"], system["at"] = SECOND, 103.0
    read(host)
    system["at"] = 104.0
    assert read(host)["system.net.bytes_rcvd", "device:eth0"] == 0


def test_without_swap_and_disks_there_are_none(system, monkeypatch):
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(total=0, free=0, used=0))
    monkeypatch.setattr(psutil, "disk_io_counters", lambda **_: None)
    monkeypatch.setattr(psutil, "cpu_count", lambda: None)
    names = read(HostMetrics("web-1"))
    assert ("system.swap.pct_free",) not in names
    assert names["system.cpu.num_cores",] == 1


# -- what the host is


def addresses(**interfaces):
    families = {"4": 2, "6": 10, "m": psutil.AF_LINK}
    return {
        name: [SimpleNamespace(family=families[each[0]], address=each[1:]) for each in rows]
        for name, rows in interfaces.items()
    }


def test_the_first_interface_that_is_up_gives_the_hosts_addresses(monkeypatch):
    given = addresses(
        lo=["4127.0.0.1"],
        down=["410.0.0.1", "maa"],
        bare=["6fe80::1%bare", "mbb"],
        eth0=["6fe80::2%eth0", "6fe80::3", "410.0.0.2", "410.0.0.3", "mcc"],
        eth1=["410.0.0.4"],
    )
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: given)
    up = {name: SimpleNamespace(isup=name != "down") for name in given}
    monkeypatch.setattr(psutil, "net_if_stats", lambda: up)
    assert information.network() == {
        "interfaces": [
            {"name": "eth0", "ipv4": ["10.0.0.2", "10.0.0.3"], "ipv6": ["fe80::2", "fe80::3"], "macaddress": "cc"},
            {"name": "eth1", "ipv4": ["10.0.0.4"], "ipv6": [], "macaddress": ""},
        ],
        "ipaddress": "10.0.0.2",
        "ipaddressv6": "fe80::2",
        "macaddress": "cc",
    }
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {})
    assert information.network() == {"interfaces": [], "ipaddress": "127.0.0.1", "ipaddressv6": "", "macaddress": ""}


def test_memory_and_file_systems_are_in_kilobytes_as_text(system, monkeypatch):
    monkeypatch.setattr(psutil, "cpu_freq", lambda: SimpleNamespace(current=2400.0))
    made = information.gohai()
    assert made["memory"] == {"total": f"{100 * KB}kB", "swap_total": f"{8 * KB}kB"}
    assert made["filesystem"] == [
        {"name": "/dev/sda1", "mounted_on": "/", "kb_size": "100"},
        {"name": "tmpfs", "mounted_on": "/run", "kb_size": "100"},
    ]
    assert (made["cpu"]["cpu_cores"], made["cpu"]["cpu_logical_processors"], made["cpu"]["mhz"]) == ("2", "2", "2400.0")
    monkeypatch.setattr(psutil, "cpu_freq", lambda: None)
    assert information.gohai()["cpu"]["mhz"] == ""


def test_a_report_names_the_host_its_aliases_and_its_checks(tmp_path):
    (tmp_path / "datadog.yaml").write_text("hostname: web-1\nhost_aliases: [a, 7]\ntags: [x:y]\n")
    made = information.report(load(tmp_path / "datadog.yaml", {}), {"a": "OK", "b": "ERROR"})
    assert made["meta"]["host_aliases"] == ["a", "7"]
    assert (made["meta"]["agent-hostname"], made["internalHostname"]) == ("web-1", "web-1")
    assert made["agent_checks"] == [["a", "a", "", "OK", "", {}], ["b", "b", "", "ERROR", "", {}]]
    assert made["systemStats"]["processor"] == information.processor() != ""
    assert made["systemStats"]["cpuCores"] >= 1
