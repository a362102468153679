"""Bytes over the network and over InfiniBand, as rates.

Only interfaces with a device behind them count, so that bonds, bridges and virtual pairs do not count twice; where
none has one (containers), every interface but the loopback counts. InfiniBand counts in words of four bytes (IBTA).
"""

from __future__ import annotations

from pathlib import Path

from collectors.files import names, read_int, read_line, read_text, to_int
from collectors.rates import Rates, total

ROOT = Path("/")
WORD = 4
ERRORS = ("symbol_error", "port_rcv_errors", "link_error_recovery", "local_link_integrity_errors")


class Network:
    """``net/rx`` and ``net/tx`` in bytes per second."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._rates = Rates()
        self._physical: dict[str, bool] = {}

    def __call__(self, now: float) -> dict[str, float]:
        """The rates since the last call; absent at the first."""
        counters = self._counters()
        physical = {name for name in counters if self._is_physical(name)}
        chosen = [name for name in counters if name in physical or (not physical and name != "lo")]
        values = {}
        for side, metric in enumerate(("net/rx", "net/tx")):
            rate = total([self._rates.rate((metric, name), counters[name][side], now) for name in chosen])
            if rate is not None:
                values[metric] = rate
        return values

    def _is_physical(self, name: str) -> bool:
        """Whether a device stands behind an interface; asked once for each name."""
        if name not in self._physical:
            self._physical[name] = (self._root / "sys/class/net" / name / "device").exists()
        return self._physical[name]

    def _counters(self) -> dict[str, tuple[int, int]]:
        """Bytes received and sent, by interface (proc_pid_net(5))."""
        counters = {}
        for line in (read_text(self._root / "proc/net/dev") or "").splitlines():
            name, colon, rest = line.partition(":")
            fields = [to_int(word) for word in rest.split()]
            if colon and len(fields) > 8 and fields[0] is not None and fields[8] is not None:
                counters[name.strip()] = (fields[0], fields[8])
        return counters


class InfiniBand:
    """``ib/rx`` and ``ib/tx`` in bytes per second; ports that are not active; new errors since the last call."""

    def __init__(self, root: Path = ROOT) -> None:
        self._base = root / "sys/class/infiniband"
        self._rates = Rates()
        self._errors: dict[str, int] = {}

    def __call__(self, now: float) -> dict[str, float]:
        """Nothing at all where there is no InfiniBand."""
        ports = [
            self._base / device / "ports" / port
            for device in names(self._base)
            for port in names(self._base / device / "ports")
        ]
        if not ports:
            return {}
        active = [(read_line(port / "state") or "").endswith("ACTIVE") for port in ports]
        values: dict[str, float] = {"ib/ports": len(ports), "ib/ports_down": active.count(False)}
        for metric, file in (("ib/rx", "port_rcv_data"), ("ib/tx", "port_xmit_data")):
            rate = total([self._rates.rate((metric, port), read_int(port / "counters" / file), now) for port in ports])
            if rate is not None:
                values[metric] = rate * WORD
        values["ib/errors"] = sum(self._new_errors(port) for port in ports)
        return values

    def _new_errors(self, port: Path) -> int:
        """How many errors came since the last call; counters that are full stay so and count no more."""
        new = 0
        for name in (*ERRORS, "link_downed"):
            count = read_int(port / "counters" / name)
            if count is not None:
                key = f"{port}/{name}"
                new += max(0, count - self._errors.get(key, count))
                self._errors[key] = count
        return new
