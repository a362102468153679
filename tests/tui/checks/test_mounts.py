from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.checks.mounts import file_system, is_network

MOUNTINFO = r"""
22 1 252:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 22 0:50 / /home rw shared:9 - nfs4 server:/home rw
31 30 0:51 / /home/ann/my\040data rw - fuse.sshfs ann@box: rw
32 22 0:52 / /tmp rw - tmpfs tmpfs rw
33 22 0:53 / /tmp rw master:1 - ext4 /dev/vdb rw
garbage
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/var/runs", "ext4"),
        ("/home", "nfs4"),
        ("/homework", "ext4"),
        ("/home/ann/my data/runs", "fuse.sshfs"),
        ("/tmp/x", "ext4"),
    ],
)
def test_the_innermost_and_latest_mount_decides(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTINFO) == kind


def test_without_mounts_nothing_is_known() -> None:
    assert file_system(Path("/x"), "") is None


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    file_system(Path("/home"), text)


@pytest.mark.parametrize(
    ("kind", "network"), [("nfs4", True), ("lustre", True), ("fuse.sshfs", True), ("ext4", False), ("overlay", False)]
)
def test_shared_file_systems_are_known(kind: str, network: bool) -> None:
    assert is_network(kind) is network
