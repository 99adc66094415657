"""A real boot: `sudo python -m tests.soak.boot ROOT DEB VIDEO [STEP,...]` prints one line a step.

ROOT is a debootstrap root of Debian 12 or 13 with systemd, dbus, Mosquitto and python3-av; it lies under an
overlay and is never changed. DEB is the package of `make deb`, VIDEO a recording with faces that lasts longer
than the steps. `make boot` prepares all three and runs it.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.soak import life, names, package
from tests.soak.container import UNIT, Container, container

STEPS: dict[str, Callable[[Container], str]] = {
    step.__name__: step
    for step in (
        package.installed,
        package.refuses_without_hub,
        life.reaches_ready,
        life.believes_time_daemon,
        package.security,
        package.hardening,
        life.other_source,
        life.survives_kill,
        life.survives_stop,
        life.survives_broker_down,
        life.bad_configuration,
        names.generated_configurations,
        life.reload,
        life.mute_survives_reboot,
        life.read_only_root,
        package.upgrade,
        package.removal,
    )
}


def line(verdict: str, name: str, text: str) -> None:
    """Print one line of the table."""
    print(f"{verdict:<4}  {name:<22} {text}", flush=True)


def passes(box: Container, name: str) -> bool:
    """Take one step; after a failure the unit's last lines stand below it."""
    try:
        line("ok", name, STEPS[name](box))
    except (AssertionError, subprocess.TimeoutExpired, ValueError, KeyError) as error:
        line("FAIL", name, f"{type(error).__name__}: {error}")
        print(box.run("journalctl", "-b", "-u", UNIT, "--no-pager", "-n", "15", check=False), flush=True)
        return False
    return True


def main() -> int:
    """Print the table; exit 1 when a step failed."""
    root, deb, video = (Path(name) for name in sys.argv[1:4])
    wanted = sys.argv[4].split(",") if len(sys.argv) > 4 else list(STEPS)
    with container(root) as box:
        shutil.copy(video, box.top / package.VIDEO.lstrip("/"))
        package.install(box, deb)
        line("ok", "boot", f"{box.boot():.1f} s to a running system")
        failed = [name for name in wanted if not passes(box, name)]
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
