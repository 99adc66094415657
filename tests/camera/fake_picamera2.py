"""A Picamera2 without a camera: the classes and signatures of the real package, and a script for its sensor.

What the real package does with buffers, requests and callbacks is done here too: buffers are reused as soon
as a request is released, requests that are cancelled never reach the callback, an exception in the callback
kills the event loop. `bench` is what a test holds: it plays the sensor.
"""

# ruff: noqa: B006, D102, PLR0917 - the real package's methods and signatures; one thing in two classes

import threading
import time
from collections import deque

import numpy as np

PERIOD_NS = 33_333_000
STRIDE = 64  # bytes to which the camera pads its rows
HASTE = 8.0  # seconds of silence in a real one


class Bench:
    """The sensor's side: what the next openings do, picture by picture."""

    def __init__(self):
        self.scripts = deque()
        """One script an opening: a list of steps (see `play`)."""
        self.t_ns = 5_000_000_000
        self.opened = self.closed = self.configured = 0
        self.open_hangs = self.close_hangs = self.open_fails = 0
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
        self.mirrors = True
        """Whether the camera can mirror its pictures; one that cannot answers so after `configure`."""

    def clock(self):
        """Return seconds that pass while a script is over only: a picture may come as late as it likes."""
        now_s = time.monotonic()
        if self.played.is_set():
            self._silent_s += HASTE * (now_s - self._looked_s)
        self._looked_s = now_s
        return self._silent_s

    def play(self, camera, script):
        """Run one script in the thread of the event loop.

        Steps: `frame`, `slow` (a frame that waits for no reader), `duplicate`, `late`, `repeat`, `black`,
        `cancel`, `unstamped`, `skip` (the sensor loses one), `gate` (wait for the test). The end of a script
        is silence.
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
                self.t_ns += PERIOD_NS
            if step not in {"repeat", "black", "cancel", "skip"}:
                self.seed += 1
            if step in {"cancel", "skip"}:
                continue
            camera.complete(step, self.t_ns - (5 * PERIOD_NS if step == "late" else 0))
        self.played.set()


bench = Bench()


class Transform:
    """That of libcamera: here its name stands in the same module."""

    def __init__(self, rotation=0, hflip=False, vflip=False, transpose=False):
        self.hflip, self.vflip, self.transpose = bool(hflip), bool(vflip), bool(transpose)


def picture(seed, height, width, channels):
    """Draw what a sensor shows for a seed; seed -1 is a covered lens."""
    if seed < 0:
        return np.zeros((height, width, channels), np.uint8)
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


class CompletedRequest:
    def __init__(self, request, picam2):
        self.request = request
        self.ref_count = 1
        self.picam2 = picam2
        self.config = picam2.camera_config.copy()

    def acquire(self):
        with bench.lock:
            if self.ref_count == 0:
                raise RuntimeError("CompletedRequest: acquiring lock with ref_count 0")
            self.ref_count += 1

    def release(self):
        with bench.lock:
            self.ref_count -= 1
            if self.ref_count < 0:
                raise RuntimeError("CompletedRequest: lock now has negative ref_count")
            if self.ref_count == 0:
                bench.out -= 1
                self.picam2.free.append(self.request["buffers"])
                self.request = None
                self.config = {}
            bench.lock.notify_all()

    def get_metadata(self):
        return dict(self.request["metadata"])


class MappedArray:
    def __init__(self, request, stream, reshape=True, write=True):
        self.__request = request
        self.__stream = stream
        self.__array = None

    def __enter__(self):
        size = self.__request.config[self.__stream]["size"]
        raw = self.__request.request["buffers"][self.__stream]
        row = size[0] * (3 if self.__stream == "main" else 1)
        view = raw[:, :row]
        self.__array = view.reshape(raw.shape[0], size[0], 3) if self.__stream == "main" else view
        return self

    def __exit__(self, exc_type, exc_value, exc_traceback):
        del self.__array

    @property
    def array(self):
        return self.__array


class Picamera2:
    def __init__(self, camera_num=0, verbose_console=None, tuning=None, allocator=None):
        bench.opened += 1
        if bench.open_fails > 0:
            bench.open_fails -= 1
            raise RuntimeError("Camera __init__ sequence did not complete.")
        if bench.open_hangs > 0:
            bench.open_hangs -= 1
            bench.release_hung.wait(30)
        self.pre_callback = None
        self.started = False
        self.camera_config = {}
        self.free = deque()
        self._thread = None

    @property
    def camera_controls(self):
        return {"FrameDurationLimits": (16_666, 1_000_000, 33_333)}

    @property
    def camera_properties(self):
        return {"Model": bench.model}

    def create_video_configuration(
        self,
        main={},
        lores=None,
        raw={},
        transform=None,
        colour_space=None,
        buffer_count=6,
        controls={},
        display="main",
        encode="main",
        queue=True,
        sensor={},
        use_case="video",
    ):
        for stream in (main, lores):
            if type(stream["size"]) is not tuple or any(side % 2 for side in stream["size"]):
                raise RuntimeError("width and height should be even")
        return {
            "main": dict(main),
            "lores": dict(lores),
            "buffer_count": buffer_count,
            "controls": controls,
            "queue": queue,
            "transform": transform or Transform(),
        }

    def configure(self, camera_config=None):
        bench.configured += 1
        bench.configuration = dict(camera_config)
        if not bench.mirrors:
            camera_config["transform"] = Transform()
        self.camera_config = camera_config
        for _ in range(camera_config["buffer_count"]):
            (width, height), (small_width, small_height) = (
                camera_config[name]["size"] for name in ("main", "lores")
            )
            self.free.append(
                {
                    "main": np.zeros((height, -(-3 * width // STRIDE) * STRIDE), np.uint8),
                    "lores": np.zeros((small_height * 3 // 2, -(-small_width // STRIDE) * STRIDE), np.uint8),
                }
            )

    def camera_configuration(self):
        return self.camera_config

    def start(self, config=None, show_preview=False):
        self.started = True
        bench.played.clear()
        script = bench.scripts.popleft() if bench.scripts else []
        self._thread = threading.Thread(target=bench.play, args=(self, script), daemon=True)
        self._thread.start()

    def close(self):
        if bench.close_hangs > 0:
            bench.close_hangs -= 1
            bench.release_hung.wait(30)
        with bench.lock:
            self.started = False
            bench.lock.notify_all()
        if self._thread is not None:
            self._thread.join()
        bench.closed += 1

    def complete(self, step, t_ns):
        """Hand one finished picture to the application, as the event loop does."""
        if not self.free:
            bench.starved += 1
            return
        buffers = self.free.popleft()
        seed = -1 if step == "black" else bench.seed
        for name, channels in (("main", 3), ("lores", 1)):
            raw, (width, height) = buffers[name], self.camera_config[name]["size"]
            raw[:] = 77  # what an application sees that keeps a view too long
            shown = picture(seed, height if channels == 3 else raw.shape[0], width, channels)
            if channels == 3:
                asked = self.camera_config["transform"]
                shown = shown[:: -1 if asked.vflip else 1, :: -1 if asked.hflip else 1]
            raw[:, : width * channels] = shown.reshape(raw.shape[0], -1)
        metadata = {"FrameDuration": PERIOD_NS // 1000, "ExposureTime": 10_000}
        if step != "unstamped":
            metadata["SensorTimestamp"] = t_ns
        request = CompletedRequest({"buffers": buffers, "metadata": metadata}, self)
        with bench.lock:
            bench.out += 1
        if self.pre_callback:
            self.pre_callback(request)
        request.release()
