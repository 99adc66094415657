"""The peer's side of the pipeline bench: MediaPipe's FaceMesh, run by the interpreter of its own environment.

Reads one JSON request a line (`path`, `faces`, `repeat`, `told`), answers one; the frames are raw RGB.
Nothing of the package can be imported there, so what both sides share stands here and our side imports it.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

SHAPE = (720, 1280, 3)

Look = Callable[[Any], int]
"""Takes a picture, returns how many faces are in it."""


def main() -> None:
    """Answer requests with the peer."""
    module = importlib.import_module("mediapipe.python.solutions.face_mesh")
    for request in requests():
        mesh = module.FaceMesh(max_num_faces=request["faces"], refine_landmarks=False)
        answer(timed(partial(_look, mesh), request))
        mesh.close()


def _look(mesh: Any, image: Any) -> int:
    return len(mesh.process(image).multi_face_landmarks or ())


def requests() -> Any:
    """Yield requests until the input ends."""
    return map(json.loads, sys.stdin)


def answer(figures: dict[str, Any]) -> None:
    """Answer one request; the resident memory is told with it."""
    print(json.dumps(figures | {"rss_mb": rss_mb()}), flush=True)


def rss_mb() -> float:
    """Return the resident memory of this process."""
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


def timed(look: Look, request: dict[str, Any], after: Callable[[], object] = int) -> dict[str, Any]:
    """Time `look` on every picture of a round; what comes `after` each is not timed."""
    np = importlib.import_module("numpy")
    times: list[float] = []
    found: list[int] = []
    cpu_s = first_s = 0.0
    image = np.zeros(SHAPE, np.uint8)
    for _ in range(request["repeat"]):
        with Path(request["path"]).open("rb", buffering=0) as stream:
            while stream.readinto(image.data):
                spent, before = time.process_time(), time.perf_counter()
                found.append(look(image))
                times.append(1e3 * (time.perf_counter() - before))
                cpu_s += time.process_time() - spent
                first_s = first_s or age_s()
                after()
    return {"ms": times, "found": found, "start_s": first_s, "cpu_ms": 1e3 * cpu_s / len(times)}


def age_s() -> float:
    """Return how long this process has lived."""
    started = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / 100


if __name__ == "__main__":
    main()
