"""The part of the soak with pictures: `python -m tests.soak.pixels [ROUNDS]`, a table, exit 1 above a limit.

A rendered meeting of two is encoded once; each round takes every frame of it through detector,
mesh, signals and measures, and forgets everything, as after a mute. Every round must measure the same signals
bit for bit, and memory, descriptors and threads must not grow after the first tenth of the rounds.
"""

import hashlib
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import av

from edge.camera.video import VideoFile
from edge.cli._scene import scene
from edge.config import Config
from edge.pipeline.engine import SignalEngine
from edge.pipeline.sight import Sight
from edge.stage import Stage
from tests.soak.soak import RSS_LIMIT_MB, usage

ROUNDS, SECONDS, RATE_HZ = 100, 20.0, 5
SIZE_PX = (640, 360)


def film(path: Path) -> None:
    """Write the meeting, without loss."""
    script = json.loads(scene(2, SECONDS, rate_hz=RATE_HZ)) | {"size_px": list(SIZE_PX)}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=RATE_HZ)
        stream.width, stream.height, stream.pix_fmt = *SIZE_PX, "yuv420p"
        for frame in Stage(json.dumps(script, indent=1)):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame.image, format="rgb24")))
        container.mux(stream.encode())


def round_(sight: Sight, signals: SignalEngine, path: Path) -> tuple[str, int]:
    """Take the film through both halves of the engine; return the digest of all signals, and the faces."""
    into, faces = hashlib.sha256(), 0
    with VideoFile(path) as video:
        for frame in video:
            seen = [replace(one, confirmed=True) for one in sight.see(frame)[1]]  # too slow for blinks
            signals.update(seen, frame.t_ns)
            for one in sorted(seen, key=lambda one: one.box_px):
                into.update(one.raw.tobytes() + one.x.tobytes())
                faces += 1
    sight.wipe()
    signals.wipe()
    return into.hexdigest(), faces


def main() -> int:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "meeting.mkv"
        film(path)
        sight, signals = Sight(Config(), seed=1), SignalEngine(Config())
        rows = [(*round_(sight, signals, path), *usage()) for _ in range(rounds)]
    first, rest = rows[: max(1, rounds // 10)], rows[max(1, rounds // 10) :] or rows
    growth_mb = max(row[2] for row in rest) - max(row[2] for row in first)
    grown = (rows[-1][3] - first[-1][3], rows[-1][4] - first[-1][4])
    same = sum(row[0] == rows[0][0] for row in rows)
    print(
        f"frames, faces                  {round(rounds * SECONDS * RATE_HZ):,}, {sum(r[1] for r in rows):,}"
    )
    print(f"memory growth after a tenth    {growth_mb:.2f} MB (limit {RSS_LIMIT_MB})")
    print(f"descriptors, threads           {grown[0]:+d}, {grown[1]:+d}")
    print(f"rounds equal to the first one  {same} of {rounds}, bit for bit")
    return int(growth_mb > RSS_LIMIT_MB or grown != (0, 0) or same < rounds)


if __name__ == "__main__":
    sys.exit(main())
