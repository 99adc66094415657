"""The scene as a video file: near-lossless, true timestamps, there by rename or not at all."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from edge.errors import StageError
from edge.files import Draft
from edge.stage.stage import Stage

SUFFIXES = (".mp4", ".mkv", ".mov", ".avi")
TIME_BASE = Fraction(1, 90_000)  # the usual clock of video, fine enough for any jitter
QUALITY = "12"  # constant rate factor of H.264: an error below the usual sensor noise
# Two threads, whatever the machine: their number changes the bytes. Without x264's macroblock tree, which
# makes other bytes of the same pictures in most processes.
SAME_EVERYWHERE = {"threads": "2", "x264-params": "mbtree=0"}


def write_film(stage: Stage, path: Path | None, progress: Callable[[], None]) -> None:
    """Render every frame into a video file; without a path only render. `StageError` if it cannot."""
    if path is None:
        for _ in stage:
            progress()
        return
    if path.suffix.lower() not in SUFFIXES:
        raise StageError(f"expected a video file of {', '.join(SUFFIXES)}, got {path.name!r} at --out")
    try:
        with Draft(path) as part:
            _encode(stage, part, progress)
    except (av.FFmpegError, OSError) as exc:
        raise StageError(f"expected a writable video file, got {exc.strerror or exc} at {path}") from exc


def _encode(stage: Stage, path: Path, progress: Callable[[], None]) -> None:
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=Fraction(stage.rate_hz).limit_denominator(1001))
        stream.width, stream.height = stage.script.size_px
        stream.pix_fmt = "yuv444p" if any(n % 2 for n in stage.script.size_px) else "yuv420p"
        stream.options = {"crf": QUALITY, "preset": "veryfast", **SAME_EVERYWHERE}
        stream.codec_context.time_base = TIME_BASE
        for frame in stage:
            picture = av.VideoFrame.from_ndarray(frame.image, format="rgb24")
            picture.pts, picture.time_base = round(frame.t_ns * 90_000 / 1e9), TIME_BASE
            container.mux(stream.encode(picture))
            progress()
        container.mux(stream.encode())
