"""Steps of the real boot about the package: installed, refused without a hub, confined, upgraded, removed."""

import shutil
from pathlib import Path

from tests.soak.container import DEVICE, STATE, UNIT, Container, until

SANDBOX = Path(__file__).with_name("sandbox.py")
DROP_IN = f"/run/systemd/system/{UNIT}.d/sandbox.conf"
VIDEO = "/srv/meeting.mp4"
CONFIG = f"""\
version: 1
publish: {{host: 127.0.0.1, port: 1883, tls: false, device_id: {DEVICE}, summary_s: 2, health_s: 1}}
camera: {{source: video, path: {VIDEO}, rate_hz: 15, width_px: 640, height_px: 360}}
"""
MOSQUITTO = "listener 1883 127.0.0.1\nallow_anonymous true\n"


def install(box: Container, deb: Path) -> None:
    """`apt install` in the root before it boots, as an image is built."""
    shutil.copy(deb, box.top / "root/mimicry-edge.deb")
    box.run("apt-get", "update", "-q")
    said = box.run("apt-get", "install", "-y", "-q", "--no-install-recommends", "/root/mimicry-edge.deb")
    assert "set publish.host in /etc/mimicry-edge/config.yaml" in said, said


def installed(box: Container) -> str:
    """Look at what the package made: user and folders; nothing is started by itself."""
    assert "mimicry" in box.run("id", "mimicry")
    assert box.run("stat", "-c", "%a %U", STATE) == "700 mimicry"
    assert box.run("systemctl", "is-enabled", UNIT, check=False) == "disabled"
    assert box.show("ActiveState") == "inactive"
    form = "${Version} ${Architecture}, ${Installed-Size} KiB"
    return box.run("dpkg-query", "-W", "-f", form, "mimicry-edge")


def refuses_without_hub(box: Container) -> str:
    """Without broker settings the unit fails with exit 78, names the key, and is not restarted for ever."""
    box.run("systemctl", "start", UNIT, check=False)
    assert box.show("ExecMainStatus") == "78", box.show("ExecMainStatus")
    assert "publish.host: expected the address of the room hub" in box.log()
    assert box.show("NRestarts") == "0"
    return "exit 78: publish.host: expected the address of the room hub"


def security(box: Container) -> str:
    """Judge the installed unit: clean, exposure at most 1.6."""
    box.run("systemd-analyze", "verify", f"/usr/lib/systemd/system/{UNIT}")
    lines = box.run("systemd-analyze", "security", "--offline=true", "--threshold=16", "--no-pager", UNIT)
    return lines.splitlines()[-1].strip("→ ")


def hardening(box: Container) -> str:
    """Under the unit's own settings everything outside its purpose is refused by the kernel."""
    box.run("systemctl", "stop", UNIT)
    shutil.copy(SANDBOX, box.top / "opt/sandbox.py")
    box.run("sh", "-c", "mknod -m 666 /opt/other-device c 10 200 && head -c 0 /opt/other-device")
    start = "ExecStart=\nExecStart=/opt/mimicry-edge/bin/python3 -I /opt/sandbox.py\n"
    box.write(DROP_IN, f"[Service]\nType=oneshot\nRestart=no\nWatchdogSec=0\n{start}")
    box.run("systemctl", "daemon-reload")
    box.run("systemctl", "start", UNIT, check=False)
    lines = [line for line in box.log().splitlines() if line.startswith("sandbox ")]
    box.run("rm", "-r", str(Path(DROP_IN).parent), "/opt/other-device")
    box.run("systemctl", "daemon-reload")
    box.run("systemctl", "reset-failed", UNIT, check=False)
    assert lines, box.log()
    wrong = [line for line in lines if "ALLOWED" in line or "BROKEN" in line]
    assert not wrong, "\n".join(wrong)
    box.run("systemctl", "start", UNIT)
    box.measuring()
    for line in lines:
        print(f"    {line}")
    refused, works = (sum(word in line for line in lines) for word in (": refused", ": works"))
    return f"{refused} trespasses refused, {works} needed things work"


def upgrade(box: Container) -> str:
    """Upgrade: the newer package replaces the running service, the edited configuration stays."""
    before, pid = box.run("sha256sum", "/etc/mimicry-edge/config.yaml"), box.show("MainPID")
    script = (
        "cd /root && dpkg-deb -R mimicry-edge.deb x && sed -i 's/^Version: .*/&+next/' x/DEBIAN/control"
        " && dpkg-deb -b --root-owner-group -Znone x next.deb && apt-get install -y -q ./next.deb"
    )
    box.run("sh", "-c", script, timeout=300)
    assert box.run("sha256sum", "/etc/mimicry-edge/config.yaml") == before
    until(lambda: box.show("ActiveState") == "active", 30)
    assert box.show("MainPID") != pid
    box.measuring()
    version = box.run("dpkg-query", "-W", "-f", "${Version}", "mimicry-edge")
    return f"{version}, configuration untouched, measuring"


def removal(box: Container) -> str:
    """Remove, which keeps configuration and state; purge, which leaves nothing."""
    box.run("apt-get", "remove", "-y", "-q", "mimicry-edge")
    assert box.run("systemctl", "is-active", UNIT, check=False) == "inactive"
    assert (box.top / "etc/mimicry-edge/config.yaml").exists()
    assert not (box.top / "opt/mimicry-edge").exists()
    box.run("apt-get", "purge", "-y", "-q", "mimicry-edge")
    found = box.run("find", "/", "-xdev", "-path", "/proc", "-prune", "-o", "-iname", "*mimicry*", "-print")
    kept = ("/root/", "/var/log", "/var/cache", "/run/systemd")
    left = [line for line in found.splitlines() if not line.startswith(kept)]
    assert not left, left
    return "nothing left but the user and the journal"
