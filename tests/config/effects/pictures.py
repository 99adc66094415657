"""What settings of the camera, the models and the faces reach."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np

from edge.camera import open_camera
from edge.expression import Expressions
from edge.pipeline.sight import Sight
from edge.records import Frame
from edge.tflite import load
from edge.tflite.known import MESH
from tests.events.scene import NS

STEP_NS = 33_333_333
TASKS = Path("/proc/self/task")


def faces(config, bench):
    """See people, nobody for half a second, and the people again."""
    sight, blank = Sight(config, seed=1), np.zeros_like(bench.faces)
    shown = [*[bench.faces] * 6, *[blank] * 4, *[bench.faces] * 8]
    seen = []
    for k, image in enumerate(shown):
        t_ns = k * STEP_NS + (NS // 2 if k >= 10 else 0)
        seen.append([mesh.person for mesh in sight.see(Frame(t_ns=t_ns, index=k, image=image))[0]])
    back = next((k for k, people in enumerate(seen[10:]) if people), None)
    kept = set(seen[5]) & set(seen[-1])
    return {"people": len(seen[5]), "back after": back, "kept": len(kept)}


def turned(config, bench):
    """Turn the landmarks of a face sideways and up; return at how many of the angles it is measurable."""
    sight = Sight(config, seed=1)
    for k in range(6):
        meshes, _ = sight.see(Frame(t_ns=k * STEP_NS, index=k, image=bench.faces))
    people = Expressions(config.expression)
    height_px, width_px = bench.faces.shape[:2]
    counts = {}
    for axis, name in ((0, "sideways"), (1, "up or down")):
        seen = [
            people.update([_rotated(meshes[0], np.radians(degrees), axis)], (width_px, height_px))[0].raw
            for degrees in range(0, 60, 4)
        ]
        counts[name] = sum(bool(np.isfinite(raw).any()) for raw in seen)
    return counts


def _rotated(mesh, angle_rad, axis):
    """Rotate landmarks about their middle in the plane of an image axis and the depth."""
    points = mesh.points_px - mesh.points_px.mean(axis=0)
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    a, b = points[:, axis].copy(), points[:, 2].copy()
    points[:, axis], points[:, 2] = cos * a + sin * b, cos * b - sin * a
    return replace(mesh, points_px=(points + mesh.points_px.mean(axis=0)).astype(np.float32))


def threads(config, _bench):
    """Count the threads that a model brings."""
    before = set(TASKS.iterdir())
    model = load(config.tflite, MESH)
    model.run()
    return {"count": len(set(TASKS.iterdir()) - before)}  # a thread of former models may end meanwhile


def camera(config, bench):
    """Open the Pi camera; return what is asked of it."""
    sensor = bench.picamera2.bench
    sensor.cameras = 2
    sensor.scripts.append(["frame"])
    with open_camera(config.camera) as opened:
        next(iter(opened))
        number = set(sensor.acquired)
    asked = sensor.configuration
    return {
        "number": number,
        "size": asked["main"]["size"],
        "period": asked["controls"]["FrameDurationLimits"],
    }


def silent(config, bench):
    """Let the Pi camera fall silent; return what is said when it is opened again."""
    heard, log = [], logging.getLogger("edge.camera.recovery")
    bench.picamera2.bench.scripts.append(["frame"])
    with open_camera(config.camera) as opened:

        class Ear(logging.Handler):
            def emit(self, record):
                if record.levelno >= logging.WARNING:
                    heard.append(record.getMessage())
                    opened.close()

        ear = Ear()
        log.addHandler(ear)
        try:
            list(opened)
        finally:
            log.removeHandler(ear)
    return {"warning": heard[0]}
