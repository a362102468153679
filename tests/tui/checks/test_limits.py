import resource
from pathlib import Path

import pytest
from watchfiles import watch

from tui.checks.finding import Finding
from tui.checks.limits import check, instances_of, open_files


def fake_proc(root: Path, watches: int, instances: int, used: int = 0) -> Path:
    directory = root / "sys" / "fs" / "inotify"
    directory.mkdir(parents=True)
    (directory / "max_user_watches").write_text(f"{watches}\n")
    (directory / "max_user_instances").write_text(f"{instances}\n")
    descriptors = root / "4711" / "fd"
    descriptors.mkdir(parents=True)
    (descriptors / "0").symlink_to("/dev/null")
    for number in range(used):
        (descriptors / str(number + 3)).symlink_to("anon_inode:inotify")
    return root


def findings(proc: Path) -> dict[str, Finding]:
    return {each.name: each for each in check(proc)}


def test_plenty_is_fine(tmp_path: Path) -> None:
    found = findings(fake_proc(tmp_path, 524288, 128, used=2))
    assert found["inotify watches"].status == found["inotify instances"].status == "ok"
    assert found["inotify watches"].what == "524,288 for each user"
    assert found["inotify instances"].what == "2 in use of 128"


def test_few_watches_say_what_to_set(tmp_path: Path) -> None:
    found = findings(fake_proc(tmp_path, 1024, 128))["inotify watches"]
    assert found.status == "warn"
    assert "sysctl fs.inotify.max_user_watches" in (found.advice or "")


@pytest.mark.parametrize(("most", "used"), [(64, 0), (200, 190)])
def test_few_or_used_up_instances_say_what_to_set(tmp_path: Path, most: int, used: int) -> None:
    found = findings(fake_proc(tmp_path, 524288, most, used))["inotify instances"]
    assert found.status == "warn"
    assert f"{used} in use of {most}" == found.what


def test_a_kernel_without_inotify_is_fine(tmp_path: Path) -> None:
    assert findings(tmp_path)["inotify"].status == "ok"


def test_this_machine_can_be_judged() -> None:
    found = findings(Path("/proc"))
    assert found["open files"].what
    assert all(each.status in {"ok", "warn"} for each in found.values())


def test_our_own_instances_are_counted(tmp_path: Path) -> None:
    own = Path("/proc/self")
    before = instances_of(own)
    watcher = watch(tmp_path, rust_timeout=10, yield_on_timeout=True)
    try:
        next(watcher)
        assert instances_of(own) == before + 1
    finally:
        watcher.close()


@pytest.mark.parametrize(
    ("soft", "status", "what"),
    [(256, "warn", "256"), (1024, "ok", "1,024"), (resource.RLIM_INFINITY, "ok", "unlimited")],
)
def test_open_files(soft: int, status: str, what: str) -> None:
    found = open_files(soft)
    assert (found.status, found.what) == (status, what)
