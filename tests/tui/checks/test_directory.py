import os
import time
from pathlib import Path

import pytest

from tui.checks.directory import check, read_mountinfo
from tui.checks.finding import Finding


def findings(path: Path, mountinfo: str = "", ahead: float = 0.0) -> dict[str, Finding]:
    return {each.name: each for each in check(path, mountinfo, lambda: time.time() - ahead)}


def test_a_directory_that_can_be_written_is_fine_and_stays_empty(tmp_path: Path) -> None:
    found = findings(tmp_path, read_mountinfo())
    assert found["writing"].status == found["clock"].status == "ok"
    assert "iB of" in found["free space"].what
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("ahead", "words"), [(7.0, "7.0s ahead of"), (-3600.0, "1h00m behind")])
def test_a_clock_that_is_off_is_told_with_its_difference(tmp_path: Path, ahead: float, words: str) -> None:
    found = findings(tmp_path, ahead=ahead)["clock"]
    assert found.status == "warn"
    assert words in found.what


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert findings(tmp_path)["writing"].status == "warn"


def test_a_place_where_no_file_can_be_made_is_a_warning() -> None:
    found = findings(Path("/proc"))["writing"]
    assert found.status == "warn"
    assert found.what.startswith("read only: ")


def test_the_file_system_is_named(tmp_path: Path) -> None:
    line = f"1 0 0:1 / {tmp_path} rw - nfs4 server:/x rw"
    assert findings(tmp_path, line)["file system"].what.startswith("nfs4: other hosts' rows")
    assert findings(tmp_path, "1 0 0:1 / / rw - ext4 /dev/x rw")["file system"].what == "ext4"
    assert findings(tmp_path)["file system"].what.startswith("unknown")
