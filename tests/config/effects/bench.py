"""What the effects need of a test: folders, ports, a clock, a fake camera, a picture."""

import itertools
import select
import socket
from functools import cached_property

from edge.camera import open_camera
from edge.config.sections import CameraSection
from tests.events.scene import NS
from tests.publish.broker import free_port

COVERED_PX = (549, 339, 176, 113)  # the lower half of the middle face


class Bench:
    """What the effects need of a test: a folder of their own, two free ports, the fake camera, a face."""

    def __init__(self, folder, picamera2):
        self._folder, self._numbers = folder, itertools.count()
        self.picamera2 = picamera2
        self.servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.ports = tuple(server.getsockname()[1] for server in self.servers)
        self.metrics_port = free_port()

    def folder(self):
        """Return a new folder."""
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        return folder

    def hang_up(self):
        """Take and drop every call that still waits."""
        while waiting := select.select(self.servers, [], [], 0)[0]:
            waiting[0].accept()[0].close()

    def close(self):
        """Give the ports back."""
        for server in self.servers:
            server.close()

    @cached_property
    def faces(self):
        """Return a picture of the rendered stage: three people, half the face of one covered."""
        with open_camera(CameraSection(source="stage", path="firmware_configs/stage/demo.yaml")) as camera:
            image = next(itertools.islice(camera, 30, None)).image.copy()
        x, y, width, height = COVERED_PX
        image[y : y + height, x : x + width] = 90
        return image


class Clock:
    """A set clock that the effect moves."""

    def __init__(self, t_ns=1_800_000_000 * NS):
        self.t_ns = t_ns

    def wall_ns(self):
        """Return UTC."""
        return self.t_ns

    def mono_ns(self):
        """Return monotonic time."""
        return self.t_ns

    def synced(self):
        """Return whether it was set."""
        return True
