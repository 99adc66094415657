"""A Picamera2 without a camera: the classes and signatures of the real package, and a script for its sensor.

As strict as the real one with configurations, strides, buffers, requests, locks and threads: sizes and
formats are adjusted as the driver likes, rows are padded, buffers are reused as soon as a request is
released, cancelled requests reach nobody, the callback runs in the event loop under the camera's lock, an
exception there kills the loop and a camera that was not closed cannot be opened again. `bench` is what a
test holds: it plays the sensor.
"""

# ruff: noqa: B006, D102, PLR0917, TRY004 - the real package's methods and signatures; one thing in two classes

import threading
from collections import deque

from tests.camera.fake_sensor import DEPTH, SHOWN, Bench, adjust, padded, picture

PADDING = 77  # what stands there
FAILED = "Camera __init__ sequence did not complete."

bench = Bench()


class ColorSpace:
    """That of libcamera: here its name stands in the same module."""


class Transform:
    """The same of the transform."""

    def __init__(self, rotation=0, hflip=False, vflip=False, transpose=False):
        self.hflip, self.vflip, self.transpose = bool(hflip), bool(vflip), bool(transpose)


class CompletedRequest:
    def __init__(self, request, picam2):
        self.request = request
        self.ref_count = 1
        self.lock = picam2.request_lock
        self.picam2 = picam2
        self.stop_count = picam2.stop_count
        self.config = picam2.camera_config.copy()

    def acquire(self):
        with self.lock:
            if self.ref_count == 0:
                raise RuntimeError("CompletedRequest: acquiring lock with ref_count 0")
            self.ref_count += 1

    def release(self):
        with self.lock:
            self.ref_count -= 1
            if self.ref_count < 0:
                raise RuntimeError("CompletedRequest: lock now has negative ref_count")
            if self.ref_count > 0:
                return
            if self.picam2.started and self.stop_count == self.picam2.stop_count:
                self.picam2.recycle(self.request["buffers"])
            self.request = None
            self.config = {}
        with bench.lock:
            bench.out -= 1
            bench.lock.notify_all()

    def get_metadata(self):
        assert self.request is not None
        return dict(self.request["metadata"])


class MappedArray:
    def __init__(self, request, stream, reshape=True, write=True):
        assert request.request is not None
        self.__request = request
        self.__stream = stream
        self.__array = None

    def __enter__(self):
        config = self.__request.config[self.__stream]
        array = self.__request.request["buffers"][self.__stream]
        if config["format"] != "YUV420":  # whose padding the real package leaves in
            width, height = config["size"]
            values = DEPTH[config["format"]]
            array = array[:, : values * width].reshape(height, width, values)
        self.__array = array
        return self

    def __exit__(self, exc_type, exc_value, exc_traceback):
        del self.__array

    @property
    def array(self):
        return self.__array


class Picamera2:
    def __init__(self, camera_num=0, verbose_console=None, tuning=None, allocator=None):
        bench.opened += 1
        self.is_open = self.started = False
        self._number = camera_num
        if camera_num >= bench.cameras:
            raise RuntimeError(f"No camera number {camera_num} found")
        if bench.open_fails > 0:
            bench.open_fails -= 1
            raise RuntimeError(FAILED) from RuntimeError("Failed to initialize camera")
        if bench.open_hangs > 0:
            bench.open_hangs -= 1
            bench.release_hung.wait(30)
        if camera_num in bench.acquired:
            busy = "Failed to acquire camera: Device or resource busy"
            raise RuntimeError(FAILED) from RuntimeError(busy)
        bench.acquired.add(camera_num)
        self.is_open = True
        self.request_lock, self.lock = threading.Lock(), threading.Lock()
        self.pre_callback = None
        self.stop_count = 0
        self.camera_config = {}
        self._requests, self._free, self._woken = deque(), deque(), threading.Condition()
        self._stopping, self._stopped = threading.Event(), threading.Event()
        self._threads = []
        if bench.heap_fails > 0:
            bench.heap_fails -= 1
            raise RuntimeError("Could not open any dmaHeap device")
        self.allocator = allocator

    @property
    def camera_controls(self):
        return {"FrameDurationLimits": (bench.shortest_us, 1_000_000, 33_333)}

    @property
    def camera_properties(self):
        return {"Model": bench.model, "ColorFilterArrangement": 0}

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
        main = {"format": "XBGR8888", "size": (1280, 720), "preserve_ar": True} | main
        lores = {"format": "YUV420", "size": main["size"], "preserve_ar": False} | lores
        for stream in (main, lores):
            self.align_stream(stream, optimal=False)
        return {
            "use_case": use_case,
            "transform": transform or Transform(),
            "colour_space": colour_space or ColorSpace(),
            "buffer_count": buffer_count,
            "queue": queue,
            "main": main,
            "lores": lores,
            "raw": {"format": "SBGGR10_CSI2P", "size": main["size"]} | raw,
            "controls": {"FrameDurationLimits": (33_333, 33_333)} | controls,
            "sensor": sensor,
        }

    @staticmethod
    def align_stream(stream_config, optimal=True):
        width, height = stream_config["size"]
        stream_config["size"] = (width - width % 2, height - height % 2)

    def check_stream_config(self, stream_config, name):
        if stream_config["format"] not in {*DEPTH, "YUV420", "SBGGR10_CSI2P"}:
            raise RuntimeError("Bad format " + stream_config["format"] + " in stream " + name)
        size = stream_config["size"]
        if type(size) is not tuple or len(size) != 2:
            raise RuntimeError("size in " + name + " stream should be (width, height)")
        if size[0] % 2 or size[1] % 2:
            raise RuntimeError("width and height should be even")

    def check_camera_config(self, camera_config):
        for name in ("colour_space", "transform", "main", "lores", "raw"):
            if name not in camera_config:
                raise RuntimeError(f"{name!r} key expected in camera configuration")
        if not isinstance(camera_config["transform"], Transform):
            raise RuntimeError("Transform has incorrect type")
        for name in ("main", "lores", "raw"):
            self.check_stream_config(camera_config[name], name)
        (width, height), (small_width, small_height) = (
            camera_config[name]["size"] for name in ("main", "lores")
        )
        if small_width > width or small_height > height:
            raise RuntimeError("lores stream dimensions may not exceed main stream")

    def configure(self, camera_config=None):
        bench.configured += 1
        self.check_camera_config(camera_config)
        bench.configuration = {
            name: dict(value) if isinstance(value, dict) else value for name, value in camera_config.items()
        }
        camera_config = camera_config.copy()
        if not bench.mirrors:
            camera_config["transform"] = Transform()
        for name in ("main", "lores"):
            adjust(camera_config[name], bench.formats[name], bench.largest)
        self.camera_config = camera_config
        for _ in range(camera_config["buffer_count"]):
            self._free.append({name: padded(camera_config[name]) for name in ("main", "lores")})

    def camera_configuration(self):
        return self.camera_config

    def start(self, config=None, show_preview=False):
        if not self.camera_config:
            raise RuntimeError("Camera has not been configured")
        self.started = True
        bench.played.clear()
        script = bench.scripts.popleft() if bench.scripts else []
        self._threads = [
            threading.Thread(target=target, args=args, daemon=True)
            for target, args in ((self._loop, ()), (bench.play, (self, script)))
        ]
        for thread in self._threads:
            thread.start()

    def _loop(self):
        """Hand requests to the application as they come, until stopped."""
        while self.started:
            with self._woken:
                self._woken.wait_for(lambda: self._requests or self._stopping.is_set())
            self.process_requests(None)
            with self._woken:
                self._woken.notify_all()

    def process_requests(self, display):
        requests = [self._requests.popleft() for _ in range(len(self._requests))]
        with self.lock:
            for step, request in requests:
                if self.pre_callback:
                    if step == "race":
                        self._stopping.wait(10)
                    self.pre_callback(request)
            for _, request in requests:
                request.release()
            if self._stopping.is_set():
                self.stop_count += 1
                self.started = False
        if not self.started:
            self._stopped.set()

    def stop(self):
        if not self.started:
            return
        self._stopping.set()
        with self._woken:
            self._woken.notify_all()
        while not self._stopped.wait(0.1):
            if bench.release_hung.is_set():  # the event loop is dead, which nobody notices in the real one
                raise RuntimeError("hung")
        with bench.lock:
            bench.lock.notify_all()

    def close(self):
        if not self.is_open:
            return
        self.stop()
        for thread in self._threads:
            thread.join()
        while self._requests:  # finished, and never shown to the callback
            self._requests.popleft()[1].release()
        bench.acquired.discard(self._number)
        if bench.close_hangs > 0:
            bench.close_hangs -= 1
            bench.release_hung.wait(30)
        self.is_open = False
        bench.closed += 1
        del self.allocator

    def recycle(self, buffers):
        """Give buffers back to the sensor."""
        self._free.append(buffers)

    def complete(self, step, t_ns):
        """Finish one picture; the event loop hands it over before the next."""
        if not self._free:
            bench.starved += 1
            return
        buffers = self._free.popleft()
        for name, raw in buffers.items():
            self._expose(name, raw, step if step in SHOWN else bench.seed)
        metadata = {"FrameDuration": bench.period_ns // 1000, "ExposureTime": 10_000}
        if step != "unstamped":
            metadata["SensorTimestamp"] = t_ns
        with bench.lock:
            bench.out += 1
        with self._woken:
            self._requests.append((step, CompletedRequest({"buffers": buffers, "metadata": metadata}, self)))
            self._woken.notify_all()
            self._woken.wait_for(lambda: not self._requests or not self.started, timeout=10)

    def _expose(self, name, raw, seed):
        """Write what the sensor shows, rows padded; an application that keeps a view too long sees that."""
        config = self.camera_config[name]
        width, values = config["size"][0], DEPTH.get(config["format"], 1)
        raw[:] = PADDING
        shown = picture(seed, len(raw), width, values)
        if name == "main":
            asked = self.camera_config["transform"]
            shown = shown[:: -1 if asked.vflip else 1, :: -1 if asked.hflip else 1]
        raw[:, : width * values] = shown.reshape(len(raw), -1)
