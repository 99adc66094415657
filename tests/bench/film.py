"""`python -m tests.bench.film [CLIP] --minutes M [--landmarks]`: memory and speed of `signals` at length.

The clip is enlarged to 1080p, encoded once and repeated until the film is long enough. `signals` sees all
of it in a process of its own, whose resident memory is read whenever it reports its progress.
"""

import argparse
import math
import re
import resource
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import psutil

from edge.camera.video import VideoFile

CLIP = Path(__file__).parents[3] / "shared" / "data" / "conversation" / "interview.mp4"
SIZE_PX = (1920, 1080)
PARTS_N = 6  # of the film: a median of the memory for each
MB = 1e6
MOST_MB = 250.0
PROGRESS = re.compile(r": (\d+)/(\d+) ")


def main() -> int:
    """Make the film, run `signals`, print what it took; exit status 1 where memory is over the bar."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.film", description=__doc__)
    parser.add_argument("clip", type=Path, nargs="?", default=CLIP, help="any film with faces")
    parser.add_argument("--minutes", type=float, default=60.0, help="length of the film (60)")
    parser.add_argument("--landmarks", action="store_true", help="write the landmarks too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mimicry-edge-film-") as folder:
        film = Path(folder, "film.mp4")
        loop(args.clip, film, args.minutes * 60)
        figures = watched(film, landmarks=args.landmarks)
    print(*(f"{name:24} {value}" for name, value in figures.items()), sep="\n")
    return int(figures["peak, MB"] > MOST_MB)


def loop(clip: Path, film: Path, seconds: float) -> None:
    """Write a 1080p film of a clip that begins again and again; only its first round is encoded."""
    once = film.with_stem("once")
    with VideoFile(clip) as pictures, av.open(str(once), "w") as out:
        rate = Fraction(pictures.rate_hz).limit_denominator(1001)
        stream: Any = out.add_stream("libx264", rate=rate, options={"bf": "0", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE_PX, "yuv420p"
        for frame in pictures:
            picture = av.VideoFrame.from_ndarray(frame.image, format="rgb24")
            out.mux(stream.encode(picture.reformat(*SIZE_PX, format="yuv420p")))
        out.mux(stream.encode())
    with av.open(str(once)) as source, av.open(str(film), "w") as out:
        wanted = source.streams.video[0]
        assert wanted.time_base is not None
        assert wanted.average_rate is not None
        round_n = round(wanted.frames / wanted.average_rate / wanted.time_base)
        stream = out.add_stream_from_template(wanted)
        for k in range(math.ceil(seconds / float(round_n * wanted.time_base))):
            source.seek(0)
            for packet in source.demux(wanted):
                if packet.dts is not None and packet.pts is not None:
                    packet.pts, packet.dts = packet.pts + k * round_n, packet.dts + k * round_n
                    packet.stream = stream
                    out.mux(packet)


def watched(film: Path, *, landmarks: bool) -> dict[str, Any]:
    """Run `signals`; return its last line, its memory in each part of the film and its peak, MB."""
    words = ["signals", str(film), "--out", str(film.with_suffix(".csv"))]
    words += ["--landmarks", str(film.with_suffix(".npz"))] if landmarks else []
    parts: list[list[float]] = [[] for _ in range(PARTS_N)]
    line = ""
    with subprocess.Popen([sys.executable, "-m", "edge", *words], stderr=subprocess.PIPE, text=True) as work:
        assert work.stderr is not None
        for line in work.stderr:
            if found := PROGRESS.search(line):
                done, total = map(int, found.groups())
                rss_mb = psutil.Process(work.pid).memory_info().rss / MB
                parts[min(PARTS_N - 1, PARTS_N * done // total)].append(rss_mb)
    if work.returncode:
        raise SystemExit(line.strip())
    return {
        "signals": line.strip().partition("; ")[2],
        "resident, MB, by part": ", ".join(f"{sorted(p)[len(p) // 2]:.0f}" if p else "-" for p in parts),
        "peak, MB": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / MB, 1),
        "processor, s": round(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]), 1),
    }


if __name__ == "__main__":
    sys.exit(main())
