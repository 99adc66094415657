"""Rooms that publish: `python -m tests.campus.rooms JOB.json`, the device's own publisher for each.

Each room sends a summary of the usual size every `interval_s`, an event every third and its health every
10 s, until the file `stop` is there; then it makes nothing more, stays connected, and says in `made` how many
results each run has made.
"""

import json
import random
import sys
import threading
import time
from pathlib import Path

from edge.config.sections import PublishSection
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


class Room:
    """One publisher and the clock of its results."""

    def __init__(self, section, folder, interval_s, rng):
        self.publisher = Publisher(section, folder, muted=False, profile="workplace")
        self.interval_s, self.count = interval_s, 0
        self.next_s = time.monotonic() + rng.uniform(0, interval_s)
        self.health_s = time.monotonic() + rng.uniform(0, 5)

    def turn(self, now_s, *, making):
        """Publish what is due."""
        if now_s >= self.health_s:
            self.publisher.publish_health({"mode": "run", "condition": "measuring", "why": ""})
            self.health_s += 10.0
        if making and now_s >= self.next_s:
            self.next_s += self.interval_s
            self.count += 1
            self.publisher.publish_summary(SUMMARY)
            if self.count % 3 == 0:
                self.publisher.publish_event(EVENT | {"id": f"{self.count:06d}"})

    @property
    def made(self):
        """How many results there are."""
        return self.count + self.count // 3


def main(path):
    """Run the rooms of a job until the file `end` is there."""
    job = json.loads(Path(path).read_text())
    folder, rng, rest = Path(job["folder"]), random.Random(job["first"]), threading.Event()
    rooms = {}
    for number in range(job["first"], job["first"] + job["count"]):
        name = f"dev-{number}"
        section = PublishSection(
            **job["section"] | {"device_id": name} | ({"username": name} if job["users"] else {})
        )
        rooms[name] = Room(section, folder / name, job["interval_s"], rng)
        rooms[name].publisher.start()
        rest.wait(0.01)
    (folder / f"up-{job['first']}").touch()
    told = False
    while not (folder / "end").exists():
        making = (folder / "start").exists() and not (folder / "stop").exists()
        now_s = time.monotonic()
        for room in rooms.values():
            if not (folder / "start").exists():
                room.next_s = max(room.next_s, now_s + rng.uniform(0, room.interval_s))
            room.turn(now_s, making=making)
        if (folder / "stop").exists() and not told:
            told = True
            made = {name: [room.publisher.boot, room.made] for name, room in rooms.items()}
            (folder / f"made-{job['first']}.part").write_text(json.dumps(made))
            (folder / f"made-{job['first']}.part").rename(folder / f"made-{job['first']}")
        rest.wait(0.1)
    for room in rooms.values():
        threading.Thread(target=room.publisher.close).start()


if __name__ == "__main__":
    main(sys.argv[1])
