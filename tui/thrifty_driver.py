"""Textual's driver for Linux terminals, which sends only the cells that changed (``tui.thrift``)."""

from __future__ import annotations

from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from tui.thrift import Thrift


class ThriftyDriver(LinuxDriver):
    """Writes less, and shows the same."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._thrift = Thrift()
        super().__init__(*args, **kwargs)

    def forget(self) -> None:
        """The terminal may show something else than was written: its size changed."""
        self._thrift.forget()

    def write(self, data: str) -> None:
        """Write what of ``data`` the terminal does not show already."""
        reduced = self._thrift.reduced(data)
        if reduced:
            super().write(reduced)
