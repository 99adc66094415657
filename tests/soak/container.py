"""A Debian root under an overlay, booted with systemd under systemd-nspawn.

The container has no network but its own loopback; everything written to it disappears at the end.
"""

import contextlib
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")
UNIT = "mimicry-edge.service"
DEVICE = "box1"
PREFIX = f"site/devices/{DEVICE}"
STATE = "/var/lib/mimicry-edge"
NSPAWN = ("systemd-nspawn", "-q", "--register=no", "--keep-unit")
BOOT = ("-b", "--private-network", "--console=pipe", "--system-call-filter=bpf")
UNBOOTED = ("--pipe", "--resolv-conf=replace-host")
LOGS = ("--tmpfs=/var/log", "--tmpfs=/var/lib/mosquitto:mode=777")
# One hierarchy of control groups, and bpf(2): the container's systemd enforces DevicePolicy= with it.
UNIFIED = {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
ENVIRONMENT = (
    *("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"),
    *("LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"),
)


def until(look: Callable[[], Found], seconds: float) -> Found:
    """Look until something is there; fail after this many seconds."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.1)
    return found


class Container:
    """One root: commands beside the host's network before `boot`, in the running system after it."""

    def __init__(self, root: Path, work: Path) -> None:
        self.top, self._state = work / "root", work / "state"
        for name in ("up", "work", "root", "state"):
            (work / name).mkdir()
        layers = f"lowerdir={root},upperdir={work / 'up'},workdir={work / 'work'}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, str(self.top)], check=True)
        self._console = (work / "console").open("wb")
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._init = 0

    def boot(self, *, read_only: bool = False) -> float:
        """Boot to a running system; return the seconds it took. Read-only: all but the state and the logs."""
        begun = time.monotonic()
        writable = [
            f"--bind={self._state}:{STATE}",
            "--tmpfs=/var/log",
            "--tmpfs=/var/lib/mosquitto:mode=777",
        ]
        self._nspawn = subprocess.Popen(
            [*NSPAWN, *BOOT, *(["--read-only", *writable] if read_only else []), "-D", str(self.top)],
            stdin=subprocess.DEVNULL,
            stdout=self._console,
            stderr=self._console,
            env=os.environ | UNIFIED,
        )
        self._init = until(self._find_init, 20)
        until(lambda: self.run("systemctl", "is-system-running", check=False) in {"running", "degraded"}, 60)
        return time.monotonic() - begun

    def _find_init(self) -> int:
        """Return the process that is number 1 inside and has become systemd; 0 while there is none."""
        assert self._nspawn is not None
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children").read_text().split()
        for child in children:
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{child}/status").read_text()
                if "Name:\tsystemd\n" in status and re.search(r"NSpid:\t\d+\t1\n", status):
                    return int(child)
        return 0

    def halt(self) -> None:
        """Shut down in order, as a reboot does."""
        if self._nspawn is not None:
            self.run("systemctl", "--no-block", "poweroff", check=False)
            self._nspawn.wait(60)
            self._nspawn = None

    def close(self) -> None:
        """Stop the container whatever its state, and unmount the overlay."""
        if self._nspawn is not None:
            self._nspawn.terminate()
            try:
                self._nspawn.wait(30)
            except subprocess.TimeoutExpired:
                self._nspawn.kill()
                self._nspawn.wait()
        self._console.close()
        subprocess.run(["umount", str(self.top)], check=True)

    def run(self, *command: str, check: bool = True, timeout: float = 120) -> str:
        """Run a command inside; return its output without the last newline."""
        enter = ("nsenter", "-t", str(self._init), "-m", "-u", "-i", "-n", "-p", "-r", "-w", "--")
        inside = enter if self._nspawn is not None else (*NSPAWN, *UNBOOTED, "-D", str(self.top))
        done = subprocess.run(
            [*inside, *ENVIRONMENT, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
            text=True,
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)}: exit {done.returncode}: {done.stdout}")
        return done.stdout.rstrip("\n")

    def write(self, path: str, text: str) -> None:
        """Write a file inside, in the running system's own view of its folders."""
        self.run("sh", "-c", f'mkdir -p $(dirname {path}) && printf %s "$1" > {path}', "sh", text)

    def show(self, name: str) -> str:
        """Return one property of the unit."""
        return self.run("systemctl", "show", "-P", name, UNIT)

    def log(self) -> str:
        """Return the unit's journal of this boot."""
        return self.run("journalctl", "-b", "-u", UNIT, "--no-pager", "-o", "cat")

    def hear(self, topic: str, *, seconds: int = 20, retained: bool = False) -> str:
        """Return the next fresh message of a topic, or its retained one."""
        client = ["mosquitto_sub", "-h", "127.0.0.1", "-C", "1", "-W", str(seconds)]
        return self.run(*client, *([] if retained else ["-R"]), "-t", f"{PREFIX}/{topic}")

    def tell(self, topic: str, body: dict[str, object]) -> None:
        """Publish one message."""
        client = ["mosquitto_pub", "-h", "127.0.0.1", "-q", "1"]
        self.run(*client, "-t", f"{PREFIX}/{topic}", "-m", json.dumps(body))

    def measuring(self, seconds: float = 40) -> dict[str, dict[str, float]]:
        """Wait until the health message says that frames come; return it."""

        def look() -> dict[str, dict[str, float]]:
            health = json.loads(self.hear("health"))
            return health if (health["camera"]["fps"] or 0) > 0 and health["mode"] == "run" else {}

        return until(look, seconds)


@contextlib.contextmanager
def container(root: Path) -> Iterator[Container]:
    """Give a container over a root, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="mimicry-boot-", dir="/var/tmp") as work:
        box = Container(root, Path(work))
        try:
            yield box
        finally:
            box.close()
