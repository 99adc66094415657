"""A service manager, a hub and an integrator around one puppet: starts it, times its pings, hears it."""

import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.publish.broker import Broker, Listener, until
from tests.soak.puppet import SIZE_PX

WATCHDOG_S, START_S = 20.0, 60.0  # as in the unit
RESTART_S = 0.2  # systemd waits for two seconds
BASE = "demo/devices/dev-1"
TROUBLE_S = 75.0  # longest wait for a state; a degraded service tries its camera each minute
CAMERA = f"source: picamera2, width_px: {SIZE_PX[0]}, height_px: {SIZE_PX[1]}, rate_hz: 12"
BOARD = {
    "sys/class/thermal/thermal_zone0/temp": "50000",
    "proc/self/cgroup": "0::/unit\n",
    "sys/fs/cgroup/unit/memory.current": "100000000",
    "sys/fs/cgroup/unit/memory.max": "800000000",
}


class Manager:
    """One puppet under supervision; a context manager. `state` is its state folder."""

    def __init__(self, folder: Path, *, seed: int, timeout_s: float = 2.0, state: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.state = folder, state or folder / "state"
        self.random, self._timeout_s = random.Random(seed), timeout_s
        for path, text in BOARD.items():
            self.board(path, text)
        self.hub = Broker(folder / "broker").start()
        self.ear = Listener(self.hub.port, f"{BASE}/#", client_id="hub")
        self.process: subprocess.Popen[bytes] | None = None
        self.gap_s = self._ping_s = 0.0
        self.hung = 0
        self.starts, self._ready = 0, False
        self._stop = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / "notify"))
        self._socket.settimeout(0.2)
        self._thread = threading.Thread(target=self._supervise, daemon=True)

    def __enter__(self):
        self.state.mkdir(parents=True, exist_ok=True)
        self.configure()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        with contextlib.ExitStack() as stack:
            stack.callback(self._socket.close)
            stack.callback(self.hub.close)
            stack.callback(self.ear.__exit__)

    def configure(self, more: str = "", models: str = "") -> None:
        """Write the configuration as a whole; `more` is appended."""
        part = self.folder / "config.part"
        part.write_text(
            f"camera: {{{CAMERA}, timeout_s: {self._timeout_s}}}\nprivacy: {{profile: research}}\n"
            f"publish: {{host: 127.0.0.1, port: {self.hub.port}, tls: false, site: demo, device_id: dev-1,"
            " live_hz: 2, health_s: 1, summary_s: 1, keepalive_s: 5}\n"
            f"service: {{state_dir: {self.state}}}\ntflite: {{threads: 1{models}}}\n{more}"
        )
        part.replace(self.folder / "config.yaml")

    def order(self, text: str) -> None:
        """Tell the puppet's world what to do."""
        part = self.folder / "order.part"
        part.write_text(text)
        part.replace(self.folder / "order")

    def board(self, path: str, text: str) -> None:
        """Change a file of the board."""
        file = self.folder / "root" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_suffix(".part").write_text(text)
        file.with_suffix(".part").replace(file)

    def health(self) -> dict:
        """Return the newest health message; one from before a death is none."""
        found = self.ear.on("/health")
        return json.loads(found[-1].payload) if found else {}

    def last(self, name: str) -> str:
        """Return the newest payload of a topic, as text."""
        found = self.ear.on(f"/{name}")
        return found[-1].payload.decode() if found else ""

    def wait(self, what: str, condition, timeout_s: float = TROUBLE_S) -> None:
        """Wait for a condition on health messages that come from now on."""
        heard = len(self.ear.on("/health"))

        def fresh():
            news = [json.loads(one.payload) for one in self.ear.on("/health")[heard:]]
            return any(condition(one) for one in news)

        try:
            until(fresh, timeout_s)
        except AssertionError:
            raise AssertionError(f"expected {what}, got {self.health()}\n{self.log()}") from None

    def healthy(self) -> None:
        """Wait until it measures."""
        self.wait("a measuring service", lambda h: h["mode"] == "run" and h["camera"]["state"] == "ok")

    def log(self) -> str:
        """Return the end of the journal."""
        return "\n".join((self.folder / "log").read_text().splitlines()[-20:])

    def rest(self, low_s: float, high_s: float) -> None:
        """Let a random time pass."""
        self._stop.wait(self.random.uniform(low_s, high_s))

    def mute(self, *, on: bool) -> None:
        """Ask for the mute, wait until it is said."""
        until(self.ear.client.is_connected, TROUBLE_S)
        self.ear.send(f"{BASE}/privacy/set", json.dumps({"on": on, "by": "test", "until": None}))
        wanted = "ON" if on else "OFF"
        until(lambda: f'"state":"{wanted}"' in self.last("privacy/state").replace(" ", ""), TROUBLE_S)

    def finish(self) -> dict[str, float]:
        """Stop it; return what was lost, said while muted, the longest gap between pings, the starts."""
        self._stop.set()
        self._thread.join()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.log()
        until(lambda: self.last("availability") == "stopped", 20)
        return {
            "lost": self._lost(),
            "said_muted": self._said_muted(),
            "gap_s": round(self.gap_s, 1),
            "hung": self.hung,
            "starts": self.starts,
        }

    def _lost(self) -> int:
        """Count the results with a number that never arrived, and those left behind on the disk."""
        numbers: dict[str, set[int]] = {}
        names = ("mimicry/summary", "mimicry/history", "mimicry/event")
        for message in [one for name in names for one in self.ear.on(name)]:
            body = json.loads(message.payload)
            numbers.setdefault(body["boot"], set()).add(body["seq"])
        missing = sum(max(found) - len(found) for found in numbers.values())
        with sqlite3.connect(f"file:{self.state}/spool.sqlite?mode=ro", uri=True) as database:
            left = database.execute("SELECT count(*) FROM q").fetchone()[0]
        database.close()
        return missing + left

    def _said_muted(self) -> int:
        """Count measures between a published mute and its end, in the order of the wire."""
        muted, said = False, 0
        for message in list(self.ear.heard):
            if message.topic.endswith("privacy/state"):
                muted = json.loads(message.payload)["state"] == "ON"
            elif muted and "/mimicry/" in message.topic:
                said += 1
        return said

    def _start(self) -> None:
        environ = os.environ | {
            "NOTIFY_SOCKET": str(self.folder / "notify"),
            "RUNTIME_DIRECTORY": str(self.folder),
            "STATE_DIRECTORY": str(self.state),
            "WATCHDOG_USEC": str(round(WATCHDOG_S * 1e6)),
        }
        environ.pop("WATCHDOG_PID", None)
        command = [sys.executable, "-m", "tests.soak.puppet", str(self.folder), "run", "--config"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, str(self.folder / "config.yaml")], env=environ, stderr=log
            )
        self.starts += 1
        self._ready, self._ping_s = False, time.monotonic()

    def _supervise(self) -> None:
        """Start what ended, hear the pings, kill what hangs: the service manager."""
        while not self._stop.is_set():
            if self.process is None or self.process.poll() is not None:
                self._stop.wait(RESTART_S)
                self._start()
            with contextlib.suppress(TimeoutError):
                self._hear(self._socket.recv(4096), time.monotonic())
            if time.monotonic() - self._ping_s > (WATCHDOG_S if self._ready else START_S):
                self.hung += 1
                self.process.send_signal(signal.SIGABRT)
                self.process.wait()

    def _hear(self, notice: bytes, now_s: float) -> None:
        """Take a notice: the watchdog runs from READY on."""
        if b"READY=1" in notice or b"WATCHDOG=1" in notice:
            if self._ready:
                self.gap_s = max(self.gap_s, now_s - self._ping_s)
            self._ready = self._ready or b"READY=1" in notice
            self._ping_s = now_s
