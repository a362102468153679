from __future__ import annotations

from collectors.network import InfiniBand, Network
from tests.collectors.conftest import Tree

HEAD = "Inter-|   Receive             |  Transmit\n face |bytes    packets errs drop fifo frame|bytes    packets\n"
PORT = "sys/class/infiniband/mlx5_0/ports/1"


def interfaces(**counts: tuple[int, int]) -> dict[str, str]:
    rows = [f"{name:>6}: {rx} 1 0 0 0 0 0 0 {tx} 1 0 0 0 0 0 0\n" for name, (rx, tx) in counts.items()]
    return {"proc/net/dev": HEAD + "".join(rows)}


def port(data: int, *, state: str = "4: ACTIVE", errors: int = 0, downed: int = 0) -> dict[str, str]:
    return {
        f"{PORT}/state": f"{state}\n",
        f"{PORT}/counters/port_rcv_data": f"{data}\n",
        f"{PORT}/counters/port_xmit_data": f"{2 * data}\n",
        f"{PORT}/counters/symbol_error": f"{errors}\n",
        f"{PORT}/counters/link_downed": f"{downed}\n",
    }


def test_only_interfaces_with_a_device_count(tree: Tree) -> None:
    physical = {"sys/class/net/eth0/device/vendor": "x", "sys/class/net/bond0/mtu": "1500"}
    network = Network(tree(physical | interfaces(lo=(0, 0), eth0=(0, 0), bond0=(0, 0))))
    assert network(0.0) == {}
    tree(interfaces(lo=(999, 999), eth0=(1000, 500), bond0=(1000, 500)))
    assert network(2.0) == {"net/rx": 500, "net/tx": 250}


def test_in_a_container_every_interface_but_the_loopback_counts(tree: Tree) -> None:
    network = Network(tree(interfaces(lo=(0, 0), eth0=(0, 0), eth1=(0, 0))))
    network(0.0)
    tree(interfaces(lo=(999, 999), eth0=(10, 20), eth1=(30, 40)))
    assert network(1.0) == {"net/rx": 40, "net/tx": 60}


def test_infiniband_counts_words_of_four_bytes(tree: Tree) -> None:
    band = InfiniBand(tree(port(0)))
    assert band(0.0) == {"ib/ports": 1, "ib/ports_down": 0, "ib/errors": 0}
    tree(port(1000))
    values = band(2.0)
    assert (values["ib/rx"], values["ib/tx"]) == (2000, 4000)


def test_port_that_is_down(tree: Tree) -> None:
    band = InfiniBand(tree(port(0) | {"sys/class/infiniband/mlx5_1/ports/1/state": "1: DOWN\n"}))
    assert band(0.0)["ib/ports"] == 2
    assert band(0.0)["ib/ports_down"] == 1


def test_errors_are_told_once_and_old_ones_never(tree: Tree) -> None:
    """link_downed stays at its largest value for ever: only what is new counts."""
    band = InfiniBand(tree(port(0, errors=7, downed=255)))
    assert band(0.0)["ib/errors"] == 0
    tree(port(0, errors=10, downed=255))
    assert band(5.0)["ib/errors"] == 3
    assert band(10.0)["ib/errors"] == 0


def test_no_infiniband_is_absent(tree: Tree) -> None:
    assert InfiniBand(tree({"proc/x": ""}))(0.0) == {}
