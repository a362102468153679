from __future__ import annotations

import pytest

from collectors.roles import Facts, role

TRAIN = ("python", "train.py")
SPAWN = (
    "python",
    "-c",
    "from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5)",
    "--multiprocessing-fork",
)
SERVER = ("python", "-c", "from multiprocessing.forkserver import main; main(5, 6, ['__main__'])")
TRACKER = ("python", "-c", "from multiprocessing.resource_tracker import main;main(4)")
HELD, NONE = frozenset({0}), frozenset[int]()

MAIN = Facts("python", TRAIN, {"RANK": "0"}, HELD)
LAUNCHER = Facts("torchrun", ("torchrun", "train.py"), {}, NONE)
SHELL = Facts("bash", ("bash", "run.sh"), {}, NONE)


@pytest.mark.parametrize(
    ("facts", "parent", "expected"),
    [
        (MAIN, None, "main"),
        (Facts("python", TRAIN, {"RANK": "3", "LOCAL_RANK": "3"}, HELD), LAUNCHER, "rank"),
        (Facts("pt_data_worker", TRAIN, {"RANK": "0"}, HELD), MAIN, "worker"),
        (Facts("python", TRAIN, {"RANK": "0"}, HELD), MAIN, "worker"),
        (Facts("python", TRAIN, {}, HELD), Facts("python", TRAIN, {}, NONE), "rank"),
        (Facts("python", TRAIN, {}, NONE), Facts("python", TRAIN, {}, NONE), "worker"),
        (Facts("python", SPAWN, {}, HELD), MAIN, "rank"),
        (Facts("python", SPAWN, {}, NONE), MAIN, "worker"),
        (Facts("python", SPAWN, {}, None), MAIN, "worker"),
        (Facts("python", SERVER, {}, NONE), MAIN, "helper"),
        (Facts("python", SERVER, {}, NONE), Facts("python", SERVER, {}, NONE), "worker"),
        (Facts("python", TRACKER, {}, NONE), MAIN, "helper"),
        (Facts("python", ("python", "-P", "-m", "collectors", "--out", "x"), {"RANK": "0"}, NONE), MAIN, "sampler"),
        (Facts("python", ("python", "-m", "collectors.gpu_process"), {}, HELD), MAIN, "sampler"),
        (Facts("nvcc", ("nvcc", "x.cu"), {"RANK": "0"}, NONE), MAIN, "other"),
        (Facts("python", TRAIN, {}, HELD), SHELL, "other"),
        (Facts("bash", ("bash", "run.sh"), {}, NONE), SHELL, "other"),
        (Facts("gone"), MAIN, "other"),
    ],
)
def test_role(facts: Facts, parent: Facts | None, expected: str) -> None:
    assert role(facts, parent) == expected


@pytest.mark.parametrize(
    ("environment", "rank", "local"),
    [
        ({"RANK": "-1", "LOCAL_RANK": "-1"}, None, None),  # how scripts say that they run alone
        ({"RANK": "5", "LOCAL_RANK": "1", "SLURM_PROCID": "9"}, 5, 1),
        ({"SLURM_PROCID": "9", "SLURM_LOCALID": "2"}, 9, 2),
        ({"OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_LOCAL_RANK": "0"}, 3, 0),
        ({"RANK": "first"}, None, None),
        ({}, None, None),
        (None, None, None),
    ],
)
def test_rank_from_the_environment(environment: dict[str, str] | None, rank: int | None, local: int | None) -> None:
    facts = Facts("python", TRAIN, environment)
    assert (facts.rank, facts.local_rank) == (rank, local)
