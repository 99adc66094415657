"""A campus on one machine: hub with TLS and access list, rooms, collectors, and what is left of it all."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import text

from edge.campus.store import Store
from tests.publish.broker import MOSQUITTO, free_port, until

HUB = Path("firmware_configs/hub")
CONFIGS = Path("firmware_configs/campus")
PER_PROCESS = 50  # rooms in one interpreter


def cpu_s(process):
    """Return the processor time of a process so far, s."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mib(process):
    """Return the memory of a process, MiB."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


class Hub:
    """Mosquitto on the shipped files, with one user a room."""

    def __init__(self, folder, rooms, more=""):
        self.folder, self.port, self.process = folder, free_port(), None
        self.cpu_before_s = 0.0
        folder.mkdir(parents=True)
        make = ["sh", str(HUB / "make-certificates.sh"), str(folder / "certs"), "127.0.0.1"]
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
        self.cpu_before_s = 0.0

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

    def __init__(self, folder, hub, count, interval_s):
        self.folder, self.count = folder, count
        folder.mkdir(parents=True)
        self._processes = []
        for first in range(0, count, PER_PROCESS):
            job = {"folder": str(folder), "first": first, "count": min(PER_PROCESS, count - first)}
            job |= {"section": hub.section, "interval_s": interval_s, "users": True}
            (folder / f"job-{first}").write_text(json.dumps(job))
            command = [sys.executable, "-m", "tests.campus.rooms", str(folder / f"job-{first}")]
            with (folder / f"log-{first}").open("wb") as log:
                self._processes.append(subprocess.Popen(command, stdout=log, stderr=log))
        until(lambda: len(list(folder.glob("up-*"))) == len(self._processes), 600)

    def begin(self):
        """Let them make results."""
        (self.folder / "start").touch()

    def made(self):
        """Let them make nothing more; return boot and number of results of each room."""
        (self.folder / "stop").touch()
        until(lambda: len(list(self.folder.glob("made-*[0-9]"))) == len(self._processes), 300)
        found = {}
        for path in self.folder.glob("made-*[0-9]"):
            found |= json.loads(path.read_text())
        return found

    @property
    def rss_mib(self):
        """Memory of all of them, MiB."""
        return sum(map(rss_mib, self._processes))

    def close(self):
        """End them."""
        (self.folder / "end").touch()
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


class Collect:
    """The command, started and killed."""

    def __init__(self, folder, broker, store, *more):
        self._command = [sys.executable, "-m", "edge", "collect", "--broker", broker, "--store", store, *more]
        self._log, self.process, self.spent_s = folder / "collect.log", None, 0.0

    def start(self):
        """Start it."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def kill(self):
        """Kill it with kill -9."""
        self.spent_s += cpu_s(self.process)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        """End it as systemd does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def held(store_file):
    """Hold SQLite's lock, so that nobody can write; the caller lets go."""
    holder = sqlite3.connect(store_file, isolation_level=None, timeout=60)
    holder.execute("BEGIN IMMEDIATE")
    return holder


class Ledger:
    """Reads the store from outside the collector."""

    def __init__(self, url):
        self._store = Store(url)

    def one(self, query):
        """Return the first row of a query."""
        with self._store.engine.connect() as db:
            return db.execute(text(query)).one()

    def stored(self):
        """Return how many results of each run are there, and how many rows are copies of another one."""
        union = "SELECT device, boot, seq FROM summary UNION ALL SELECT device, boot, seq FROM event"
        query = f"SELECT d.name, r.boot, count(*), count(DISTINCT r.seq) FROM ({union}) r"
        with self._store.engine.connect() as db:
            joined = f"{query} JOIN device d ON d.id = r.device GROUP BY d.name, r.boot"
            found = db.execute(text(joined)).all()
        return {(name, boot): distinct for name, boot, _, distinct in found}, sum(
            n - m for _, _, n, m in found
        )

    def lost(self, made):
        """Return how many of the made results are not there."""
        there, _ = self.stored()
        return sum(count - min(count, there.get((name, boot), 0)) for name, (boot, count) in made.items())

    def latency_s(self):
        """Return median and 99th percentile from made to stored, s."""
        with self._store.engine.connect() as db:
            rows = sorted(one for (one,) in db.execute(text("SELECT stored_ms - at_ms FROM summary")))
        return rows[len(rows) // 2] / 1000, rows[len(rows) * 99 // 100] / 1000

    def current(self):
        """Return whether every device's newest summary is there and nothing is missing that devices keep."""
        return self.one("SELECT count(*) FROM gap")[0] == 0

    def close(self):
        """Let go."""
        self._store.close()


def waited(condition, timeout_s):
    """Return the seconds until a condition holds."""
    began_s = time.monotonic()
    until(condition, timeout_s)
    return time.monotonic() - began_s
