"""A real boot: `sudo python -m tests.soak.boot ROOT DEB [STEP,...]` prints one line a step.

ROOT is a debootstrap root of Debian 12 or 13 with systemd, dbus, Mosquitto and what the package depends on;
it is laid under an overlay and never changed. DEB is the package of `make deb`. The container boots with
systemd under systemd-nspawn, without a network but its own loopback. `make boot` prepares both and runs it.
"""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
UNIT = "mimicry-edge.service"
PREFIX = "site/devices/box1"
CONFIG = """\
version: 1
publish: {host: 127.0.0.1, port: 1883, tls: false, device_id: box1, summary_s: 2, health_s: 1}
camera: {source: stage, path: /etc/mimicry-edge/meeting.yaml, rate_hz: 15, width_px: 640, height_px: 360}
"""
MEETING = json.dumps(
    {
        "size_px": [640, 360],
        "rate_hz": 15,
        "seconds": 3000,
        "seed": 7,
        "people": [
            {"portrait": "astronaut", "variant": "plain", "position": [0.3, 0.45], "canthus_px": 60},
            {"portrait": "hopper", "variant": "plain", "position": [0.7, 0.45], "canthus_px": 60},
        ],
        "behaviour": {"own": [{"channels": ["AU12"], "per_minute": 5}], "mimicry": []},
    }
)


class Container:
    """One booted root; everything written goes to an overlay that disappears at the end."""

    def __init__(self, root: Path, work: Path) -> None:
        self.top = work / "root"
        for name in ("up", "work", "root"):
            (work / name).mkdir()
        layers = f"lowerdir={root},upperdir={work / 'up'},workdir={work / 'work'}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, str(self.top)], check=True)
        self._console = (work / "console").open("wb")
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._init = 0

    def boot(self) -> float:
        """Boot to a running system; return the seconds it took."""
        begun = time.monotonic()
        command = ["systemd-nspawn", "-q", "-b", "--register=no", "--keep-unit", "--private-network"]
        self._nspawn = subprocess.Popen(
            [*command, "--console=pipe", "-D", str(self.top)],
            stdin=subprocess.DEVNULL,
            stdout=self._console,
            stderr=self._console,
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
        inside = ["nsenter", "-t", str(self._init), "-m", "-u", "-i", "-n", "-p", "-r", "-w", "--"]
        environment = [
            "env",
            "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME=/root",
            "DEBIAN_FRONTEND=noninteractive",
        ]
        done = subprocess.run(
            [*inside, *environment, *command],
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
        """Write a file inside."""
        (self.top / path.lstrip("/")).write_text(text)

    def show(self, name: str) -> str:
        """Return one property of the unit."""
        return self.run("systemctl", "show", "-P", name, UNIT)

    def log(self) -> str:
        """Return the unit's journal of this boot."""
        return self.run("journalctl", "-b", "-u", UNIT, "--no-pager", "-o", "cat")

    def hear(self, topic: str, seconds: int = 20) -> str:
        """Return the next fresh message of a topic (retained ones of before do not count)."""
        return self.run(
            "mosquitto_sub", "-h", "127.0.0.1", "-R", "-C", "1", "-W", str(seconds), "-t", f"{PREFIX}/{topic}"
        )

    def retained(self, topic: str) -> str:
        """Return the retained message of a topic."""
        return self.run("mosquitto_sub", "-h", "127.0.0.1", "-C", "1", "-W", "10", "-t", f"{PREFIX}/{topic}")


def until(look, seconds):
    """Look until something is there; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.1)
    return found


def measuring(box: Container, seconds: float = 40) -> dict[str, object]:
    """Wait until the health message says that frames come; return it."""

    def look() -> dict[str, object]:
        health = json.loads(box.hear("health"))
        return health if (health["camera"]["fps"] or 0) > 0 and health["mode"] == "run" else {}

    return until(look, seconds)


def install(box: Container, deb: Path) -> str:
    """Install the package: it makes its user and its configuration and does not start by itself."""
    shutil.copy(deb, box.top / "root/mimicry-edge.deb")
    box.run("dpkg", "-i", "/root/mimicry-edge.deb")
    assert "mimicry" in box.run("id", "mimicry")
    assert box.show("ActiveState") == "inactive"
    assert box.run("stat", "-c", "%a %U", "/var/lib/mimicry-edge") == "700 mimicry"
    return box.run(
        "dpkg-query", "-W", "-f", "${Version} ${Architecture}, ${Installed-Size} KiB", "mimicry-edge"
    )


def refuses_without_hub(box: Container) -> str:
    """Without broker settings the unit fails with exit 78, names the key, and is not restarted for ever."""
    box.run("systemctl", "start", UNIT, check=False)
    assert box.show("ExecMainStatus") == "78", box.show("ExecMainStatus")
    assert "publish.host: expected the address of the room hub" in box.log()
    assert box.show("NRestarts") == "0"
    return "exit 78: publish.host: expected the address of the room hub"


def reaches_ready(box: Container) -> str:
    """With a hub and a stage it is READY, measures and publishes."""
    box.write("/etc/mosquitto/conf.d/test.conf", "listener 1883 127.0.0.1\nallow_anonymous true\n")
    box.run("systemctl", "restart", "mosquitto")
    box.write("/etc/mimicry-edge/config.yaml", CONFIG)
    box.write("/etc/mimicry-edge/meeting.yaml", MEETING)
    begun = time.monotonic()
    box.run("systemctl", "enable", "--now", UNIT)
    ready_s = time.monotonic() - begun
    health = measuring(box)
    box.hear("mimicry/summary")
    return f"READY after {ready_s:.1f} s, {health['camera']['fps']:.0f} frames a second, summary received"


def hardening(box: Container) -> str:
    """Under the unit's own settings everything outside its purpose is refused by the kernel."""
    box.run("systemctl", "stop", UNIT)
    shutil.copy(HERE / "sandbox.py", box.top / "opt/sandbox.py")
    drop_in = box.top / f"run/systemd/system/{UNIT}.d/sandbox.conf"
    box.run("mkdir", "-p", f"/run/systemd/system/{UNIT}.d")
    exec_start = "ExecStart=\nExecStart=/opt/mimicry-edge/bin/python3 -I /opt/sandbox.py\n"
    text = f"[Service]\nType=oneshot\nRestart=no\nWatchdogSec=0\n{exec_start}"
    inside = f"/run/systemd/system/{UNIT}.d/{drop_in.name}"
    box.run("sh", "-c", f"cat > {inside} <<'END'\n{text}END")
    box.run("systemctl", "daemon-reload")
    box.run("systemctl", "start", UNIT, check=False)
    lines = [line for line in box.log().splitlines() if line.startswith("sandbox ")]
    box.run("rm", "-r", f"/run/systemd/system/{UNIT}.d")
    box.run("systemctl", "daemon-reload")
    box.run("systemctl", "reset-failed", UNIT, check=False)
    allowed = [line for line in lines if "ALLOWED" in line]
    broken = [line for line in lines if "BROKEN" in line]
    assert lines, box.log()
    assert not allowed + broken, "\n".join(allowed + broken)
    box.run("systemctl", "start", UNIT)
    measuring(box)
    for line in lines:
        print(f"    {line}")
    refused, works = (sum(word in line for line in lines) for word in (": refused", ": works"))
    return f"{refused} trespasses refused, {works} needed things work"


def security(box: Container) -> str:
    """Judge the installed unit: clean, exposure at most 1.6."""
    box.run("systemd-analyze", "verify", f"/usr/lib/systemd/system/{UNIT}")
    lines = box.run("systemd-analyze", "security", "--offline=true", "--threshold=16", "--no-pager", UNIT)
    return lines.splitlines()[-1].strip("→ ")


def survives_kill(box: Container) -> str:
    """After kill -9 the service measures again."""
    before = int(box.show("NRestarts"))
    begun = time.monotonic()
    box.run("systemctl", "kill", "-s", "KILL", "--kill-whom=main", UNIT)
    until(lambda: int(box.show("NRestarts")) > before and box.show("ActiveState") == "active", 30)
    ready_s = time.monotonic() - begun
    measuring(box)
    return f"READY again after {ready_s:.1f} s"


def survives_stop(box: Container) -> str:
    """Freeze the process: the watchdog finds it and restarts it within 25 s."""
    before = int(box.show("NRestarts"))
    begun = time.monotonic()
    box.run("systemctl", "kill", "-s", "STOP", "--kill-whom=main", UNIT)
    until(lambda: int(box.show("NRestarts")) > before and box.show("ActiveState") == "active", 40)
    seconds = time.monotonic() - begun
    assert "Watchdog timeout" in box.log()
    assert seconds <= 25, seconds
    measuring(box)
    return f"watchdog, READY again after {seconds:.1f} s"


def survives_broker_down(box: Container) -> str:
    """Half a minute without the hub: no restart, and the health comes again afterwards."""
    before = box.show("NRestarts")
    box.run("systemctl", "stop", "mosquitto")
    time.sleep(30)
    assert box.show("ActiveState") == "active"
    assert box.show("NRestarts") == before
    box.run("systemctl", "start", "mosquitto")
    begun = time.monotonic()
    until(
        lambda: box.run(
            "mosquitto_sub", "-h", "127.0.0.1", "-C", "1", "-W", "2", "-t", f"{PREFIX}/health", check=False
        ),
        60,
    )
    return f"no restart in 30 s, publishing again {time.monotonic() - begun:.1f} s after the hub"


def bad_configuration(box: Container) -> str:
    """Start with a bad file: the last good one in force, MQTT up, mode safe, the errors told."""
    box.write("/etc/mimicry-edge/config.yaml", CONFIG + "mimicry: {window_s: -1}\n")
    box.run("systemctl", "restart", UNIT)
    health = until(lambda: (h := json.loads(box.hear("health")))["mode"] == "safe" and h, 30)
    assert "window_s: expected a number 1..120, got -1" in box.log()
    box.write("/etc/mimicry-edge/config.yaml", CONFIG)
    box.run("systemctl", "restart", UNIT)
    measuring(box)
    return f"mode {health['mode']}, back to run with the corrected file"


def reload(box: Container) -> str:
    """Reload: what may be swapped is, the service stays READY; a bad file changes nothing."""
    pid = box.show("MainPID")
    box.write("/etc/mimicry-edge/config.yaml", CONFIG + "service: {log_level: debug}\n")
    box.run("systemctl", "reload", UNIT)
    box.write("/etc/mimicry-edge/config.yaml", "publish: {hots: x}\n")
    box.run("systemctl", "reload", UNIT)
    until(lambda: "publish.hots: expected a known key (did you mean 'host'?)" in box.log(), 20)
    assert box.show("MainPID") == pid
    box.write("/etc/mimicry-edge/config.yaml", CONFIG)
    box.run("systemctl", "reload", UNIT)
    measuring(box)
    return "same process, the bad file named and ignored"


def mute_survives_reboot(box: Container) -> str:
    """Muted over MQTT, rebooted: the service is READY by itself and still muted, until unmuted."""
    topic = f"{PREFIX}/privacy/set"
    box.run("mosquitto_pub", "-h", "127.0.0.1", "-q", "1", "-t", topic, "-m", '{"on":true,"by":"test"}')
    until(lambda: json.loads(box.retained("privacy/state"))["state"] == "ON", 20)
    box.halt()
    seconds = box.boot()
    until(lambda: box.show("ActiveState") == "active", 40)
    health = json.loads(box.hear("health"))
    assert health["mode"] == "privacy", health["mode"]
    assert json.loads(box.retained("privacy/state"))["state"] == "ON"
    box.run("mosquitto_pub", "-h", "127.0.0.1", "-q", "1", "-t", topic, "-m", '{"on":false,"by":"test"}')
    measuring(box)
    return f"booted in {seconds:.1f} s, still muted, measures after the unmute"


def upgrade(box: Container) -> str:
    """Upgrade: the newer package replaces the running service, the edited configuration stays."""
    before = box.run("sha256sum", "/etc/mimicry-edge/config.yaml")
    script = (
        "cd /root && dpkg-deb -R mimicry-edge.deb x && sed -i 's/^Version: .*/&+next/' x/DEBIAN/control"
        " && dpkg-deb -b --root-owner-group -Znone x next.deb && dpkg -i next.deb"
    )
    box.run("sh", "-c", script, timeout=300)
    assert box.run("sha256sum", "/etc/mimicry-edge/config.yaml") == before
    until(lambda: box.show("ActiveState") == "active", 30)
    measuring(box)
    return (
        box.run("dpkg-query", "-W", "-f", "${Version}", "mimicry-edge")
        + ", configuration untouched, measuring"
    )


def removal(box: Container) -> str:
    """Remove, which keeps configuration and state; purge, which leaves nothing."""
    box.run("dpkg", "-r", "mimicry-edge")
    assert box.run("systemctl", "is-active", UNIT, check=False) == "inactive"
    assert (box.top / "etc/mimicry-edge/config.yaml").exists()
    assert not (box.top / "opt/mimicry-edge/bin").exists()
    box.run("dpkg", "-P", "mimicry-edge")
    left = box.run(
        "sh", "-c", "find / -xdev -path /proc -prune -o -iname '*mimicry*' -print | grep -v /root/ || true"
    )
    left = "\n".join(
        line for line in left.splitlines() if not line.startswith(("/var/log", "/var/cache", "/run/systemd"))
    )
    assert not left, left
    return "nothing left but the user and the journal"


STEPS: dict[str, Callable[[Container], str]] = {
    step.__name__: step
    for step in (
        refuses_without_hub,
        reaches_ready,
        security,
        hardening,
        survives_kill,
        survives_stop,
        survives_broker_down,
        bad_configuration,
        reload,
        mute_survives_reboot,
        upgrade,
        removal,
    )
}


@contextlib.contextmanager
def container(root: Path) -> Iterator[Container]:
    """Give a container over a root, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="mimicry-boot-", dir="/var/tmp") as work:
        box = Container(root, Path(work))
        try:
            yield box
        finally:
            box.close()


def main() -> int:
    """Print the table; exit 1 when a step failed."""
    root, deb = Path(sys.argv[1]), Path(sys.argv[2])
    wanted = sys.argv[3].split(",") if len(sys.argv) > 3 else list(STEPS)
    failed = 0
    with container(root) as box:
        print(f"ok    boot                   {box.boot():.1f} s to a running system")
        print(f"ok    install                {install(box, deb)}", flush=True)
        for name in wanted:
            try:
                print(f"ok    {name:<22} {STEPS[name](box)}", flush=True)
            except (AssertionError, subprocess.TimeoutExpired, ValueError, KeyError) as error:
                failed += 1
                print(f"FAIL  {name:<22} {type(error).__name__}: {error}", flush=True)
                print(
                    box.run("journalctl", "-b", "-u", UNIT, "--no-pager", "-n", "15", check=False), flush=True
                )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
