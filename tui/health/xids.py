"""XID errors in words: what each means, what helps, and how bad it is. Pure.

After NVIDIA's catalog (docs.nvidia.com/deploy/xid-errors, "Analyzing Xid Errors with the Xid Catalog"), its immediate
action above all. 13, 31, 43, 45, 68 and 109 are the program's own, as NVIDIA/k8s-device-plugin takes them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tui.health.alert import Level

RESET = "reset the GPU"
REBOOT = "reboot the machine"
RESTART = "restart the run"
PROGRAM = "an error of the program, usually"


class Xid(NamedTuple):
    """One kind of error."""

    meaning: str
    cure: str = ""
    level: Level = "ERROR"

    @property
    def text(self) -> str:
        """Its meaning and what helps, as one sentence."""
        return f"{self.meaning}; {self.cure}" if self.cure else self.meaning


UNKNOWN = Xid("see NVIDIA's list of XID errors")
COPY_ENGINE = Xid("copy engine error", RESTART)
VIDEO = Xid("video engine error", RESTART, "WARN")
NVLINK = Xid("NVLink error")
POWER_SMOOTHING = Xid("power smoothing changed", level="INFO")

XIDS: Mapping[int, Xid] = {
    8: Xid("the GPU stopped processing", RESTART),
    11: Xid("corrupted commands", PROGRAM, "WARN"),
    13: Xid("graphics engine exception, as by an index out of bounds in a kernel", PROGRAM, "WARN"),
    25: Xid("illegal commands", PROGRAM, "WARN"),
    31: Xid("memory page fault, as by an illegal address", PROGRAM, "WARN"),
    32: Xid("corrupted commands, as by a bad PCIe connection", RESTART),
    43: Xid("the GPU stopped processing for this program", PROGRAM, "WARN"),
    45: Xid("the program's channels were removed, after another error or a kill", level="WARN"),
    46: Xid("the GPU stopped processing", RESET),
    48: Xid("double-bit memory error, not correctable", RESET),
    54: Xid("the board's auxiliary power is not connected"),
    62: Xid("the GPU's own controller halted", RESET),
    63: Xid("a memory row is remapped at the next reset", level="WARN"),
    64: Xid("a memory row could not be remapped", RESET),
    68: Xid("video processor exception", PROGRAM, "WARN"),
    69: Xid("graphics engine class error", PROGRAM, "WARN"),
    74: Xid("NVLink error", RESET),
    79: Xid("the GPU has fallen off the bus", REBOOT),
    80: Xid("corrupted data were sent to the GPU", RESTART),
    92: Xid("many corrected memory errors", level="WARN"),
    94: Xid("contained memory error: the program that met it ends, others go on", RESTART),
    95: Xid("uncontained memory error", RESET),
    109: Xid("context switch time-out", PROGRAM, "WARN"),
    110: Xid("security fault", RESET),
    119: Xid("the GPU's system processor does not answer", RESET),
    120: Xid("the GPU's system processor failed", RESET),
    121: Xid("corrected errors on the link to the CPU", level="INFO"),
    136: Xid("an NVLink could not be trained", RESET),
    137: Xid("illegal access over NVLink", PROGRAM, "WARN"),
    140: Xid("memory error that could not be corrected", RESET),
    143: Xid("the GPU could not be initialised", RESET),
    **dict.fromkeys(range(144, 151), NVLINK),
    154: Xid("the driver wants something else done with the GPU, after another error", level="WARN"),
    155: Xid("an NVLink was taken down by software", RESET),
    156: Xid("a part of the GPU was retired", RESET),
    157: Xid("a part of the GPU could not be retired: errors may come again", level="WARN"),
    158: Xid("fatal time-out", RESET),
    160: Xid("a memory channel was retired", level="WARN"),
    161: Xid("a memory channel could not be retired", level="WARN"),
    **dict.fromkeys(range(162, 166), POWER_SMOOTHING),
    167: Xid("fatal PCIe time-out"),
    168: Xid("less memory than the GPU has, for errors in a protected region", level="WARN"),
    171: Xid("memory error in DRAM that could not be corrected"),
    172: Xid("memory error in SRAM that could not be corrected"),
    **dict.fromkeys((39, 40, 41, 70, 71, 72, 75, 76, 77, 85, *range(126, 136)), COPY_ENGINE),
    **dict.fromkeys((60, 82, 83, 84, 86, 88, 89, *range(96, 106), 139, 142), VIDEO),
}


def describe(code: int) -> Xid:
    """What is known of an XID."""
    return XIDS.get(code, UNKNOWN)
