"""Whatever user runs a command by hand, the service finds its folder as it left it."""

import os
import pwd
import subprocess
import sys

import pytest

BY_HAND = (
    "import os, sys; from pathlib import Path; from edge.service import Alone, become_owner\n"
    "os.setuid(int(sys.argv[2])); folder = Path(sys.argv[1]); become_owner(folder)\n"
    "with Alone(folder): print(os.geteuid(), os.getegid(), (folder / 'lock').stat().st_uid)"
)
NOBODY = pwd.getpwnam("nobody")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def _by_hand(folder, user=0):
    command = [sys.executable, "-c", BY_HAND, str(folder), str(user)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture
def state(tmp_path):
    """Make a state folder of its own user, as systemd does, that others cannot look into."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_uid == 0 and "pytest" in str(above):
            above.chmod(0o755)
    os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    return folder


@AS_ROOT
def test_root_leaves_nothing_that_the_service_cannot_use(state):
    """Root's run goes on as the folder's owner, in its group, and its files are the owner's."""
    done = _by_hand(state)
    assert done.stdout.split() == [str(NOBODY.pw_uid), str(NOBODY.pw_gid), str(NOBODY.pw_uid)], done.stderr


@AS_ROOT
def test_root_stays_root_in_a_folder_of_its_own(tmp_path):
    """A folder that root made, as in a test, changes nobody."""
    assert _by_hand(tmp_path).stdout.split()[0] == "0"


@AS_ROOT
def test_another_user_is_refused_in_one_line(state):
    """Without the rights to the folder a second service would throw the first out at the hub."""
    done = _by_hand(state, user=pwd.getpwnam("daemon").pw_uid)
    assert "expected a state folder of this user, got Permission denied" in done.stderr
