"""A writer on real file systems: one that is full, one that becomes read-only, one that dies, one without case.

Each is mounted in a mount namespace of its own, so nothing of it is left or seen elsewhere. Where a machine does not
allow that, or its kernel lacks something, ``why_not`` says so.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import logstore
from logstore.editing import move
from logstore.store import Store
from logstore.trash import discard, restore
from tests.torture.disks import QUIET, Counts, answer, judge, judge_rows, row

_MKFS = "truncate -s 8M {image} && mkfs.ext4 -q -F -O "
_MOUNT = " {image} && mount -o loop,errors=remount-ro {image} {place} && rmdir {place}/lost+found"
_BREAKABLE = " && test -w /sys/fs/ext4/$(basename $(findmnt -n -o SOURCE {place}))/trigger_fs_error"
_EXT4_IOC_SHUTDOWN = 0x8004587D
"""_IOR('X', 125, __u32) of fs/ext4/ext4.h."""
_AFTER_A_SYNC = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """A file system, and what is done on it."""

    mount: str
    """A shell command with ``{place}``, ``{image}``."""
    torture: Callable[[Path, int], Counts]


def _ext4(features: str) -> str:
    return _MKFS + features + _MOUNT


def why_not(kind: str) -> str | None:
    """Why this machine does not have such a file system; None where it does."""
    done = _mounted(kind, "true")
    said = done.stderr.strip().splitlines()
    return None if done.returncode == 0 else said[0] if said else f"it ended with {done.returncode}"


def torture(kind: str, seed: int) -> Counts:
    """Does on a file system of ``kind`` what is to be done there."""
    with tempfile.TemporaryDirectory() as base:
        ours = f"exec {sys.executable} -m tests.torture.mounts '{kind}' {base}/place {seed}"
        return answer(_unshared(_script(kind, Path(base), ours)), {**os.environ, "LOGSTORE_SILENT": "1"})


def _mounted(kind: str, command: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as base:
        script = _unshared(_script(kind, Path(base), command))
        return subprocess.run(script, check=False, capture_output=True, text=True)


def _script(kind: str, base: Path, command: str) -> str:
    mount = KINDS[kind].mount.format(place=base / "place", image=base / "image")
    return f"mkdir {base}/place && {mount} && {{ {command}; }}"


def _unshared(command: str) -> list[str]:
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *rights, "--mount", "sh", "-c", command]


# -- on the file system -------------------------------------------------------------------------------------------


def fill_up(root: Path, seed: int) -> Counts:
    """A disk that is full, and then has room again."""
    dice = random.Random(seed)
    counts = Counts()
    run = logstore.init(project="p", id="full", dir=root, reinit="create_new", **QUIET)
    filler = (root / "filler").open("wb", buffering=0)
    logged = 0
    while run.rows_lost < 300:
        run.log(row(logged, dice))
        logged += 1
        _fill(filler.fileno())
    run.summary["best"] = 1
    run.alert("the disk is full")
    run.finish()
    counts.add(judge(run.path, logged, run.rows_lost, f"full disk, seed {seed}"))
    counts.faults += _begin(root, "No space left on device")
    filler.truncate(0)
    again = logstore.init(project="p", id="full", dir=root, resume="must", **QUIET)
    again.log({"i": logged})
    again.finish()
    counts.add(judge(again.path, logged + 1, run.rows_lost, f"room again, seed {seed}", again=True))
    return counts


def _fill(descriptor: int) -> None:
    try:
        while os.write(descriptor, bytes(4096)):
            pass
    except OSError:
        return


def become_read_only(root: Path, seed: int) -> Counts:
    """A disk whose kernel found an error, and takes no write any more, as ext4 does with ``errors=remount-ro``."""

    def fail() -> None:
        number = root.stat().st_dev
        device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").resolve().name
        Path("/sys/fs/ext4", device, "trigger_fs_error").write_text("1")

    rows, counts = _lose_the_disk(root, seed, fail, "Read-only file system")
    counts.add(rows())
    if len(Store(root).runs()) != 1:
        counts.faults.append("the store cannot be read any more")
    return counts


def die(root: Path, seed: int) -> Counts:
    """A disk that answers everything with an error of input or output, as one whose device is gone, and comes back."""

    def fail() -> None:
        descriptor = os.open(root, os.O_RDONLY)
        fcntl.ioctl(descriptor, _EXT4_IOC_SHUTDOWN, _AFTER_A_SYNC.to_bytes(4, sys.byteorder))
        os.close(descriptor)

    rows, counts = _lose_the_disk(root, seed, fail, "Input/output error")
    _mount_again(root)
    counts.add(rows())
    return counts


def _lose_the_disk(root: Path, seed: int, fail: Callable[[], None], reason: str) -> tuple[Callable[[], Counts], Counts]:
    """Rows before and after ``fail``: nothing is raised, those after are counted.

    Returns:
        What judges whether those before are there, and what was found already.
    """
    dice = random.Random(seed)
    run = logstore.init(project="p", id="r", dir=root, reinit="create_new", **QUIET)
    before = dice.randrange(50, 300)
    for number in range(before):
        run.log({"i": number, "x": "x" * dice.randrange(300)})
    fail()
    after = dice.randrange(1, 2000)
    for number in range(before, before + after):
        run.log({"i": number, "x": "x" * dice.randrange(300)})
    run.summary["best"] = 1
    run.config["late"] = 1
    run.alert("the disk is gone")
    run.tags = ("late",)
    run.finish()
    counts = Counts(faults=list(_begin(root, reason)))
    if run.rows_lost != after:
        counts.faults.append(f"{reason}: {after} rows were logged without a disk, {run.rows_lost} are counted as lost")
    return partial(judge_rows, run.path, before + after, after, f"{reason}, seed {seed}"), counts


def _begin(root: Path, reason: str) -> Iterator[str]:
    """Whether a run that cannot begin says why, in one line."""
    try:
        logstore.init(project="p", id="another", dir=root, reinit="create_new", **QUIET)
    except logstore.LogstoreError as error:
        if reason not in str(error) or "\n" in str(error):
            yield f"init without a disk: {error}"
    else:
        yield f"init did not say: {reason}"


def _mount_again(root: Path) -> None:
    """Takes the file system away and brings it back, as after a repair."""
    subprocess.run(["umount", root], check=True)
    subprocess.run(["mount", "-o", "loop", root.with_name("image"), root], check=True)


def fold_case(root: Path, seed: int) -> Counts:
    """A file system to which ``Run`` and ``run`` are one name: no run is written over or moved over another."""
    faults: list[str] = []
    dice = random.Random(seed)
    with logstore.init(project="Cases", id="Run", dir=root, reinit="create_new", **QUIET) as run:
        for number in range(10):
            run.log(row(number, dice))
        faults += _begin_another(root, None, "exists")
        faults += _begin_another(root, "allow", "another process is writing")
    faults += _begin_another(root, "never", "exists")
    with logstore.init(project="cases", id="run", dir=root, resume="must", reinit="create_new", **QUIET) as again:
        again.log({"i": 10})
    runs = Store(root).runs()
    if [len(each.metrics["i"]) for each in runs.values()] != [11]:
        faults.append(f"one run is read as {list(runs)}")
    faults += _move_about(root)
    counts = judge_rows(root / "Cases" / "Run", 11, 0, f"case, seed {seed}")
    counts.faults += faults
    return counts


def _begin_another(root: Path, resume: str | None, wanted: str) -> Iterator[str]:
    """Whether a run of another spelling is refused."""
    try:
        logstore.init(project="cases", id="rUN", dir=root, resume=resume, reinit="create_new", **QUIET)
    except logstore.LogstoreError as error:
        if wanted not in str(error):
            yield f"another spelling, resume={resume}: {error}"
    else:
        yield f"a run of another spelling was begun over the first, resume={resume}"


def _move_about(root: Path) -> Iterator[str]:
    """To its own project in another spelling, to the trash, and back while another one has its name."""
    try:
        move(root, Store(root).find("Run"), "CASES")
    except logstore.LogstoreError as error:
        if "is there already" not in str(error):
            yield f"move: {error}"
    else:
        yield "a run was moved over itself"
    thrown = discard(root, Store(root).find("Run"), 0.0)
    with logstore.init(project="CASES", id="RUN", dir=root, reinit="create_new", **QUIET) as other:
        other.log({"i": 0})
    try:
        restore(root, thrown)
    except logstore.LogstoreError as error:
        if "is there already" not in str(error):
            yield f"restore: {error}"
    else:
        yield "a run was restored over another"
    shutil.rmtree(other.path)
    restore(root, thrown)


KINDS: Mapping[str, Kind] = {
    "full": Kind("mount -t tmpfs -o size=256k none {place}", fill_up),
    "read-only": Kind(_ext4("none") + _BREAKABLE, become_read_only),
    "dead": Kind(_ext4("none"), die),
    "without case": Kind(_ext4("casefold -E encoding=utf8") + " && chattr +F {place}", fold_case),
}


def main() -> None:
    """``python -m tests.torture.mounts KIND PLACE SEED``: what is to be done there, counts as JSON."""
    kind, place, seed = sys.argv[1:]
    print(json.dumps(asdict(KINDS[kind].torture(Path(place), int(seed)))))


if __name__ == "__main__":
    main()
