"""Which process of a distributed job this is, from what the launcher left in the environment.

Understood are torchrun (and everything that sets ``RANK`` and ``WORLD_SIZE``), Slurm's ``srun`` and Open MPI. All ranks
of a job have to find the same run without talking to each other: ``Place.job`` is a text they share and others do not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from logstore.errors import UsageError
from logstore.processes import PROC, first_bytes, start_ticks


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a process in its job."""

    rank: int = 0
    world_size: int | None = 1
    """How many ranks there are; None when the rank was given, and nobody said how many."""
    local_rank: int = 0
    """The rank among the processes of this host."""
    job: str | None = None
    """What all processes of the job share; None when it is a job of one."""

    @property
    def leads(self) -> bool:
        """Whether this process owns the run's own files: run.json, config.json and summary.json."""
        return self.rank == 0

    @property
    def leads_host(self) -> bool:
        """Whether this process starts the telemetry of its host."""
        return self.local_rank == 0


_AGENTS = ("torchrun", "torch.distributed.run", "accelerate")
_LONGEST = 1 << 16
_LAUNCHERS = (
    ("RANK", "WORLD_SIZE", "LOCAL_RANK"),
    ("SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"),
)


def find_place(environ: Mapping[str, str], rank: int | None = None, proc: Path = PROC) -> Place:
    """The place of this process.

    Args:
        environ: The environment.
        rank: Given by the user; it beats the environment.
        proc: The root of /proc.

    Raises:
        UsageError: ``rank`` is negative.
    """
    if rank is not None and rank < 0:
        raise UsageError(f"rank must not be negative: {rank}")
    for names in _LAUNCHERS:
        found, size, local = (_number(environ.get(name)) for name in names)
        # Slurm sets its variables for jobs of one task too, and RANK may be left over from somewhere.
        if found is not None and size is not None and size > 1 and found < size:
            mine = found if rank is None else rank
            return Place(mine, size, local if local is not None else mine, _job(environ, proc))
    if rank is None:
        return Place()
    size, local = _number(environ.get("WORLD_SIZE")), _number(environ.get("LOCAL_RANK"))
    known = size if size is not None and size > rank else None
    return Place(rank, known, local if local is not None else rank, _job(environ, proc))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _job(environ: Mapping[str, str], proc: Path) -> str:
    """What the processes of one job share, from the most specific thing the launcher says."""
    elastic = environ.get("TORCHELASTIC_RUN_ID", "none")
    if elastic not in {"", "none"}:
        return f"elastic {elastic}"
    slurm = environ.get("SLURM_JOB_ID")
    if slurm:
        return f"slurm {slurm} {environ.get('SLURM_STEP_ID', '')}"
    mpi = environ.get("PMIX_NAMESPACE") or environ.get("OMPI_MCA_ess_base_jobid")
    if mpi:
        return f"mpi {mpi}"
    # Started by one parent on one host: torchrun's agent, mpirun, or a script that sets RANK.
    parent = os.getppid()
    return f"host {os.uname().nodename} {parent} {start_ticks(parent, proc)} {environ.get('MASTER_PORT', '')}"


def find_job(environ: Mapping[str, str]) -> dict[str, object] | None:
    """The batch job that this process runs in, as run.json has it: scheduler, id, and when its time is up.

    Understood is Slurm, which tells the end in ``SLURM_JOB_END_TIME`` (sbatch(1), seconds since the epoch).
    """
    job = environ.get("SLURM_JOB_ID")
    if not job:
        return None
    ends = _number(environ.get("SLURM_JOB_END_TIME"))
    return {"scheduler": "slurm", "id": job, **({"ends": ends} if ends else {})}


def find_launcher(environ: Mapping[str, str], proc: Path = PROC) -> list[str] | None:
    """The command line of the torchrun, or accelerate, that started this process and the others of its job here."""
    if "TORCHELASTIC_RUN_ID" not in environ:
        return None
    words = (first_bytes(proc / str(os.getppid()) / "cmdline", _LONGEST) or "").removesuffix("\0").split("\0")
    return words if any(launcher in word for word in words[:4] for launcher in _AGENTS) else None
