"""The product beside MediaPipe's attention mesh: `python -m tests.validate.rooms.peer [CLIP ...]`.

The same faces of the same frames of every shared recording, the peer's landmarks turned into movements by
`geometry`, which shares nothing with the product. Prints the median r over people of each channel, by how far
the head is turned and by how much the peer sees the channel move, in its own noise (MOVED); nothing is
written. Gates of angle are opened for this.
"""

import subprocess
import sys
from dataclasses import replace
from itertools import product

import numpy as np

from edge._native.warp import warp_square
from edge.camera.video import VideoFile
from edge.config import Config
from edge.expression import Expressions
from edge.pipeline.sight import Sight
from edge.records import CHANNELS
from tests.bench import attention_worker as worker
from tests.bench import peer
from tests.validate.rooms import geometry, labels

PEER = "mediapipe==0.10.21"
SUFFIXES = {".avi", ".mkv", ".mov", ".mp4", ".mpg"}
NOT_PEOPLE = {"drawing.mp4", "puppets.mp4"}
YAW_DEG = ((0, 60), (0, 20), (20, 30), (30, 45), (45, 60))
PITCH_DEG = 25.0
WIDER = 2.4  # side of the picture the peer gets, in sides of the face
FACES_N, LEAST_PX = 25, 56.0
MOVED = (2.5, 5.0, 10.0)


class Peer:
    """The peer's process: a picture of one face in, its landmarks out."""

    def __enter__(self):
        command = [str(peer.interpreter(PEER)), worker.__file__]
        pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet)
        return self

    def __exit__(self, *error):
        self._process.communicate()

    def look(self, image, box_px):
        """Return the landmarks around a box, [478, 3], y up, z to the camera, px; NaN without a face."""
        x, y, w, h = box_px
        side = WIDER * max(w, h)
        picture = np.zeros((worker.SIDE_PX, worker.SIDE_PX, 3), np.float32)
        warp_square(image, picture, x + w / 2, y + h / 2, side, 0.0)
        self._process.stdin.write(np.clip(np.rint(255 * picture), 0, 255).astype(np.uint8).tobytes())
        self._process.stdin.flush()
        points = np.frombuffer(self._process.stdout.read(12 * worker.POINTS_N), "<f4")
        return side * points.reshape(-1, 3).astype(float) * (1, -1, -1)


def people(path, other):
    """Yield yaw, pitch, width [F] of each shot of each person, the product's channels and the peer's."""
    config = Config()
    open_wide = replace(config.expression, max_yaw_deg=89.0, max_pitch_deg=89.0)
    signals = Expressions(open_wide, np.full((2, len(CHANNELS)), 89.0))
    sight, seen = Sight(config, config.measures.seed), {}
    cuts = [one.start_s for one in labels.of(path.name, "cut")]
    with VideoFile(path) as video:
        for frame in video:
            shot = sum(frame.t_ns * 1e-9 >= at - 0.02 for at in cuts)
            meshes, _ = sight.see(frame)
            for one in signals.update(meshes, frame.image.shape[1::-1]):
                if one.box_px[2] >= LEAST_PX:
                    points = other.look(frame.image, one.box_px)
                    seen.setdefault((one.person, shot), []).append((one, points))
    for faces in seen.values():
        known = [(one, points) for one, points in faces if np.isfinite(points[0, 0])]
        if len(known) >= FACES_N:
            yaw, pitch, _ = np.degrees([one.pose_rad for one, _ in known]).T
            laid = geometry.laid(np.stack([points for _, points in known]), yaw)
            yield yaw, pitch, np.stack([one.raw for one, _ in known]), geometry.movements(laid)


def agreement(found, low, high, moved):
    """Return the r of every channel of everybody whose head is turned between two angles and who moves it."""
    r = {}
    for yaw, pitch, ours, theirs in found:
        turned = (np.abs(yaw) >= low) & (np.abs(yaw) < high) & (np.abs(pitch) < PITCH_DEG)
        for name, series in theirs.items():
            a, b = ours[turned, CHANNELS.index(name)], series[turned]
            noise = 1.4826 * np.median(np.abs(np.diff(series, 2))) / 6**0.5
            both = np.isfinite(a)
            if both.sum() >= FACES_N and b[both].std() > moved * noise:
                r.setdefault(name, []).append(np.corrcoef(a[both], b[both])[0, 1])
    return r


def main():
    """Print the table."""
    every = [p for p in labels.DATA.rglob("*") if p.suffix in SUFFIXES and p.name not in NOT_PEOPLE]
    paths = [labels.path(name) for name in sys.argv[1:]] or sorted(every)
    with Peer() as other:
        found = [one for path in paths for one in people(path, other)]
    for (low, high), moved in product(YAW_DEG, MOVED):
        r = agreement(found, low, high, moved)
        cells = (f"{name} {np.median(one):.2f} ({len(one)})" for name, one in sorted(r.items()))
        print(f"yaw {low}-{high}, moved {moved:g}: median r (people): {', '.join(cells) or 'nobody'}")


if __name__ == "__main__":
    main()
