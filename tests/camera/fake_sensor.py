"""The sensor behind the fake Picamera2: what it shows, and the script it follows."""

import threading
import time
from collections import deque

import numpy as np

PERIOD_NS = 33_333_000
HASTE = 8.0  # seconds of silence in a real one
SHOWN = {"black": 0, "dark": 16, "plain": 200}
"""Pictures without noise: steps of a script by what they show."""
DEPTH = {"BGR888": 3, "RGB888": 3, "XBGR8888": 4}
"""Bytes of a pixel."""
ALIGN = 64  # bytes to which the camera pads its rows; luma rows of YUV420 to twice as much


class Bench:
    """The sensor's side: what the next openings do, picture by picture."""

    def __init__(self):
        self.scripts = deque()
        """One script an opening: a list of steps (see `play`)."""
        self.t_ns, self.period_ns = 5_000_000_000, PERIOD_NS
        self.opened = self.closed = self.configured = 0
        self.open_hangs = self.close_hangs = self.open_fails = 0
        self.heap_fails = 0
        """Openings that fail after the camera was acquired, for want of memory for its buffers."""
        self.release_hung = threading.Event()
        self.gate = threading.Event()
        self.played = threading.Event()
        """Set when a script has come to its end."""
        self.lock = threading.Condition()
        self.out = 0
        """Requests held by the application."""
        self.starved = 0
        """Pictures the sensor could not store: the application holds every buffer."""
        self._silent_s, self._looked_s = 0.0, time.monotonic()
        self.model = "imx708"
        self.seed = 0
        self.configuration = None
        self.acquired = set()
        """Numbers of the cameras that nobody else can open."""
        self.cameras = 1
        self.mirrors = True
        """Whether the camera can mirror its pictures; one that cannot answers so after `configure`."""
        self.largest = (4608, 2592)
        self.formats = {"main": ("BGR888",), "lores": ("YUV420",)}
        """What the driver can do; anything else is adjusted to the first of each."""
        self.shortest_us = 16_666

    def clock(self):
        """Return seconds that pass while a script is over only: a picture may come as late as it likes."""
        now_s = time.monotonic()
        if self.played.is_set():
            self._silent_s += HASTE * (now_s - self._looked_s)
        self._looked_s = now_s
        return self._silent_s

    def play(self, camera, script):
        """Run one script in the thread of the sensor.

        Steps: `frame`, `slow` (a frame that waits for no reader), `duplicate`, `late`, `repeat`, `black`,
        `dark`, `plain`, `cancel`, `unstamped`, `skip` (the sensor loses one), `gate` (wait for the test),
        `race` (the camera is closed while the callback is about to be called). The end is silence.
        """
        for step in script:
            if step == "gate":
                self.gate.wait(10)
                continue
            if step != "slow":
                with self.lock:
                    self.lock.wait_for(lambda: self.out == 0 or not camera.started, timeout=5)
            if not camera.started:
                return
            if step not in {"duplicate", "late"}:
                self.t_ns += self.period_ns
            if step not in {"repeat", "cancel", "skip", *SHOWN}:
                self.seed += 1
            if step in {"cancel", "skip"}:
                continue
            camera.complete(step, self.t_ns - (5 * self.period_ns if step == "late" else 0))
        self.played.set()


def picture(seed, height, width, channels):
    """Draw what a sensor shows for a seed, or one of the words of SHOWN."""
    if seed in SHOWN:
        shown = np.full((height, width, channels), SHOWN[seed], np.uint8)
        shown[:: height // 2, ::7] += seed == "dark"  # the same few bright pixels every time
        return shown
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def adjust(stream, formats, largest):
    """Make of a stream what the driver can do."""
    stream["size"] = tuple(map(min, stream["size"], largest))
    if stream["format"] not in formats:
        stream["format"] = formats[0]
    align, values = (2 * ALIGN, 1) if stream["format"] == "YUV420" else (ALIGN, DEPTH[stream["format"]])
    stream["stride"] = -(-values * stream["size"][0] // align) * align


def padded(stream):
    """Return the buffer of a stream, its rows as long as the driver says."""
    height = stream["size"][1]
    rows = height * 3 // 2 if stream["format"] == "YUV420" else height
    return np.zeros((rows, stream["stride"]), np.uint8)
