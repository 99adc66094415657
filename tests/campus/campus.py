"""A campus on one machine: hub with TLS and access list, rooms in processes, collectors."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.publish.broker import MOSQUITTO, free_port, until

HUB = Path("firmware_configs/hub")
CONFIGS = Path("firmware_configs/campus")
PER_PROCESS = 100  # rooms in one interpreter


class Hub:
    """Mosquitto on the shipped files, with one user a room."""

    def __init__(self, folder, rooms, more="", hosts=()):
        self.folder, self.port, self.process = folder, free_port(), None
        folder.mkdir(parents=True)
        make = ["sh", str(HUB / "make-certificates.sh"), str(folder / "certs"), "127.0.0.1", *hosts]
        subprocess.run(make, check=True, capture_output=True)
        users = [f"dev-{k}" for k in range(rooms)] + ["collect"]
        (folder / "mimicry.passwd").write_text("".join(f"{name}:pw\n" for name in users))
        subprocess.run(["mosquitto_passwd", "-U", str(folder / "mimicry.passwd")], check=True)
        (folder / "mimicry.acl").write_bytes((HUB / "mimicry.acl").read_bytes())
        (folder / "pw").write_text("pw\n")
        lines = (
            (HUB / "mosquitto.conf").read_text().replace("listener 8883", f"listener {self.port} 127.0.0.1")
        )
        lines = lines.replace("/etc/mosquitto", str(folder)).replace("log_type notice\n", "")
        own = "user root\n" if os.getuid() == 0 else ""
        own += f"persistence true\npersistence_location {folder}/\n{more}"
        (folder / "mosquitto.conf").write_text(lines + own)

    def start(self):
        """Start and wait until it listens."""
        with (self.folder / "log").open("ab") as log:
            command = [MOSQUITTO, "-c", str(self.folder / "mosquitto.conf")]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._listens)

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, number):
        """End it by a signal."""
        self.process.send_signal(number)
        self.process.wait()

    @property
    def section(self):
        """What a room is configured with."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "ca_file": str(self.folder / "certs/ca.pem"),
            "password_file": str(self.folder / "pw"),
            "keep_h": 24.0,
        }


class Rooms:
    """Rooms in processes of some each."""

    def __init__(self, folder, hub, count):
        self.folder, self.count = folder, count
        folder.mkdir(parents=True)
        self.processes = []
        for first in range(0, count, PER_PROCESS):
            job = {"folder": str(folder), "first": first, "count": min(PER_PROCESS, count - first)}
            job |= {"section": hub.section}
            (folder / f"job-{first}").write_text(json.dumps(job))
            command = [sys.executable, "-m", "tests.campus.rooms", str(folder / f"job-{first}")]
            with (folder / f"log-{first}").open("wb") as log:
                self.processes.append(subprocess.Popen(command, stdout=log, stderr=log))
        until(lambda: len(list(folder.glob("up-*"))) == len(self.processes), 600)

    def pace(self, interval_s):
        """Let each make a summary every so many seconds, from now on."""
        part = self.folder / "interval.part"
        part.write_text(str(interval_s))
        part.rename(self.folder / "interval")

    def made(self):
        """Let them make nothing more; return boot and number of results of each room."""
        (self.folder / "stop").touch()
        until(lambda: len(list(self.folder.glob("made-*[0-9]"))) == len(self.processes), 300)
        found = {}
        for path in self.folder.glob("made-*[0-9]"):
            found |= json.loads(path.read_text())
        return found

    def close(self):
        """End them."""
        (self.folder / "end").touch()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


class Collect:
    """The command, started and killed."""

    def __init__(self, folder, broker, store, *more):
        self._command = [sys.executable, "-m", "edge", "collect", "--broker", broker, "--store", store, *more]
        self._log, self.process = folder / "collect.log", None

    def start(self):
        """Start it."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def kill(self):
        """Kill it with kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        """End it as systemd does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
