"""Rooms that publish: `python -m tests.campus.rooms JOB.json`, the device's own publisher for each.

Each room sends its health every 30 s. While the file `interval` is there, it also sends a summary of the
usual size every as many seconds as the file names, and an event with every third. Once the file `stop` is
there it makes nothing more, stays connected, and says in `made` how many results each run has made.
"""

import json
import random
import sys
import threading
import time
from pathlib import Path

from edge.config.sections import PublishSection
from edge.files import write_whole
from edge.publish import Publisher

STATISTICS = {
    "p": 0.31,
    "evidence": 0.42,
    "n": 61.0,
    "coverage": 0.93,
    "confidence": 0.87,
    "state": "at_chance",
}
NULL = {"mu": 0.5021, "sd": 0.2887}
MEASURE = {"value": 0.5123, "unit": "fisher_z", "lag_s": 0.4, "extra": {"r_peak": 0.412, "lag_low_s": -0.2}}
SUMMARY = {
    "profile": "workplace",
    "t_s": 1234.5,
    "window_s": 60.0,
    "people": 4,
    "people_max": 5,
    "index": 0.5123,
    "measurable": 0.93,
    "states": {"insufficient": 4, "at_chance": 50, "above": 6},
    "null": NULL,
    "active_pairs": 1,
    "missing": {"turned": 0.07, "not_seen": 0.02},
    "measures": [{"name": f"measure_{k:02d}", "null": NULL} | MEASURE | STATISTICS for k in range(14)],
} | STATISTICS
EVENT = {
    "profile": "workplace",
    "type": "update",
    "t_s": 1.0,
    "start_s": 0.5,
    "end_s": None,
    "state": "above",
}


HEALTH_S = 30.0


class Room:
    """One publisher and the clock of its results."""

    def __init__(self, section, folder, rng):
        self.publisher = Publisher(section, folder, muted=False, profile="workplace")
        self.count, self._rng = 0, rng
        self._interval_s, self._next_s = None, 0.0
        self._health_s = time.monotonic() + rng.uniform(0, HEALTH_S)

    def turn(self, now_s, interval_s):
        """Publish what is due; without an interval health alone."""
        if now_s >= self._health_s:
            self.publisher.publish_health({"mode": "run", "condition": "measuring", "why": ""})
            self._health_s = now_s + HEALTH_S
        if interval_s != self._interval_s:
            self._interval_s = interval_s
            self._next_s = now_s + self._rng.uniform(0, interval_s or 0)
        if interval_s and now_s >= self._next_s:
            self._next_s += interval_s
            self.count += 1
            self.publisher.publish_summary(SUMMARY)
            if self.count % 3 == 0:
                self.publisher.publish_event(EVENT | {"id": f"{self.count:06d}"})

    @property
    def made(self):
        """How many results there are."""
        return self.count + self.count // 3


def opened(job, folder, rest):
    """Return the rooms of a job by name, each on its way to the hub."""
    rooms, rng = {}, random.Random(job["first"])
    for number in range(job["first"], job["first"] + job["count"]):
        name = f"dev-{number}"
        section = PublishSection(**job["section"] | {"device_id": name, "username": name})
        rooms[name] = Room(section, folder / name, rng)
        rooms[name].publisher.start()
        rest.wait(0.2)
    return rooms


def interval(folder):
    """Return the seconds between two summaries, or None while none are made."""
    if (folder / "stop").exists() or not (folder / "interval").exists():
        return None
    return float((folder / "interval").read_text())


def main(path):
    """Run the rooms of a job until the file `end` is there."""
    sys.setswitchinterval(0.1)  # hundreds of threads that wait for the interpreter would keep it busy
    job, rest = json.loads(Path(path).read_text()), threading.Event()
    folder = Path(job["folder"])
    rooms = opened(job, folder, rest)
    (folder / f"up-{job['first']}").touch()
    made = folder / f"made-{job['first']}"
    while not (folder / "end").exists():
        interval_s = interval(folder)
        for room in rooms.values():
            room.turn(time.monotonic(), interval_s)
        if (folder / "stop").exists() and not made.exists():
            found = {name: [room.publisher.boot, room.made] for name, room in rooms.items()}
            write_whole(made, json.dumps(found))
        rest.wait(0.1)
    for room in rooms.values():
        threading.Thread(target=room.publisher.close).start()


if __name__ == "__main__":
    main(sys.argv[1])
