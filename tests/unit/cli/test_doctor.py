"""Which file system a path lies on, read from the kernel's table of mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.cli.doctor import NETWORK_FILE_SYSTEMS, file_system_of

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw 0 0
server:/export /srv/data nfs4 rw 0 0
//nas/care /srv/my\\040data cifs rw 0 0
/dev/sdb1 /srv/data/local xfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/holdfast", "ext4"),
        ("/srv/data/holdfast", "nfs4"),
        ("/srv/data", "nfs4"),
        ("/srv/database", "ext4"),
        ("/srv/data/local/holdfast.sqlite3", "xfs"),
        ("/srv/my data/holdfast.sqlite3", "cifs"),
    ],
)
def test_the_innermost_mount_counts(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind


def test_network_file_systems_are_told_from_local_ones() -> None:
    assert {"nfs4", "cifs"} <= NETWORK_FILE_SYSTEMS
    assert not {"ext4", "xfs", "btrfs", "tmpfs", "overlay"} & NETWORK_FILE_SYSTEMS


def test_without_a_table_the_kind_is_unknown() -> None:
    assert file_system_of(Path("/anywhere"), "") == "unknown"
