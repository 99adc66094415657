"""The hub's README, followed to the letter on a booted Debian: `python -m tests.soak.hub ROOT`, as root.

ROOT is a Debian root with systemd and Mosquitto, such as `debootstrap --variant=minbase
--include=systemd,systemd-sysv,dbus,mosquitto,mosquitto-clients,openssl,python3 SUITE ROOT` makes.
"""

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

from tests.soak.container import Container, until

HUB = Path("firmware_configs/hub")
PASSWORD = "right"
SUDO = 'sudo() { "$@"; }; export PATH=$PATH:/usr/sbin; '
HANDSHAKE = """
import socket, ssl, sys
context = ssl.create_default_context(cafile="/root/mimicry-hub/ca.pem")
context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection(("127.0.0.1", 8883)) as line:
    with context.wrap_socket(line, server_hostname="hub.example") as safe:
        print(safe.version(), sys.version.split()[0])
"""


def steps():
    """Return the commands of the README's first block."""
    (block, *_) = re.findall(r"^```sh\n(.*?)^```", (HUB / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return block.strip().splitlines()


def follow(root):
    """Boot, follow the README, and let a device's user, a stranger and Python's own TLS try the hub."""
    with tempfile.TemporaryDirectory() as folder:
        box = Container(root, Path(folder))
        try:
            shutil.copytree(HUB, box.top / "root/hub")
            (box.top / "etc/hosts").write_text("127.0.0.1 localhost hub.example\n")
            box.boot()
            for step in steps():
                _run(box, step)
            until(lambda: box.run("systemctl", "is-active", "mosquitto", check=False) == "active", 20)
            return _tried(box)
        finally:
            box.close()


def _run(box, step):
    """Run one command as printed; the password is typed where it is asked for."""
    typed = f"printf '{PASSWORD}\\n{PASSWORD}\\n' | " if "mosquitto_passwd" in step else ""
    offline = step.replace("apt install", "apt-get install --no-download -y")
    box.run("bash", "-ec", f"{SUDO} cd /root/hub; {typed}{offline}")


def _tried(box):
    login = "mosquitto_pub -h hub.example -p 8883 --cafile /root/mimicry-hub/ca.pem -q 1 -V 5 -m x"
    own = f"{login} -u mimicry-2f26 -P {PASSWORD} -t hq/devices/mimicry-2f26/health"
    other = f"{login} -u mimicry-2f26 -P {PASSWORD} -t hq/devices/mimicry-9/health -d"
    stranger = f"{login} -u nobody -P {PASSWORD} -t x"
    (box.top / "root/tls.py").write_text(HANDSHAKE)
    log = box.run("cat", "/var/log/mosquitto/mosquitto.log")
    return {
        "debian": box.run("cat", "/etc/debian_version"),
        "mosquitto": re.search(r"mosquitto version (\S+)", log)[1],
        "device": "ok" if box.run("bash", "-c", f"{own} && echo ok").endswith("ok") else "refused",
        "foreign_topic": "refused" if "Not authorized" in box.run("bash", "-c", other, check=False) else "ok",
        "stranger": "refused" if "uthori" in box.run("bash", "-c", stranger, check=False) else "ok",
        "tls": box.run("python3", "/root/tls.py"),
        "complaints": re.findall(r"^\d+: (Error.*|Warning: (?!ACL pattern).*)", log, re.MULTILINE),
    }


def main():
    """Print what was seen; 1 unless each got what is theirs and no more."""
    figures = follow(Path(sys.argv[1]).resolve())
    print(json.dumps(figures))
    wanted = {"device": "ok", "foreign_topic": "refused", "stranger": "refused", "complaints": []}
    return int(any(figures[name] != value for name, value in wanted.items()))


if __name__ == "__main__":
    sys.exit(main())
