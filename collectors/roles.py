"""Which part a process plays in a run, and which rank it is. Pure: decided from facts that were read elsewhere.

A data-loader worker is told from a rank by how it came about. A forked child has its parent's command line and its
parent's open devices, so holding a device says nothing of it unless the parent holds none; a spawned child starts
with nothing, so a device it holds is its own. Names that frameworks give their workers come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from collectors.files import to_int

Role = Literal["main", "rank", "worker", "helper", "sampler", "other"]
"""main: the one that was followed; rank: trains; worker: loads data; helper: of multiprocessing; sampler: ours, which
is no part of the run; other: the rest."""

WORKER_NAMES = ("pt_data_worker", "pt_data_pin", "DataLoader")
SPAWNED = "multiprocessing.spawn"
FORKED = "multiprocessing.forkserver"
SAMPLER = "-m collectors"
SHELLS = frozenset({"sh", "bash", "dash", "zsh", "fish"})
"""They fork without exec too, and load no data."""
TRACKER = "multiprocessing.resource_tracker"
RANKS = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK")
LOCAL_RANKS = ("LOCAL_RANK", "SLURM_LOCALID", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID")
JOB = (
    "TORCHELASTIC_RUN_ID", "MASTER_ADDR", "MASTER_PORT", "SLURM_JOB_ID", "SLURM_STEP_ID", "PMIX_NAMESPACE",
    "OMPI_MCA_ess_base_jobid", "WORLD_SIZE", "OMPI_COMM_WORLD_SIZE",
)  # fmt: skip
"""What launchers tell every rank of one job, and no other."""
KEPT = frozenset(
    {
        *RANKS,
        *LOCAL_RANKS,
        *JOB,
        "CUDA_VISIBLE_DEVICES",
        "CUDA_DEVICE_ORDER",
        "ROCR_VISIBLE_DEVICES",
        "HIP_VISIBLE_DEVICES",
    }
)
"""What we look at in an environment; the rest is nobody's business."""


def kept(environment: Mapping[str, str]) -> dict[str, str]:
    """What we look at of an environment."""
    return {name: value for name, value in environment.items() if name in KEPT}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a process; ``minors`` is None where we may not see what it has open."""

    name: str
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None
    minors: frozenset[int] | None = None

    @property
    def rank(self) -> int | None:
        """The rank among all processes of the job."""
        return self._number(RANKS)

    @property
    def local_rank(self) -> int | None:
        """The rank among the processes of this host."""
        return self._number(LOCAL_RANKS)

    def _number(self, names: tuple[str, ...]) -> int | None:
        """The first that is set; -1 is how scripts say that they run alone."""
        found = (to_int((self.environment or {}).get(name)) for name in names)
        return next((number for number in found if number is not None and number >= 0), None)


def role(facts: Facts, parent: Facts | None) -> Role:
    """The role of a process; ``parent`` is None for the one that was followed."""
    if parent is None:
        return "main"
    if facts.name.startswith(WORKER_NAMES):
        return "worker"
    words = " ".join(facts.command)
    if SAMPLER in words:
        return "sampler"
    forked = bool(facts.command) and facts.command == parent.command
    if TRACKER in words or (FORKED in words and not forked):
        return "helper"
    if facts.rank is not None and facts.rank != parent.rank:
        return "rank"
    if forked and facts.name not in SHELLS:
        return "rank" if facts.minors and not parent.minors else "worker"
    if SPAWNED in words:
        return "rank" if facts.minors else "worker"
    return "other"
