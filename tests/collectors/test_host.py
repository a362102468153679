from __future__ import annotations

from pathlib import Path

import pytest

from collectors.cgroup import Cgroup
from collectors.cpu import CpuTimes
from collectors.host import SLOW, Host, Seldom, load, memory, pressure
from tests.collectors.conftest import Tree

GIB = 1 << 30
MEMINFO = (
    "MemTotal:       1048576 kB\nMemFree:  100 kB\nMemAvailable:    786432 kB\nSwapTotal: 2048 kB\nSwapFree: 1024 kB\n"
)
QUOTA = {
    "proc/self/cgroup": "0::/\n",
    "proc/self/mountinfo": "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
    "sys/fs/cgroup/memory.max": f"{GIB // 2}\n",
    "sys/fs/cgroup/memory.current": f"{GIB // 4}\n",
    "sys/fs/cgroup/memory.events": "oom_kill 1\n",
}


def stat(*cores: tuple[int, int]) -> str:
    """/proc/stat of cores with the given busy and idle ticks."""
    rows = [f"cpu{number} {busy} 0 0 {idle} 0 0 0 0 0 0" for number, (busy, idle) in enumerate(cores)]
    whole = f"cpu  {sum(busy for busy, _ in cores)} 0 0 {sum(idle for _, idle in cores)} 0 0 0 0 0 0"
    return "\n".join([whole, *rows, "intr 1 2 3"]) + "\n"


def test_cpu_is_busy_time_over_all_time(tree: Tree) -> None:
    times = CpuTimes(tree({"proc/stat": stat((100, 100), (0, 200))}))
    assert times.read().busy is None
    tree({"proc/stat": stat((190, 110), (0, 300))})
    use = times.read()
    assert use.busy == pytest.approx(45)
    assert use.cores == pytest.approx({0: 90, 1: 0})


def test_waiting_for_a_disk_is_not_busy(tree: Tree) -> None:
    times = CpuTimes(tree({"proc/stat": "cpu  0 0 0 0 0 0 0 0 0 0\n"}))
    times.read()
    tree({"proc/stat": "cpu  10 0 10 40 40 0 0 0 0 0\n"})
    use = times.read()
    assert use.busy == pytest.approx(20)
    assert use.iowait == pytest.approx(40)


def test_no_time_between_two_looks_is_absent(tree: Tree) -> None:
    times = CpuTimes(tree({"proc/stat": stat((5, 5))}))
    times.read()
    assert times.read().busy is None


def test_core_that_went_away_is_left_out(tree: Tree) -> None:
    times = CpuTimes(tree({"proc/stat": stat((0, 0), (0, 0))}))
    times.read()
    tree({"proc/stat": stat((50, 50))})
    assert list(times.read().cores) == [0]


def test_cpu_against_a_quota(tree: Tree) -> None:
    """Two of eight cores: both busy is 100 %, whatever the machine does."""
    cores = ((0, 0),) * 8
    group = {
        "sys/fs/cgroup/cpu.max": "200000 100000\n",
        "sys/fs/cgroup/cpu.stat": "usage_usec 0\nnr_periods 0\nnr_throttled 0\n",
    }
    host = Host(tree(QUOTA | group | {"proc/stat": stat(*cores)}))
    host.read(0.0)
    tree(
        {
            "proc/stat": stat(*((100, 300),) * 8),
            "sys/fs/cgroup/cpu.stat": "usage_usec 15000000\nnr_periods 100\nnr_throttled 40\n",
        }
    )
    values = host.read(10.0)
    assert values["cpu/limit"] == 2
    assert values["cpu/percent"] == pytest.approx(75)
    assert values["cpu/host_percent"] == pytest.approx(25)
    assert values["cpu/throttled"] == pytest.approx(40)
    assert host.cores == pytest.approx((25,) * 8)


def test_cpu_against_an_affinity(tree: Tree) -> None:
    """The kernel lets us run on some of many cores: only those count."""
    host = Host(tree({"proc/self/status": "Cpus_allowed_list:\t2-3\n", "proc/stat": stat(*((0, 0),) * 8)}))
    assert host.read(0.0) == {"cpu/count": 8, "cpu/limit": 2}
    tree({"proc/stat": stat(*((100, 0) if core in {2, 3} else (0, 100) for core in range(8)))})
    values = host.read(1.0)
    assert values["cpu/limit"] == 2
    assert values["cpu/percent"] == pytest.approx(100)
    assert values["cpu/host_percent"] == pytest.approx(25)


def test_memory_of_the_machine(tree: Tree) -> None:
    root = tree({"proc/meminfo": MEMINFO})
    assert memory(root, Cgroup(root=root)) == {
        "memory/total": GIB,
        "memory/used": GIB // 4,
        "swap/total": 2 << 20,
        "swap/used": 1 << 20,
    }


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"max": "1048576", "current": "524288"}, {"swap/total": 1 << 20, "swap/used": 1 << 19}),
        ({"max": "1048576"}, {"swap/total": 1 << 20}),
        ({"max": "0", "current": "0"}, {}),
    ],
)
def test_swap_against_a_limit(tree: Tree, files: dict[str, str], expected: dict[str, float]) -> None:
    places = {
        "proc/self/cgroup": "0::/\n",
        "proc/self/mountinfo": "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
        **{f"sys/fs/cgroup/memory.swap.{name}": text for name, text in files.items()},
    }
    root = tree(places | {"proc/meminfo": MEMINFO})
    values = {key: value for key, value in memory(root, Cgroup(root=root)).items() if key.startswith("swap/")}
    assert values == {**expected, "swap/host_total": 2 << 20, "swap/host_used": 1 << 20}


def test_memory_against_a_limit(tree: Tree) -> None:
    root = tree(QUOTA | {"proc/meminfo": MEMINFO.replace("SwapTotal: 2048", "SwapTotal: 0")})
    assert memory(root, Cgroup(root=root)) == {
        "memory/total": GIB // 2,
        "memory/used": GIB // 4,
        "memory/host_total": GIB,
        "memory/host_used": GIB // 4,
        "memory/oom_kills": 1,
    }


def test_limit_above_the_machine_is_none(tree: Tree) -> None:
    root = tree(QUOTA | {"proc/meminfo": MEMINFO, "sys/fs/cgroup/memory.max": f"{2 * GIB}\n"})
    assert memory(root, Cgroup(root=root))["memory/total"] == GIB


def test_limit_without_use_says_nothing_of_use(tree: Tree) -> None:
    root = tree(QUOTA | {"proc/meminfo": MEMINFO})
    (root / "sys/fs/cgroup/memory.current").unlink()
    values = memory(root, Cgroup(root=root))
    assert "memory/used" not in values
    assert values["memory/host_used"] == GIB // 4


def test_load(tree: Tree) -> None:
    assert load(tree({"proc/loadavg": "0.52 1.25 20.00 3/512 4711\n"})) == {
        "load/1": 0.52,
        "load/5": 1.25,
        "load/15": 20,
    }


def test_pressure(tree: Tree) -> None:
    root = tree(
        {
            "proc/pressure/cpu": "some avg10=12.50 avg60=1.00 avg300=0.00 total=1\nfull avg10=0.00 total=0\n",
            "proc/pressure/io": "some avg10=80.00 avg60=1.00 avg300=0.00 total=1\nfull avg10=70.25 avg60=0 total=0\n",
        }
    )
    assert pressure(root) == {"psi/cpu": 12.5, "psi/io": 80, "psi/io_full": 70.25}


@pytest.mark.parametrize("text", ["", "x\n", "some\n", "avg10=\n", "some avg10=nan avg60=1\n", "a b c d\n"])
def test_odd_files_are_absent(tree: Tree, text: str) -> None:
    names = ("stat", "meminfo", "loadavg", "pressure/cpu", "diskstats", "net/dev")
    host = Host(tree({f"proc/{name}": text for name in names}))
    assert host.read(0.0) == {}
    assert host.read(1.0) == {}
    assert host.cores == ()


def test_nothing_at_all_is_absent(tmp_path: Path) -> None:
    host = Host(tmp_path)
    assert host.read(0.0) == host.read(10.0) == {}


def test_seldom_reader_is_asked_seldom() -> None:
    asked: list[float] = []

    def reader(now: float) -> dict[str, float]:
        asked.append(now)
        return {"a": now}

    seldom = Seldom(reader, SLOW)
    shown = [seldom(float(now))["a"] for now in range(11)]
    assert asked == [0, 5, 10]
    assert shown == [0] * 5 + [5] * 5 + [10]


def test_this_machine_answers(tmp_path: Path) -> None:
    host = Host(store=tmp_path)
    host.read(0.0)
    values = host.read(1.0)
    assert 0 < values["memory/used"] < values["memory/total"]
    assert values["disk/free"] <= values["disk/total"]
    assert values["load/1"] >= 0
    assert values["cpu/count"] >= len(host.cores)
