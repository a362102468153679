"""Every number that a rule compares with: the table ``[alerts]`` of ``config.toml``, as one frozen value.

The line beside each field is what docs/alerts.md shows. Where a number comes from somebody else's practice, the rule's
module names it.
"""

from __future__ import annotations

from collections.abc import Mapping

from logstore.model.fixed import fixed
from tui.health.checked import build, option

RULES = (
    *("nonfinite", "divergence", "plateau", "stall", "starvation", "hang", "idle_gpu"),
    *("memory", "orphan_memory", "thermal", "power", "slow_gpu", "hardware", "disk", "host_memory", "silent"),
    *("crashed", "finished", "logged"),
)
"""The names of all rules, in the order of docs/alerts.md."""

_DAY = 86_400.0


@fixed
class Thresholds:
    """When alerts are raised and cleared. Times are in seconds, shares in per cent."""

    off: tuple[str, ...] = option(("plateau", "finished"), "rules that never raise an alert", choices=RULES)
    release: float = option(30.0, "seconds a condition must be gone before its alert is cleared", 0, 3600)
    event_seconds: float = option(
        600.0, "seconds for which something that happened at one moment stays an alert", 1, _DAY
    )

    nonfinite_points: int = option(
        10, "values in a row that are not finite and a warning, where it is not a loss", 1, 100_000
    )
    nonfinite_seconds: float = option(
        300.0, "seconds for which a metric that is finite again is still an alert", 0, _DAY
    )

    divergence_window: int = option(200, "points of a loss that make its own usual range", 20, 10_000)
    divergence_minimum: int = option(50, "points of a loss before it is judged at all", 10, 10_000)
    divergence_spread: float = option(8.0, "widths of its own scatter above its level that are too many", 2, 1000)
    divergence_percent: float = option(25.0, "per cent above its level that it must rise at least", 1, 10_000)
    divergence_moving: tuple[str, ...] = option(
        ("kl", "kld", "aux", "reg", "regularization", "penalty", "gp", "commitment", "balance", "entropy", "sum"),
        "words in the name of a loss that rises by design: its range is not judged",
    )
    divergence_lost: float = option(
        10.0, "per cent of all that it gained since it began that it must lose again at least", 0, 100
    )
    divergence_points: int = option(
        25, "points in a row that must lie above; a spike that returns sooner is none", 2, 1000
    )
    divergence_factor: float = option(
        1.25, "how many times its own best level a loss may creep up to, in many small steps", 1.1, 1000
    )

    plateau_hours: float = option(4.0, "hours without progress that are a plateau", 0.01, 10_000)
    plateau_percent: float = option(
        0.5, "per cent by which the median of the later half must improve on the earlier", 0.0001, 100
    )

    stall_seconds: float = option(60.0, "seconds without a step that are never a stall", 1, _DAY)
    stall_factor: float = option(10.0, "usual times between rows without a step that are a stall", 1, 10_000)
    stall_pause: float = option(
        1.5, "times its own longest pause so far, such as an evaluation, that are none either", 0, 1000
    )
    stall_warn_seconds: float = option(300.0, "seconds without a step from which a stall is a warning", 1, _DAY)
    stall_busy_seconds: float = option(
        1800.0, "the same while a GPU works or files grow: long evaluations and checkpoints", 1, _DAY
    )
    stall_start_seconds: float = option(900.0, "seconds a run may take until its first rows", 1, _DAY)
    growth_rate: float = option(
        1e6, "bytes a second written by the run's processes that count as a checkpoint", 1, 1e12
    )

    starvation_percent: float = option(50.0, "mean use of the run's GPUs below which its input is looked at", 1, 100)
    starvation_seconds: float = option(120.0, "seconds over which that mean is taken", 10, 280)
    workers_percent: float = option(80.0, "per cent of a core per data worker that means it has all it can do", 1, 100)
    low_use_percent: float = option(15.0, "mean use that is told even where no cause can be seen", 0, 100)

    hang_util_percent: float = option(95.0, "use from which a GPU may be spinning in a collective", 1, 100)
    hang_power_percent: float = option(50.0, "per cent of its own usual power below which it does no work", 1, 100)

    idle_util_percent: float = option(5.0, "use up to which a GPU is idle", 0, 100)
    idle_seconds: float = option(300.0, "seconds a run's GPU may be idle", 10, _DAY)

    memory_percent: float = option(95.0, "per cent of a GPU's memory that is near the limit", 1, 100)
    memory_rise_percent: float = option(
        0.5, "per cent of a GPU's memory that it must have risen by in ten minutes", 0.01, 100
    )
    orphan_bytes: float = option(float(1 << 30), "bytes held on a GPU by no visible process", 1, 1e13)
    orphan_seconds: float = option(300.0, "seconds for which nobody may hold them", 1, _DAY)

    slowed_seconds: float = option(30.0, "seconds of a slowdown for heat or by the power supply", 1, _DAY)
    thermal_margin: float = option(5.0, "degrees left to the slowdown that are too few", 0, 100)
    slow_clock_percent: float = option(
        90.0, "per cent of the median clock of the run's GPUs below which one is slow", 1, 100
    )
    slow_clock_seconds: float = option(120.0, "seconds for which it may be", 1, _DAY)

    disk_percent: float = option(5.0, "per cent of a disk that is little, where it is also below disk_bytes", 0, 100)
    disk_bytes: float = option(20 * float(1 << 30), "free bytes that are little", 0, 1e15)
    disk_least_bytes: float = option(float(500 * 1000**2), "free bytes at which writing is about to fail", 0, 1e15)
    disk_hours: float = option(2.0, "hours until a disk is full, at the rate it fills now, that are few", 0, 1000)
    inodes_percent: float = option(2.0, "per cent of free inodes that are few", 0, 100)

    host_memory_percent: float = option(90.0, "per cent of the memory that the run may use", 1, 100)

    silent_intervals: float = option(3.0, "intervals without a sample after which telemetry is silent", 1, 1000)
    silent_seconds: float = option(10.0, "seconds without a sample that are never too many", 1, _DAY)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object], where: str = "[alerts]") -> Thresholds:
        """The defaults, with what ``mapping`` says in their place.

        Raises:
            AlertSettingsError: a key that is none, or a value of the wrong kind or out of range, named after ``where``.
        """
        return build(cls, mapping, where)
