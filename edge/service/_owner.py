"""A service that root starts by hand goes on as the user whom the unit runs it as.

What root wrote into the state folder the unit could not read: its mute, its results, its lock.
"""

import grp
import logging
import os
import pwd
from pathlib import Path

from edge.errors import ServiceError

GROUPS = ("video", "render", "gpio")
"""Of the devices that the unit may use, as far as the system has them."""

_log = logging.getLogger(__name__)


def become_owner(state_dir: Path) -> None:
    """Take the user and groups of the folder's owner for good, where root finds a folder of another user."""
    owner = _owner(state_dir)
    if os.geteuid() != 0 or owner is None or owner.pw_uid == 0:
        return
    devices = [group.gr_gid for group in grp.getgrall() if group.gr_name in GROUPS]
    try:
        os.setgroups(sorted({*os.getgrouplist(owner.pw_name, owner.pw_gid), *devices}))
        os.setgid(owner.pw_gid)
        os.setuid(owner.pw_uid)
    except OSError as error:
        raise ServiceError(
            f"expected to go on as {owner.pw_name}, got {error.strerror}: sudo -u {owner.pw_name} ..."
        ) from error
    os.environ["HOME"] = owner.pw_dir
    _log.info("running as %s, who owns %s", owner.pw_name, state_dir)


def _owner(folder: Path) -> pwd.struct_passwd | None:
    """Return who owns a folder; None where there is neither."""
    try:
        return pwd.getpwuid(folder.stat().st_uid)
    except (OSError, KeyError):
        return None
